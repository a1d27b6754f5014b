import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Voice, Voices } from "../../lib/output/decoder.ts";
import { hex, utf8 } from "../cli/helpers.ts";

/** What a voice makes of pieces, and what was left at the end. */
function hear(pieces: (string | Uint8Array)[], encoding = "utf-8"): string[] {
  const voice = new Voice(encoding);
  const heard = pieces.map((piece) => voice.safeText(typeof piece === "string" ? utf8(piece) : piece).text);
  return [...heard, voice.safeRest()];
}

Deno.test("Voice.safeText() makes LF of CRLF", () => {
  assertEquals(hear(["one\r\ntwo\r\n"]), ["one\ntwo\n", ""]);
});

Deno.test("Voice.safeText() shows a lone carriage return", () => {
  assertEquals(hear(["50%\r60%\r"]), ["50%\\r60%", "\\r"]);
});

Deno.test("Voice.safeText() holds a carriage return that a read cut from its line feed", () => {
  assertEquals(hear(["one\r", "\ntwo"]), ["one", "\ntwo", ""]);
  assertEquals(hear(["one\r", "two"]), ["one", "\\rtwo", ""]);
  assertEquals(hear(["\r", "\r", "\n"]), ["", "\\r", "\n", ""]);
});

Deno.test("Voice.safeText() never breaks a character that a read cut", () => {
  assertEquals(hear([hex("41 e4"), hex("bf"), hex("a1 42")]), ["A", "", "信B", ""]);
  assertEquals(hear([hex("d0"), hex("c5")], "gbk"), ["", "信", ""]);
});

Deno.test("Voice.safeText() shows invalid bytes by their numbers", () => {
  assertEquals(hear([hex("41 ff 80 42")]), ["A\\xff\\x80B", ""]);
});

Deno.test("Voice.safeText() escapes what would drive a terminal, and keeps tabs", () => {
  assertEquals(hear(["\x1b]0;title\x07\tx\x00\u202e"]), ["\\x1b]0;title\\x07\tx\\x00\\u202e", ""]);
});

Deno.test("Voice.safeRest() gives the bytes of a character that was never completed", () => {
  assertEquals(hear([hex("41 e4 bf")]), ["A", "\\xe4\\xbf"]);
});

Deno.test("Voice.plainText() leaves line ends and control characters alone", () => {
  const voice = new Voice("utf-8");
  assertEquals(voice.plainText(utf8("one\r")).text, "one\r");
  assertEquals(voice.plainText(utf8("\n\x1b[1m")).text, "\n\x1b[1m");
  assertEquals(voice.plainText(hex("ff")).text, "\\xff");
});

Deno.test("Voice hints at a likelier encoding once", () => {
  const chinese = hex("c4 e3 ba c3 ca c0 bd e7 0a"); // 你好世界 in GBK
  for (const method of ["safeText", "plainText"] as const) {
    const voice = new Voice("utf-8");
    const hints = [1, 2, 3].map(() => voice[method](chinese).hint);
    assertEquals(hints, ["gbk", undefined, undefined]);
  }
});

Deno.test("Voice gives no hint for text that is valid", () => {
  assertEquals(new Voice("utf-8").safeText(utf8("你好世界")).hint, undefined);
});

Deno.test("Voice.dump() counts the offset on over reads", () => {
  const voice = new Voice("utf-8");
  const starts = (text: string) => voice.dump(utf8(text)).map((row) => row.slice(0, 12));
  assertEquals(starts("0123456789abcdefg"), ["00000000  30", "00000010  67"]);
  assertEquals(starts("h"), ["00000011  68"]);
});

Deno.test("Voices.of() keeps one voice for each peer and direction", () => {
  const voices = new Voices("utf-8");
  const voice = voices.of({ event: "recv", id: 1 });
  assertStrictEquals(voices.of({ event: "recv", id: 1 }), voice);
  assert(voices.of({ event: "recv", id: 2 }) !== voice);
  assert(voices.of({ event: "send", id: 1 }) !== voice);
});

Deno.test("Voices.take() gives the voices that were heard and forgets them", () => {
  const voices = new Voices("utf-8");
  const heard = voices.of({ event: "recv", id: 1 });
  const other = voices.of({ event: "send", id: 2 });
  const taken = voices.take(1);
  assertEquals(taken.map(({ event }) => event), ["recv"]);
  assertStrictEquals(taken[0]?.voice, heard);
  assertEquals(voices.take(1), []);
  assertStrictEquals(voices.of({ event: "send", id: 2 }), other);
});
