import { assertEquals } from "@std/assert";
import { DirectionDecoder } from "../../lib/output/decoder.ts";
import { hex, utf8 } from "../cli/helpers.ts";
import { textOf } from "../support/sockets.ts";

/** What comes, and the text of each piece, with what was held back to the end. */
const CASES: readonly (readonly [fact: string, pieces: (string | Uint8Array)[], texts: string[], encoding?: string])[] =
  [
    ["makes LF of CRLF", ["one\r\ntwo\r\n"], ["one\ntwo\n", ""]],
    ["shows a lone carriage return", ["50%\r60%\r"], ["50%\\r60%", "\\r"]],
    ["holds a carriage return that a read cut from its line feed", ["one\r", "\ntwo"], ["one", "\ntwo", ""]],
    ["shows a held carriage return before other text", ["one\r", "two"], ["one", "\\rtwo", ""]],
    ["holds one carriage return after another", ["\r", "\r", "\n"], ["", "\\r", "\n", ""]],
    ["never breaks a character that a read cut", [hex("41 e4"), hex("bf"), hex("a1 42")], ["A", "", "信B", ""]],
    ["never breaks a character of GBK", [hex("d0"), hex("c5")], ["", "信", ""], "gbk"],
    ["shows invalid bytes by their numbers", [hex("41 ff 80 42")], ["A\\xff\\x80B", ""]],
    [
      "escapes what would drive a terminal, and keeps tabs",
      ["\x1b]0;title\x07\tx\x00\u202e"],
      ["\\x1b]0;title\\x07\tx\\x00\\u202e", ""],
    ],
    ["gives the bytes of a character that was never completed at the end", [hex("41 e4 bf")], ["A", "\\xe4\\xbf"]],
  ];

for (const [fact, pieces, texts, encoding = "utf-8"] of CASES) {
  Deno.test(`DirectionDecoder for a terminal ${fact}`, () => {
    const decoder = new DirectionDecoder(encoding, true);
    const decoded = pieces.map((piece) => decoder.decode(typeof piece === "string" ? utf8(piece) : piece).text);
    assertEquals([...decoded, decoder.rest()], texts);
  });
}

Deno.test("DirectionDecoder for a pipe leaves line ends and control characters alone", () => {
  const decoder = new DirectionDecoder("utf-8", false);
  const texts = [utf8("one\r"), utf8("\n\x1b[1m"), hex("ff")].map((piece) => decoder.decode(piece).text);
  assertEquals(texts, ["one\r", "\n\x1b[1m", "\\xff"]);
});

Deno.test("DirectionDecoder hints at a likelier encoding once, and not at all for text that is valid", () => {
  const chinese = hex("c4 e3 ba c3 ca c0 bd e7 0a"); // 你好世界 in GBK
  for (const safe of [false, true]) {
    const decoder = new DirectionDecoder("utf-8", safe);
    assertEquals([1, 2, 3].map(() => decoder.decode(chinese).hint), ["gbk", undefined, undefined]);
  }
  assertEquals(new DirectionDecoder("utf-8", true).decode(utf8("你好世界")).hint, undefined);
});

Deno.test("DirectionDecoder.dump() counts the offset on over reads", () => {
  const decoder = new DirectionDecoder("utf-8", true);
  const starts = (text: string) =>
    textOf(decoder.dump(utf8(text), false)).split("\n").slice(0, -1).map((row) => row.slice(0, 12));
  assertEquals(starts("0123456789abcdefg"), ["00000000  30", "00000010  67"]);
  assertEquals(starts("h"), ["00000011  68"]);
});
