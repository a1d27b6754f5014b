import { assertEquals } from "@std/assert";
import { BackPressure, type Reader } from "../../lib/chat/back_pressure.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";

const KIB = 1024;

/** A reader that takes what it is sent when the test says so. */
class SlowReader implements Reader {
  /** How often it was flushed. */
  asked = 0;
  #taken = Promise.withResolvers<void>();

  flush(): Promise<void> {
    this.asked++;
    return this.#taken.promise;
  }

  take(): void {
    this.#taken.resolve();
    this.#taken = Promise.withResolvers();
  }
}

/** A room with slow readers, and prompt ones. */
function make(slow: number, prompt = 0): { pressure: BackPressure; readers: SlowReader[] } {
  const readers = Array.from({ length: slow }, () => new SlowReader());
  const all = [...readers, ...Array.from({ length: prompt }, (): Reader => ({ flush: () => Promise.resolve() }))];
  return { pressure: new BackPressure(() => all), readers };
}

Deno.test("BackPressure lets members send until half a MiB is unread, and those that flood until an eighth", () => {
  using _ = new FakeClock();
  const { pressure } = make(1);
  const isFull = () => [pressure.full(false), pressure.full(true)];
  pressure.posted(128 * KIB);
  assertEquals(isFull(), [false, false]);
  pressure.posted(1);
  assertEquals(isFull(), [false, true]);
  pressure.posted(384 * KIB - 1);
  assertEquals(isFull(), [false, true]);
  pressure.posted(1);
  assertEquals(isFull(), [true, true]);
});

Deno.test("BackPressure waits for no reader before 64 KiB are posted", () => {
  using clock = new FakeClock();
  const { pressure, readers: [reader] } = make(1);
  pressure.posted(64 * KIB - 1);
  assertEquals([reader!.asked, clock.pending], [0, 0]);
  pressure.posted(1);
  assertEquals([reader!.asked, clock.pending], [1, 1]);
});

Deno.test("BackPressure keeps a sender waiting until the readers have taken everything", async () => {
  using clock = new FakeClock();
  const { pressure, readers: [one, two] } = make(2);
  pressure.posted(600 * KIB);
  const ready = pressure.ready(false);
  one!.take();
  assertEquals(await isSettled(ready), false);
  two!.take();
  await ready;
  assertEquals([pressure.full(false), pressure.full(true), clock.pending], [false, false, 0]);
});

Deno.test("BackPressure counts what is posted during a round in the next one", async () => {
  using clock = new FakeClock();
  const { pressure, readers: [reader] } = make(1);
  pressure.posted(100 * KIB);
  pressure.posted(100 * KIB);
  reader!.take();
  await turn();
  assertEquals([reader!.asked, pressure.full(true)], [2, false]);
  pressure.posted(100 * KIB);
  assertEquals([reader!.asked, pressure.full(true)], [2, true]);
  reader!.take();
  await turn();
  reader!.take();
  await turn();
  assertEquals([pressure.full(true), clock.pending], [false, 0]);
});

Deno.test("BackPressure lets a sender go on in an empty room", async () => {
  using clock = new FakeClock();
  const { pressure } = make(0);
  pressure.posted(600 * KIB);
  await pressure.ready(true);
  assertEquals(clock.pending, 0);
});

/** Milliseconds until a minority is left behind: one check at which the others had caught up, and two without progress. */
const LEFT_BEHIND_MS = 150;

Deno.test("BackPressure leaves a minority behind that takes nothing for two checks", async () => {
  using clock = new FakeClock();
  const { pressure } = make(1, 2);
  pressure.posted(600 * KIB);
  const ready = pressure.ready(false);
  await clock.advance(LEFT_BEHIND_MS - 1);
  assertEquals(await isSettled(ready), false);
  await clock.advance(1);
  await ready;
  assertEquals(pressure.full(false), false);
});

Deno.test("BackPressure lets members that flood wait a second for a reader that was left behind, or until it has caught up", async () => {
  for (const ms of [999, 500]) {
    using clock = new FakeClock();
    const { pressure, readers: [slow] } = make(1, 2);
    pressure.posted(200 * KIB);
    const ready = pressure.ready(true);
    await clock.advance(LEFT_BEHIND_MS + ms);
    assertEquals([await isSettled(ready), pressure.full(false)], [false, false]);
    if (ms === 999) await clock.advance(1);
    else slow!.take();
    await ready;
    assertEquals(clock.pending, 0);
  }
});

Deno.test("BackPressure does not wait again for a reader that was left behind, until it has caught up", async () => {
  using clock = new FakeClock();
  const { pressure, readers: [slow] } = make(1, 2);
  pressure.posted(200 * KIB);
  await clock.advance(LEFT_BEHIND_MS);
  pressure.posted(600 * KIB);
  assertEquals(await isSettled(pressure.ready(false)), true);
  assertEquals(slow!.asked, 1);
  slow!.take();
  await turn();
  pressure.posted(600 * KIB);
  assertEquals([slow!.asked, await isSettled(pressure.ready(false))], [2, false]);
  slow!.take();
  await clock.advance(1000);
});

Deno.test("BackPressure waits for a majority, but not for ever", async () => {
  // Half of them counts as many: in a room of two the only reader besides the sender is no minority; nor is one alone.
  for (const [prompt, ms] of [[1, 5050], [0, 5000]] as const) {
    using clock = new FakeClock();
    const { pressure } = make(1, prompt);
    pressure.posted(600 * KIB);
    const ready = pressure.ready(false);
    await clock.advance(ms - 1);
    assertEquals(await isSettled(ready), false);
    await clock.advance(1);
    await ready;
    await clock.advance(1000);
    assertEquals(clock.pending, 0);
  }
});

Deno.test("BackPressure begins to count again when a reader has caught up", async () => {
  using clock = new FakeClock();
  const { pressure, readers } = make(3, 6);
  pressure.posted(600 * KIB);
  const ready = pressure.ready(false);
  for (const reader of readers.slice(0, 2)) {
    await clock.advance(75);
    reader.take();
  }
  await clock.advance(100);
  assertEquals(await isSettled(ready), false);
  await clock.advance(50);
  await ready;
});
