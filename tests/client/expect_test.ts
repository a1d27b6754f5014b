import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { asPattern, Expectations } from "../../lib/client/expect.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { hex, utf8 } from "../cli/helpers.ts";
import { FakeClock, isSettled } from "../support/clock.ts";

type Piece = string | Uint8Array;

/** Whether the pattern is met after each piece. */
function met(pattern: string, pieces: readonly Piece[], encoding = "utf-8", whole = false): boolean[] {
  const expectations = new Expectations([asPattern(pattern)], encoding, whole);
  return pieces.map((piece) => {
    expectations.take(typeof piece === "string" ? utf8(piece) : piece);
    return expectations.met;
  });
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
  Deno.test(`Expectations.take() ${fact}`, () => assertEquals(met(pattern, pieces, encoding), expected));
}

Deno.test("Expectations.take() keeps half a character out of the next datagram", () => {
  assertEquals(met("ok", [hex("61 e4"), "ok"], "gbk", true), [false, true]);
});

Deno.test("Expectations.take() forgets what is older than 64 Ki characters", () => {
  const block = "x".repeat(4 * 1024);
  for (const [blocks, expected] of [[15, true], [16, false]] as const) {
    const pieces = ["start", ...Array<string>(blocks).fill(block), "end"];
    assertEquals(met("start[^]*end", pieces).at(-1), expected);
  }
});

/** Patterns, what comes, and how many of them are met then. */
const SEQUENCES: readonly (readonly [fact: string, patterns: string[], pieces: string[], met: number])[] = [
  ["looks for each pattern after the match before", ["2", "2"], ["220 hi\n"], 2],
  ["does not find the same match twice", ["220", "220"], ["220 hi\n"], 1],
  ["does not look before the match before", ["b", "a"], ["ab"], 1],
  ["finds several in one read", ["^220", "^250", "^221"], ["220 a\n250 b\n221 c\n"], 3],
  ["takes ^ for the begin of a line, not of the rest", ["22", "^0"], ["220\n"], 1],
  ["lets an empty match pass", ["", "x"], ["x"], 2],
];

for (const [fact, patterns, pieces, expected] of SEQUENCES) {
  Deno.test(`Expectations.wait() ${fact}`, async () => {
    const expectations = new Expectations(patterns.map(asPattern), "utf-8");
    for (const piece of pieces) expectations.take(utf8(piece));
    await expectations.wait(expected, 0);
    assertEquals(expectations.met, expected === patterns.length);
    if (!expectations.met) await assertRejects(() => expectations.wait(expected + 1, 0), SockeyeError);
  });
}

Deno.test("Expectations.wait() gives each pattern its own time", async () => {
  using clock = new FakeClock();
  const expectations = new Expectations(["a", "b"].map(asPattern), "utf-8");
  const waited = expectations.wait(2, 1_000);
  waited.catch(() => {});
  await clock.advance(900);
  expectations.take(utf8("a1"));
  await clock.advance(999);
  assertEquals(await isSettled(waited), false);
  await clock.advance(1);
  const message = 'The answer did not match --expect 2 of 2, /b/ in 1 s; "1" came after the match before';
  const { kind, exitCode } = await assertRejects(() => waited, SockeyeError, message);
  assertEquals([kind, exitCode, clock.pending], ["expect", 10, 0]);
});

/** What came, and what is said of it when the peer ends. */
const ENDINGS: readonly (readonly [patterns: string[], pieces: string[], says: string])[] = [
  [["PONG"], [], "/PONG/ before the peer ended; nothing came"],
  [["PONG"], ["PI", "NG\n\x1b"], '/PONG/ before the peer ended; "PING\\n\\x1b" came'],
  [["P", "X"], ["P"], "--expect 2 of 2, /X/ before the peer ended; nothing came after the match before"],
];

for (const [patterns, pieces, says] of ENDINGS) {
  Deno.test(`Expectations.check() says: ${says}`, async () => {
    const expectations = new Expectations(patterns.map(asPattern), "utf-8");
    for (const piece of pieces) expectations.take(utf8(piece));
    expectations.end();
    assertThrows(() => expectations.check(), SockeyeError, `The answer did not match ${says}`);
    await assertRejects(() => expectations.wait(patterns.length, 60_000), SockeyeError, says);
  });
}

Deno.test("asPattern() tells what is wrong with a pattern", () => {
  assertThrows(() => asPattern("(open"), SyntaxError, "Unterminated group");
});
