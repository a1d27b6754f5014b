import { assertEquals, assertThrows } from "@std/assert";
import { asPattern, Expectation } from "../../lib/client/expect.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { hex, utf8 } from "../cli/helpers.ts";

type Piece = string | Uint8Array;

/** Whether the pattern is met after each piece. */
function met(pattern: string, pieces: readonly Piece[], encoding = "utf-8", whole = false): boolean[] {
  const expectation = new Expectation(asPattern(pattern), encoding, whole);
  return pieces.map((piece) => expectation.meets(typeof piece === "string" ? utf8(piece) : piece));
}

/** A pattern, the pieces of an answer, and whether each of them has met it. */
const CASES: readonly (readonly [fact: string, pattern: string, pieces: Piece[], met: boolean[], encoding?: string])[] =
  [
    ["finds what several reads brought", "PONG", ["P", "ON", "G!"], [false, false, true]],
    ["finds a character that a read cut", "信", [hex("e4 bf"), hex("a1")], [false, true]],
    ["finds a character of GBK that a read cut", "^信$", [hex("d0"), hex("c5")], [false, true], "gbk"],
    ["takes a character as one, not as two halves", "^.$", ["😀"], [true]],
    ["lets ^ and $ match at every line", "^OK$", ["one\nOK\ntwo\n"], [true]],
    ["lets ^ and $ match at every CRLF", "^OK$", ["one\r\nOK\r\ntwo\r\n"], [true]],
    ["lets ^ and $ match only at lines", "^OK$", ["not OK\n", "OK not\n"], [false, false]],
    ["stays true once it is", "^PONG$", ["PONG", "more"], [true, true]],
    ["finds bytes that are not valid by their numbers", "\\\\xff", [hex("ff")], [true]],
  ];

for (const [fact, pattern, pieces, expected, encoding] of CASES) {
  Deno.test(`Expectation.meets() ${fact}`, () => assertEquals(met(pattern, pieces, encoding), expected));
}

Deno.test("Expectation.meets() keeps half a character out of the next datagram", () => {
  assertEquals(met("ok", [hex("61 e4"), "ok"], "gbk", true), [false, true]);
});

Deno.test("Expectation.meets() forgets what is older than 64 Ki characters", () => {
  const block = "x".repeat(4 * 1024);
  for (const [blocks, expected] of [[15, true], [16, false]] as const) {
    const pieces = ["start", ...Array<string>(blocks).fill(block), "end"];
    assertEquals(met("start[^]*end", pieces).at(-1), expected);
  }
});

Deno.test("Expectation.check() throws kind expect, naming the pattern, unless it was met", () => {
  const expectation = new Expectation(asPattern("^PO.G$"), "utf-8");
  expectation.meets(utf8("PING\n"));
  const error = assertThrows(() => expectation.check(), SockeyeError, "The answer never matched /^PO.G$/");
  assertEquals([error.kind, error.exitCode], ["expect", 10]);
  expectation.meets(utf8("PONG\n"));
  expectation.check();
});

Deno.test("asPattern() tells what is wrong with a pattern", () => {
  assertThrows(() => asPattern("(open"), SyntaxError, "Unterminated group");
});
