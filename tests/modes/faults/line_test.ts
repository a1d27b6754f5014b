/** A direction with faults, on a clock that is moved by hand. */

import { assert, assertEquals } from "@std/assert";
import { assertNear } from "../../support/near.ts";
import type { Segment } from "../../../lib/modes/faults/fault.ts";
import { FaultLine } from "../../../lib/modes/faults/line.ts";
import { asFaultRule, faultsFor } from "../../../lib/modes/faults/rules.ts";
import { FakeClock, isSettled } from "../../support/clock.ts";

/** Calls `deliver` for what a line with rules passes on, and notes it with its time. */
function lineOf(rules: readonly string[], deliver: () => Promise<void> = () => Promise.resolve()) {
  const began = performance.now();
  const passed: { ms: number; length: number; end: Segment["end"] }[] = [];
  const faults = faultsFor({ rules: rules.map(asFaultRule), seed: 1 }, 1, "up");
  const line = new FaultLine(faults, ({ bytes, end, lost }) => {
    if (!lost) passed.push({ ms: performance.now() - began, length: bytes?.length ?? 0, end });
    return deliver();
  });
  return { line, passed };
}

Deno.test("a line with a delay passes on in time, FIN after the bytes, and does not hold the sender", async () => {
  using clock = new FakeClock();
  const { line, passed } = lineOf(["delay=100ms"]);
  assert(await isSettled(line.push(new Uint8Array(10), false)));
  await clock.advance(30);
  assert(await isSettled(line.push(new Uint8Array(20), false)));
  const ended = line.end();
  await clock.advance(99);
  assertEquals(passed, [{ ms: 100, length: 10, end: undefined }]);
  assert(!await isSettled(ended));
  await clock.advance(2);
  assert(await isSettled(ended));
  assertEquals(passed.slice(1), [{ ms: 130, length: 20, end: undefined }, { ms: 130, length: 0, end: "fin" }]);
  assertEquals(clock.pending, 0);
});

Deno.test("a line with a rate holds the sender back", async () => {
  using clock = new FakeClock();
  const { line, passed } = lineOf(["rate=1000"]);
  const pushed = line.push(new Uint8Array(1000), false);
  await clock.advance(900);
  assert(!await isSettled(pushed));
  await clock.advance(60);
  assert(await isSettled(pushed));
  await clock.advance(100);
  assertEquals(passed.reduce((sum, { length }) => sum + length, 0), 1000);
  assertNear(passed.at(-1)!.ms, 1000, 1);
});

Deno.test("a line holds the sender back while the receiver does not read", async () => {
  using clock = new FakeClock();
  const stuck = Promise.withResolvers<void>();
  const { line } = lineOf(["delay=10ms"], () => stuck.promise);
  for (let i = 0; i < 2; i++) await line.push(new Uint8Array(10), false);
  await clock.advance(50);
  const pushed = line.push(new Uint8Array(10), false);
  assert(!await isSettled(pushed));
  stuck.resolve();
  await clock.advance(50);
  assert(await isSettled(pushed));
});

Deno.test("a line that stops leaves no timer and lets go of its sender", async () => {
  using clock = new FakeClock();
  const { line, passed } = lineOf(["rate=10"]);
  const pushed = line.push(new Uint8Array(1000), false);
  const ended = line.end();
  line.stop();
  assert(await isSettled(pushed) && await isSettled(ended));
  assertEquals([passed, clock.pending], [[], 0]);
});

Deno.test("a line whose faults are cleared keeps what is on its way, and passes on the rest at once", async () => {
  using clock = new FakeClock();
  const { line, passed } = lineOf(["delay=100ms"]);
  await line.push(new Uint8Array(1), false);
  line.clear();
  await line.push(new Uint8Array(2), false);
  await clock.advance(100);
  assertEquals(passed.map(({ length }) => length), [1, 2]);
});
