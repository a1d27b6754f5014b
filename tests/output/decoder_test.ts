import { assertEquals } from "@std/assert";
import { DirectionDecoder } from "../../lib/output/decoder.ts";
import { hex, utf8 } from "../cli/helpers.ts";

/** Decodes pieces of one direction; the last text is what was held back to the end. */
function decode(pieces: (string | Uint8Array)[], encoding = "utf-8"): string[] {
  const decoder = new DirectionDecoder(encoding, true);
  const texts = pieces.map((piece) => decoder.decode(typeof piece === "string" ? utf8(piece) : piece).text);
  return [...texts, decoder.rest()];
}

Deno.test("DirectionDecoder.decode() makes LF of CRLF", () => {
  assertEquals(decode(["one\r\ntwo\r\n"]), ["one\ntwo\n", ""]);
});

Deno.test("DirectionDecoder.decode() shows a lone carriage return", () => {
  assertEquals(decode(["50%\r60%\r"]), ["50%\\r60%", "\\r"]);
});

Deno.test("DirectionDecoder.decode() holds a carriage return that a read cut from its line feed", () => {
  assertEquals(decode(["one\r", "\ntwo"]), ["one", "\ntwo", ""]);
  assertEquals(decode(["one\r", "two"]), ["one", "\\rtwo", ""]);
  assertEquals(decode(["\r", "\r", "\n"]), ["", "\\r", "\n", ""]);
});

Deno.test("DirectionDecoder.decode() never breaks a character that a read cut", () => {
  assertEquals(decode([hex("41 e4"), hex("bf"), hex("a1 42")]), ["A", "", "信B", ""]);
  assertEquals(decode([hex("d0"), hex("c5")], "gbk"), ["", "信", ""]);
});

Deno.test("DirectionDecoder.decode() shows invalid bytes by their numbers", () => {
  assertEquals(decode([hex("41 ff 80 42")]), ["A\\xff\\x80B", ""]);
});

Deno.test("DirectionDecoder.decode() escapes what would drive a terminal, and keeps tabs", () => {
  assertEquals(decode(["\x1b]0;title\x07\tx\x00\u202e"]), ["\\x1b]0;title\\x07\tx\\x00\\u202e", ""]);
});

Deno.test("DirectionDecoder.rest() gives the bytes of a character that was never completed", () => {
  assertEquals(decode([hex("41 e4 bf")]), ["A", "\\xe4\\xbf"]);
});

Deno.test("DirectionDecoder.decode() for a pipe leaves line ends and control characters alone", () => {
  const decoder = new DirectionDecoder("utf-8", false);
  assertEquals(decoder.decode(utf8("one\r")).text, "one\r");
  assertEquals(decoder.decode(utf8("\n\x1b[1m")).text, "\n\x1b[1m");
  assertEquals(decoder.decode(hex("ff")).text, "\\xff");
});

Deno.test("DirectionDecoder hints at a likelier encoding once", () => {
  const chinese = hex("c4 e3 ba c3 ca c0 bd e7 0a"); // 你好世界 in GBK
  for (const safe of [false, true]) {
    const decoder = new DirectionDecoder("utf-8", safe);
    const hints = [1, 2, 3].map(() => decoder.decode(chinese).hint);
    assertEquals(hints, ["gbk", undefined, undefined]);
  }
});

Deno.test("DirectionDecoder gives no hint for text that is valid", () => {
  assertEquals(new DirectionDecoder("utf-8", true).decode(utf8("你好世界")).hint, undefined);
});

Deno.test("DirectionDecoder.dump() counts the offset on over reads", () => {
  const decoder = new DirectionDecoder("utf-8", true);
  const starts = (text: string) => decoder.dump(utf8(text)).map((row) => row.slice(0, 12));
  assertEquals(starts("0123456789abcdefg"), ["00000000  30", "00000010  67"]);
  assertEquals(starts("h"), ["00000011  68"]);
});
