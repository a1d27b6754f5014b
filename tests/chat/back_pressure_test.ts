import { assertEquals } from "@std/assert";
import { BackPressure, type Reader } from "../../lib/chat/back_pressure.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";

const KIB = 1024;

/** A reader that takes what it is sent when the test says so. */
class SlowReader implements Reader {
  /** How often it was asked. */
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

/** A reader that has always taken everything. */
const PROMPT: Reader = { flush: () => Promise.resolve() };

/** A room with slow readers, and as many prompt ones as wanted. */
function make(slow: number, prompt = 0): { pace: BackPressure; readers: SlowReader[] } {
  const readers = Array.from({ length: slow }, () => new SlowReader());
  const all = [...readers, ...Array.from({ length: prompt }, (): Reader => ({ ...PROMPT }))];
  return { pace: new BackPressure(() => all), readers };
}

Deno.test("BackPressure lets people write until half a MiB is unread, and those who pour until an eighth", () => {
  using _ = new FakeClock();
  const { pace } = make(1);
  const isFull = () => [pace.full(false), pace.full(true)];
  pace.posted(128 * KIB);
  assertEquals(isFull(), [false, false]);
  pace.posted(1);
  assertEquals(isFull(), [false, true]);
  pace.posted(384 * KIB - 1);
  assertEquals(isFull(), [false, true]);
  pace.posted(1);
  assertEquals(isFull(), [true, true]);
});

Deno.test("BackPressure asks nobody before there is something to wait for", () => {
  using clock = new FakeClock();
  const { pace, readers: [reader] } = make(1);
  pace.posted(64 * KIB - 1);
  assertEquals([reader!.asked, clock.pending], [0, 0]);
  pace.posted(1);
  assertEquals([reader!.asked, clock.pending], [1, 1]);
});

Deno.test("BackPressure lets who writes go on at once when nothing is in the way", async () => {
  using _ = new FakeClock();
  const { pace } = make(1);
  pace.posted(128 * KIB);
  assertEquals(await isSettled(pace.ready(true)), true);
});

Deno.test("BackPressure keeps who writes waiting until the readers have taken everything", async () => {
  using clock = new FakeClock();
  const { pace, readers: [one, two] } = make(2);
  pace.posted(600 * KIB);
  const ready = pace.ready(false);
  one!.take();
  assertEquals(await isSettled(ready), false);
  two!.take();
  await ready;
  assertEquals([pace.full(false), pace.full(true), clock.pending], [false, false, 0]);
});

Deno.test("BackPressure counts what is posted during a round in the next one", async () => {
  using clock = new FakeClock();
  const { pace, readers: [reader] } = make(1);
  pace.posted(100 * KIB);
  pace.posted(100 * KIB);
  reader!.take();
  await turn();
  assertEquals([reader!.asked, pace.full(true)], [2, false]);
  pace.posted(100 * KIB);
  assertEquals([reader!.asked, pace.full(true)], [2, true]);
  reader!.take();
  await turn();
  reader!.take();
  await turn();
  assertEquals([pace.full(true), clock.pending], [false, 0]);
});

Deno.test("BackPressure waits for nobody in an empty room", async () => {
  using clock = new FakeClock();
  const { pace } = make(0);
  pace.posted(600 * KIB);
  await pace.ready(true);
  assertEquals(clock.pending, 0);
});

/** Milliseconds until a minority is left behind: one look at which the others had come along, and two in vain. */
const PATIENCE = 150;

Deno.test("BackPressure leaves a minority behind that takes nothing for two looks", async () => {
  using clock = new FakeClock();
  const { pace } = make(1, 2);
  pace.posted(600 * KIB);
  const ready = pace.ready(false);
  await clock.advance(PATIENCE - 1);
  assertEquals(await isSettled(ready), false);
  await clock.advance(1);
  await ready;
  assertEquals(pace.full(false), false);
});

Deno.test("BackPressure gives who was left behind a second of grace from those who pour", async () => {
  using clock = new FakeClock();
  const { pace } = make(1, 2);
  pace.posted(200 * KIB);
  const ready = pace.ready(true);
  await clock.advance(PATIENCE + 999);
  assertEquals([await isSettled(ready), pace.full(false)], [false, false]);
  await clock.advance(1);
  await ready;
  assertEquals(clock.pending, 0);
});

Deno.test("BackPressure ends the grace when who was left behind has caught up", async () => {
  using clock = new FakeClock();
  const { pace, readers: [slow] } = make(1, 2);
  pace.posted(200 * KIB);
  const ready = pace.ready(true);
  await clock.advance(PATIENCE + 500);
  assertEquals(await isSettled(ready), false);
  slow!.take();
  await ready;
  assertEquals(clock.pending, 0);
});

Deno.test("BackPressure does not ask again who was left behind, until it has caught up", async () => {
  using clock = new FakeClock();
  const { pace, readers: [slow] } = make(1, 2);
  pace.posted(200 * KIB);
  await clock.advance(PATIENCE);
  pace.posted(600 * KIB);
  assertEquals(await isSettled(pace.ready(false)), true);
  assertEquals(slow!.asked, 1);
  slow!.take();
  await turn();
  pace.posted(600 * KIB);
  assertEquals([slow!.asked, await isSettled(pace.ready(false))], [2, false]);
  slow!.take();
  await clock.advance(1000);
});

Deno.test("BackPressure waits for a majority, but not for ever", async () => {
  using clock = new FakeClock();
  // Half of them counts as many: in a room of two the only reader besides the writer is no minority.
  const { pace } = make(1, 1);
  pace.posted(600 * KIB);
  const ready = pace.ready(false);
  await clock.advance(5049);
  assertEquals(await isSettled(ready), false);
  await clock.advance(1);
  await ready;
  await clock.advance(1000);
  assertEquals(clock.pending, 0);
});

Deno.test("BackPressure takes a reader alone in the room for a majority", async () => {
  using clock = new FakeClock();
  const { pace, readers: [reader] } = make(1);
  pace.posted(600 * KIB);
  const ready = pace.ready(false);
  await clock.advance(4900);
  assertEquals(await isSettled(ready), false);
  reader!.take();
  await ready;
});

Deno.test("BackPressure begins to count anew when somebody has come along", async () => {
  using clock = new FakeClock();
  const { pace, readers } = make(3, 6);
  pace.posted(600 * KIB);
  const ready = pace.ready(false);
  for (const reader of readers.slice(0, 2)) {
    await clock.advance(75);
    reader.take();
  }
  await clock.advance(100);
  assertEquals(await isSettled(ready), false);
  await clock.advance(50);
  await ready;
});
