import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { parseEscapes } from "../../lib/text/escape.ts";
import { escapeControls, quote, quoteAddress } from "../../lib/printable.ts";

Deno.test("escapeControls() leaves text with tabs and line feeds alone", () => {
  for (const text of ["", "plain\ttext\n", "你好, 😀 é \\x1b", "\u00a0\u00ff\u200d\ufffd"]) {
    assertEquals(escapeControls(text), text);
  }
});

Deno.test("escapeControls() shows what a terminal would obey or be misled by", () => {
  const cases: [text: string, shown: string][] = [
    ["\x1b[31mred\x07", "\\x1b[31mred\\x07"],
    ["a\r\nb\r", "a\\r\nb\\r"],
    ["\0\x7f\b", "\\x00\\x7f\\x08"],
    ["\u0080\u009b1m", "\\u0080\\u009b1m"],
    ["\u202eabc\u2066\u2069\u200e\u200f\u061c", "\\u202eabc\\u2066\\u2069\\u200e\\u200f\\u061c"],
    ["\u2028\u2029\ufeff", "\\u2028\\u2029\\ufeff"],
    ["a\ud83d b\ude00 😀", "a\\ud83d b\\ude00 😀"],
  ];
  for (const [text, shown] of cases) {
    assertEquals(escapeControls(text), shown);
    assertEquals(escapeControls(shown), shown);
    assertEquals(escapeControls(text + "tail"), shown + "tail");
  }
});

Deno.test("quote() and quoteAddress() leave the password out", () => {
  for (
    const [text, shown, shownAddress = shown] of [
      ["http://me:secret@h:0/x", "http://me:***@h:0/x"],
      ["socks5://secret@h", "socks5://***@h"],
      ["HTTP://me:se/c#r?e t@@h", "HTTP://me:***@h"],
      [`nats://me:${"s".repeat(100)}@h`, "nats://me:***@h"],
      ["me:secret@h:99999", "me:secret@h:99999", "***@h:99999"],
      ["//me:secret@h", "//me:secret@h", "***@h"],
      ["--proxy http://me:secret@h", "--proxy http://me:secret@h", "***@h"],
      ["me@h", "me@h"],
      ["http://h/x", "http://h/x"],
      ["a b: me@h", "a b: me@h"],
    ] as const
  ) assertEquals([quote(text), quoteAddress(text)], [`"${shown}"`, `"${shownAddress}"`]);
});

Deno.test("quote() keeps a value on one safe line of bounded length", () => {
  assertEquals(quote("a\nb\tc\x1b"), '"a\\nb\\tc\\x1b"');
  assertEquals(quote("x".repeat(60)), `"${"x".repeat(60)}"`);
  assertEquals(quote("x".repeat(61)), `"${"x".repeat(60)}…"`);
  assertEquals(quote("😀".repeat(60)), `"${"😀".repeat(60)}"`);
  assertEquals(quote("😀".repeat(1000)), `"${"😀".repeat(60)}…"`);
});

const inUtf8 = (text: string): Uint8Array => encodeText(text, "utf-8");

Deno.test("parseEscapes() makes bytes of every known escape", () => {
  const cases: [text: string, hex: string][] = [
    ["", ""],
    ["plain 你", "706c61696e20e4bda0"],
    ["\\n\\r\\t\\0\\a\\b\\e\\f\\v\\\\", "0a0d090007081b0c0b5c"],
    ["\\x41\\xff\\xFf\\x00", "41ffff00"],
    ["\\u4f60\\u{1F600}\\u{a}", "e4bda0f09f98800a"],
    ["\\ud83d\\ude00", "f09f9880"],
    ["\\\\n\\0012", "5c6e00303132"],
  ];
  for (const [text, hex] of cases) {
    assertEquals(parseEscapes(text, inUtf8).toHex(), hex, text);
    assertEquals(parseEscapes(text + "é", inUtf8).toHex(), hex + "c3a9", text);
  }
});

Deno.test("parseEscapes() encodes text but not raw bytes", () => {
  assertEquals(parseEscapes("你\\x80\\u4f60\\n", (text) => encodeText(text, "gbk")).toHex(), "c4e380c4e30a");
  assertEquals(parseEscapes("a\\x80\\n", (text) => encodeText(text, "utf-16le")).toHex(), "6100800a00");
});

Deno.test("parseEscapes() refuses anything else after a backslash", () => {
  const wrong: [text: string, escape: string][] = [
    ["a\\q", "\\q"],
    ["\\", "\\"],
    ["\\x4", "\\x"],
    ["\\X41", "\\X"],
    ["\\u12", "\\u"],
    ["\\u{110000}", "\\u{110000}"],
    ["\\u{}", "\\u"],
    ["\\😀", "\\😀"],
  ];
  for (const [text, escape] of wrong) {
    const message = `Unknown escape "${escape}" in "${text}": use \\n \\r `;
    assertEquals(assertThrows(() => parseEscapes(text, inUtf8), SockeyeError, message).kind, "usage");
  }
});
