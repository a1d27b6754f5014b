import { assertEquals } from "@std/assert";
import { WriteBatcher } from "../../lib/server/write_batcher.ts";
import { FakeClock, turn } from "../support/clock.ts";

Deno.test("WriteBatcher starts all that was added together, as soon as there is time", async () => {
  const batcher = new WriteBatcher();
  const started: number[] = [];
  for (const i of [1, 2, 3]) batcher.add({ start: () => void started.push(i) });
  assertEquals(started, []);
  await Promise.resolve();
  assertEquals(started, [1, 2, 3]);
});

/** A batcher after its first round, in which a reader took some milliseconds; the reader is due again. */
async function afterRound(clock: FakeClock, ms: number) {
  const batcher = new WriteBatcher();
  const reader = { starts: 0, start: () => (reader.starts++, clock.spend(ms)) };
  batcher.add(reader);
  await turn();
  batcher.add(reader);
  return { batcher, reader };
}

Deno.test("WriteBatcher rests as long as a round took", async () => {
  using clock = new FakeClock();
  const { batcher, reader } = await afterRound(clock, 10);
  await clock.advance(9);
  assertEquals(reader.starts, 1);
  await clock.advance(1);
  assertEquals(reader.starts, 2);
  await clock.advance(10);
  batcher.add(reader);
  await turn();
  assertEquals([reader.starts, clock.pending], [3, 0]);
});

Deno.test("WriteBatcher does not let a line wait for longer than people see", async () => {
  using clock = new FakeClock();
  const { reader } = await afterRound(clock, 10_000);
  await clock.advance(50);
  assertEquals(reader.starts, 2);
});

Deno.test("WriteBatcher.stop() starts what is due and leaves no timer behind", async () => {
  using clock = new FakeClock();
  const { batcher, reader } = await afterRound(clock, 10);
  assertEquals(clock.pending, 1);
  batcher.stop();
  assertEquals([reader.starts, clock.pending], [2, 0]);
});
