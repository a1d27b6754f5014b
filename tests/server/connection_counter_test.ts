import { assertEquals } from "@std/assert";
import { type Desk, OwnDesk, SharedDesk } from "../../lib/server/connection_counter.ts";

const KINDS: readonly (readonly [string, () => Desk])[] = [
  ["OwnDesk", () => new OwnDesk()],
  ["SharedDesk", () => new SharedDesk()],
];

for (const [name, make] of KINDS) {
  Deno.test(`${name} numbers from 1 and gives no number twice`, () => {
    const desk = make();
    assertEquals([desk.number(), desk.number(), desk.number()], [1, 2, 3]);
  });

  Deno.test(`${name} lets in as many as the limit says, and others when some have left`, () => {
    const desk = make();
    assertEquals([desk.enter(2), desk.enter(2), desk.enter(2)], [true, true, false]);
    desk.leave();
    assertEquals([desk.enter(2), desk.enter(2)], [true, false]);
    assertEquals(desk.enter(3), true);
  });

  Deno.test(`${name} lets nobody in where the limit is 0`, () => {
    assertEquals(make().enter(0), false);
  });
}

Deno.test("SharedDesk is the same desk for all that have its memory", () => {
  const one = new SharedDesk();
  const two = new SharedDesk(one.memory);
  assertEquals([one.number(), two.number(), one.number()], [1, 2, 3]);
  assertEquals([one.enter(2), two.enter(2), one.enter(2), two.enter(2)], [true, true, false, false]);
  two.leave();
  two.leave();
  assertEquals([one.enter(1), two.enter(1)], [true, false]);
});

Deno.test("SharedDesk keeps the limit and its numbers while threads hurry", async () => {
  const desk = new SharedDesk();
  const rounds = 20_000;
  // Each thread goes in and out; what it saw of the limit is counted beside the desk's own counters.
  const code = `
    onmessage = async ({ data: { url, memory, seen, rounds } }) => {
      const { SharedDesk } = await import(url);
      const desk = new SharedDesk(memory), counts = new Int32Array(seen);
      let last = 0, rising = true;
      for (let i = 0; i < rounds; i++) {
        const number = desk.number();
        rising &&= number > last;
        last = number;
        if (!desk.enter(1)) continue;
        if (Atomics.add(counts, 0, 1) !== 0) Atomics.add(counts, 1, 1);
        Atomics.sub(counts, 0, 1);
        desk.leave();
      }
      postMessage(rising);
    };`;
  const seen = new SharedArrayBuffer(8);
  const url = new URL("../../lib/server/connection_counter.ts", import.meta.url).href;
  const workers = [1, 2].map(() => new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" }));
  try {
    const results = workers.map((worker) => new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data)));
    for (const worker of workers) worker.postMessage({ url, memory: desk.memory, seen, rounds });
    assertEquals(await Promise.all(results), [true, true]);
  } finally {
    for (const worker of workers) worker.terminate();
  }
  assertEquals([...new Int32Array(seen)], [0, 0]);
  assertEquals([desk.number(), desk.enter(1)], [2 * rounds + 1, true]);
});
