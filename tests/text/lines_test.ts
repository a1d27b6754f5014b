import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ENCODINGS } from "../../lib/text/encodings.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { CrlfWriter, hasLineByte, LINE_LIMIT, LineSplitter, stripEol, withoutNuls } from "../../lib/text/lines.ts";
import { randomCuts, randomFrom, singles } from "./random.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Returns the lines of a stream as text, the unfinished line last, and the number of cuts at the limit. */
function split(pieces: Uint8Array[], limit?: number): { lines: string[]; cut: number } {
  const splitter = new LineSplitter(limit);
  const lines = pieces.flatMap((piece) => splitter.push(piece).map(textOf));
  const last = splitter.end();
  if (last !== undefined) lines.push(textOf(last));
  assertEquals(splitter.end(), undefined);
  return { lines, cut: splitter.cut };
}

Deno.test("LineSplitter keeps terminators and gives the last line at the end", () => {
  const cases: [text: string, lines: string[]][] = [
    ["", []],
    ["a\nb\r\n\nc", ["a\n", "b\r\n", "\n", "c"]],
    ["a\rb\n", ["a\rb\n"]],
    ["no end", ["no end"]],
    ["\n\n", ["\n", "\n"]],
    ["x".repeat(1000) + "\ny", ["x".repeat(1000) + "\n", "y"]],
  ];
  for (const [text, lines] of cases) {
    assertEquals(split([bytesOf(text)]), { lines, cut: 0 });
    assertEquals(split(singles(bytesOf(text))), { lines, cut: 0 });
    const isOpen = lines.at(-1)?.endsWith("\n") === false;
    const more = isOpen ? [...lines.slice(0, -1), lines.at(-1) + "z\n"] : [...lines, "z\n"];
    assertEquals(split([bytesOf(text), bytesOf("z\n")]), { lines: more, cut: 0 });
  }
});

Deno.test("LineSplitter gives a line over the limit in pieces", () => {
  const cases: [text: string, lines: string[], cut: number][] = [
    ["abc\n", ["abc\n"], 0],
    ["abcd", ["abcd"], 0],
    ["abcd\n", ["abcd", "\n"], 1],
    ["abcde", ["abcd", "e"], 1],
    ["abcdefghij\nk\n", ["abcd", "efgh", "ij\n", "k\n"], 2],
    ["abcdefgh", ["abcd", "efgh"], 1],
  ];
  for (const [text, lines, cut] of cases) {
    const bytes = singles(bytesOf(text));
    for (const pieces of [[bytesOf(text)], bytes, [...bytes, bytesOf("")]]) {
      assertEquals(split(pieces, 4), { lines, cut }, text);
    }
  }
});

Deno.test("LineSplitter gives the same lines however the bytes are cut", () => {
  const random = randomFrom(99);
  for (let round = 0; round < 300; round++) {
    const bytes = bytesOf(Array.from({ length: random(60) }, () => "ab\r\n\n"[random(5)]).join(""));
    const limit = 1 + random(9);
    const whole = split([bytes], limit);
    assertEquals(whole.lines.join(""), textOf(bytes));
    assertEquals(split(singles(bytes), limit), whole);
    assertEquals(split(randomCuts(bytes, random), limit), whole);
  }
});

Deno.test("LineSplitter holds no more than the limit", () => {
  const splitter = new LineSplitter();
  let given = 0;
  for (let i = 0; i < 100; i++) {
    for (const line of splitter.push(new Uint8Array(10_000).fill(0x61))) {
      assertEquals(line.length, LINE_LIMIT);
      assert(line.buffer.byteLength <= LINE_LIMIT);
      given += line.length;
    }
    assert(10_000 * (i + 1) - given <= LINE_LIMIT);
  }
  assertEquals(splitter.cut, 15);
});

Deno.test("LineSplitter gives carried-over lines as copies", () => {
  const splitter = new LineSplitter();
  const buffer = bytesOf("one\ntw");
  splitter.push(buffer);
  buffer.fill(0x2d);
  const [carried] = splitter.push(bytesOf("o\n"));
  assertEquals(textOf(carried!), "two\n");
  splitter.push(bytesOf("next"));
  assertEquals(textOf(carried!), "two\n");
});

Deno.test("stripEol() removes one terminator", () => {
  const cut = { "a\n": "a", "a\r\n": "a", "a\n\n": "a\n", "a\r\r\n": "a\r", "\n": "", "\r\n": "" };
  for (const [line, bare] of Object.entries({ ...cut, "": "", "a": "a", "a\r": "a\r" })) {
    assertEquals(textOf(stripEol(bytesOf(line))), bare);
  }
});

Deno.test("CrlfWriter writes CRLF for every bare LF, also when a CR comes an empty push before it", () => {
  const cases: [text: string, written: string][] = [
    ["", ""],
    ["a\nb", "a\r\nb"],
    ["a\r\nb", "a\r\nb"],
    ["a\r\nb\n", "a\r\nb\r\n"],
    ["\n\n\r\n", "\r\n\r\n\r\n"],
    ["\r\r\n\r", "\r\r\n\r"],
  ];
  for (const [text, written] of cases) {
    const bytes = singles(bytesOf(text));
    const withEmpty = bytes.flatMap((byte) => [byte, new Uint8Array(0)]);
    for (const pieces of [[bytesOf(text)], bytes, [bytesOf(text), new Uint8Array(0)], withEmpty]) {
      const writer = new CrlfWriter();
      assertEquals(pieces.map((piece) => textOf(writer.push(piece))).join(""), written);
    }
  }
});

Deno.test("CrlfWriter gives the same array when nothing changes", () => {
  const bytes = bytesOf("a\r\nb");
  assertStrictEquals(new CrlfWriter().push(bytes), bytes);
});

Deno.test("hasLineByte() says whether the byte 0a is always a line feed", () => {
  for (const encoding of [...ENCODINGS, "koi8-r", "windows-1251", "ibm866"]) {
    const isLineFeed = encodeText("\n", encoding).toHex() === "0a";
    assertEquals(hasLineByte(encoding), isLineFeed, encoding);
  }
});

Deno.test("hasLineByte() is right about the tables: no other character has that byte in it", () => {
  for (const encoding of ENCODINGS.filter(hasLineByte)) {
    const decoder = new TextDecoder(encoding);
    for (let lead = 0x80; lead <= 0xff; lead++) {
      assert(decoder.decode(Uint8Array.of(lead, 0x0a)).endsWith("\n"), `${encoding} ${lead.toString(16)}`);
    }
  }
});

Deno.test("withoutNuls() takes NULs off the sides that are named, and never those inside", () => {
  const line = bytesOf("\0\0a\0b\0");
  const trimmed = (start: boolean, end: boolean) => textOf(withoutNuls(line, { start, end }));
  assertEquals(trimmed(true, true), "a\0b");
  assertEquals([trimmed(true, false), trimmed(false, true)], ["a\0b\0", "\0\0a\0b"]);
  assertStrictEquals(withoutNuls(line, { start: false, end: false }), line);
  assertEquals(withoutNuls(bytesOf("\0\0"), { start: true, end: true }).length, 0);
});
