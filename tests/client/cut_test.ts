import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { asCuts, CUT_PAUSE_MS, Cutter } from "../../lib/client/cut.ts";
import { FIN, type Outgoing } from "../../lib/client/exchange_options.ts";
import { textOf, utf8 } from "../support/sockets.ts";

const NEVER = new AbortController().signal;

Deno.test("asCuts() takes ascending offsets from 1", () => {
  assertEquals(asCuts("3"), [3]);
  assertEquals(asCuts("1,2,19"), [1, 2, 19]);
  for (const bad of ["", "0", "3,3", "8,3", "3,", "-1", "3.5", "a", " 3", "99999999999"]) {
    assertThrows(() => asCuts(bad), Error, "expected byte offsets");
  }
  assertThrows(() => asCuts(Array.from({ length: 2001 }, (_, i) => i + 1).join()), Error, "expected byte offsets");
});

/** A message in parts, the cuts, and the pieces. */
const MESSAGES: readonly (readonly [parts: string[], offsets: number[], pieces: string[]])[] = [
  [["hello"], [3], ["hel", "lo"]],
  [["hello"], [1, 2, 4], ["h", "e", "ll", "o"]],
  [["hello"], [5, 9], ["hello"]],
  [["hel", "lo!"], [3], ["hel", "lo!"]],
  [["hel", "lo!"], [2, 4], ["he", "l", "l", "o!"]],
  [[""], [1], [""]],
];

for (const [parts, offsets, pieces] of MESSAGES) {
  Deno.test(`message() cuts ${JSON.stringify(parts)} at ${offsets}`, async () => {
    const sent = await Array.fromAsync(new Cutter(offsets, NEVER).message(parts.map(utf8)));
    assertEquals(sent.map(textOf), pieces);
  });
}

Deno.test("each() pauses at every cut and between messages, and passes on what is no message", async () => {
  async function* outgoing(): Outgoing {
    yield* [utf8("one"), utf8("two"), FIN];
  }
  const start = performance.now();
  const sent = await Array.fromAsync(new Cutter([1], NEVER).each(outgoing()));
  assertEquals(sent.map((part) => typeof part === "symbol" ? part : textOf(part)), ["o", "ne", "t", "wo", FIN]);
  assertEquals(performance.now() - start >= 3 * CUT_PAUSE_MS - 5, true);
});

Deno.test("a pause ends with the signal", async () => {
  const stop = new AbortController();
  const pieces = new Cutter([1], stop.signal).message([utf8("ab")]);
  await pieces.next();
  stop.abort(new Error("stopped"));
  await assertRejects(() => pieces.next(), Error, "stopped");
});
