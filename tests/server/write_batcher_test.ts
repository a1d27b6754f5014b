import { assertEquals, assertMatch } from "@std/assert";
import { type Startable, WriteBatcher } from "../../lib/server/write_batcher.ts";
import { Outbox } from "../../lib/server/outbox.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { bytesOf, FakeChannel } from "../support/net.ts";

/** A reader whose writes take some milliseconds, and how often they were begun. */
function slowReader(clock: FakeClock, ms: number): Startable & { starts: number } {
  return {
    starts: 0,
    start() {
      this.starts++;
      clock.spend(ms);
    },
  };
}

Deno.test("WriteBatcher starts all that was added together, as soon as there is time", async () => {
  const batcher = new WriteBatcher();
  const started: number[] = [];
  for (const i of [1, 2, 3]) batcher.add({ start: () => void started.push(i) });
  assertEquals(started, []);
  await Promise.resolve();
  assertEquals(started, [1, 2, 3]);
});

Deno.test("WriteBatcher rests as long as a round took", async () => {
  using clock = new FakeClock();
  const batcher = new WriteBatcher();
  const reader = slowReader(clock, 10);
  batcher.add(reader);
  await turn();
  batcher.add(reader);
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
  const batcher = new WriteBatcher();
  const reader = slowReader(clock, 10_000);
  batcher.add(reader);
  await turn();
  batcher.add(reader);
  await clock.advance(50);
  assertEquals(reader.starts, 2);
});

Deno.test("WriteBatcher.stop() starts what is due and leaves no timer behind", async () => {
  using clock = new FakeClock();
  const batcher = new WriteBatcher();
  const reader = slowReader(clock, 10);
  batcher.add(reader);
  await turn();
  batcher.add(reader);
  assertEquals(clock.pending, 1);
  batcher.stop();
  assertEquals([reader.starts, clock.pending], [2, 0]);
});

/** An outbox whose first round has just been: what is posted now waits. */
async function resting(clock: FakeClock): Promise<{ channel: FakeChannel; outbox: Outbox }> {
  const batcher = new WriteBatcher();
  batcher.add(slowReader(clock, 10));
  await turn();
  const channel = new FakeChannel();
  const outbox = new Outbox(channel, () => {}, { batcher });
  return { channel, outbox };
}

Deno.test("an Outbox writes what was posted during a rest in one go", async () => {
  using clock = new FakeClock();
  const { channel, outbox } = await resting(clock);
  for (const text of ["a", "b", "c"]) outbox.post([bytesOf(text)]);
  await clock.advance(9);
  assertEquals([channel.written, outbox.busy], [[], false]);
  await clock.advance(1);
  assertEquals(channel.written, ["abc"]);
});

Deno.test("an Outbox does not put off what somebody waits for", async () => {
  using clock = new FakeClock();
  for (const wait of [(outbox: Outbox) => outbox.flush(), (outbox: Outbox) => outbox.send(bytesOf("!"))]) {
    const { channel, outbox } = await resting(clock);
    outbox.post([bytesOf("a")]);
    assertEquals(channel.written, []);
    // No time passes meanwhile.
    await wait(outbox);
    assertMatch(channel.written.join(""), /^a!?$/);
    await clock.advance(10);
  }
});

Deno.test("an Outbox does not put off what is worth a write", async () => {
  using clock = new FakeClock();
  const { channel, outbox } = await resting(clock);
  outbox.post([bytesOf("a")]);
  outbox.post([bytesOf("b".repeat(4_094))]);
  assertEquals(channel.written, []);
  outbox.post([bytesOf("c")]);
  assertEquals(channel.written.map((text) => text.length), [4_096]);
});

Deno.test("an Outbox that has failed writes nothing of what was put off", async () => {
  using clock = new FakeClock();
  const { channel, outbox } = await resting(clock);
  outbox.post([bytesOf("a")]);
  outbox.fail(new Error("gone"));
  await clock.advance(100);
  assertEquals([channel.written, clock.pending], [[], 0]);
});
