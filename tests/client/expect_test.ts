import { assertEquals, assertThrows } from "@std/assert";
import { asPattern, Expectation } from "../../lib/client/expect.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { hex, utf8 } from "../cli/helpers.ts";

/** Whether the pattern is met after each piece. */
function met(pattern: string, pieces: (string | Uint8Array)[], encoding = "utf-8"): boolean[] {
  const expectation = new Expectation(asPattern(pattern), encoding);
  return pieces.map((piece) => expectation.meets(typeof piece === "string" ? utf8(piece) : piece));
}

Deno.test("Expectation.meets() finds what several reads brought", () => {
  assertEquals(met("PONG", ["P", "ON", "G!"]), [false, false, true]);
});

Deno.test("Expectation.meets() finds a character that a read cut", () => {
  assertEquals(met("信", [hex("e4 bf"), hex("a1")]), [false, true]);
  assertEquals(met("^信$", [hex("d0"), hex("c5")], "gbk"), [false, true]);
});

Deno.test("Expectation.meets() takes a character as one, not as two halves", () => {
  assertEquals(met("^.$", ["😀"]), [true]);
});

Deno.test("Expectation.meets() lets ^ and $ match at every line", () => {
  assertEquals(met("^OK$", ["one\nOK\ntwo\n"]), [true]);
  assertEquals(met("^OK$", ["one\r\nOK\r\ntwo\r\n"]), [true]);
  assertEquals(met("^OK$", ["not OK\n", "OK not\n"]), [false, false]);
});

Deno.test("Expectation.meets() stays true once it is", () => {
  assertEquals(met("^PONG$", ["PONG", "more"]), [true, true]);
});

Deno.test("Expectation.meets() finds bytes that are not valid by their numbers", () => {
  assertEquals(met("\\\\xff", [hex("ff")]), [true]);
});

Deno.test("Expectation.meets() forgets what is older than 64 Ki characters", () => {
  const block = "x".repeat(4 * 1024);
  const between = (blocks: number) =>
    met("start[^]*end", ["start", ...Array<string>(blocks).fill(block), "end"]).at(-1);
  assertEquals(between(15), true);
  assertEquals(between(16), false);
});

Deno.test("Expectation.check() throws kind expect, naming the pattern, when it was never met", () => {
  const expectation = new Expectation(asPattern("^PO.G$"), "utf-8");
  expectation.meets(utf8("PING"));
  const error = assertThrows(() => expectation.check(), SockeyeError, "The answer never matched /^PO.G$/");
  assertEquals(error.kind, "expect");
  assertEquals(error.exitCode, 10);
});

Deno.test("Expectation.check() says nothing when it was met", () => {
  const expectation = new Expectation(asPattern("PONG"), "utf-8");
  expectation.meets(utf8("PONG"));
  expectation.check();
});

Deno.test("asPattern() tells what is wrong with a pattern", () => {
  assertThrows(() => asPattern("(open"), SyntaxError, "Unterminated group");
});

Deno.test("Expectation.meets() keeps half a character out of the next datagram", () => {
  const expectation = new Expectation(asPattern("ok"), "gbk", true);
  assertEquals([hex("61 e4"), utf8("ok")].map((piece) => expectation.meets(piece)), [false, true]);
});
