import { assertEquals } from "@std/assert";
import { type ConnectionCounter, OwnCounter, SharedCounter } from "../../lib/server/connection_counter.ts";

const KINDS: readonly (readonly [string, () => ConnectionCounter])[] = [
  ["OwnCounter", () => new OwnCounter()],
  ["SharedCounter", () => new SharedCounter()],
];

for (const [name, make] of KINDS) {
  Deno.test(`${name} numbers from 1 and gives no number twice`, () => {
    const counter = make();
    assertEquals([counter.number(), counter.number(), counter.number()], [1, 2, 3]);
  });

  Deno.test(`${name} lets in as many as the limit says, and others when some have left`, () => {
    const counter = make();
    assertEquals([counter.enter(2), counter.enter(2), counter.enter(2)], [true, true, false]);
    counter.leave();
    assertEquals([counter.enter(2), counter.enter(2)], [true, false]);
    assertEquals(counter.enter(3), true);
  });

  Deno.test(`${name} lets nobody in where the limit is 0`, () => {
    assertEquals(make().enter(0), false);
  });
}

Deno.test("SharedCounter is the same counter for all that have its memory", () => {
  const one = new SharedCounter();
  const two = new SharedCounter(one.memory);
  assertEquals([one.number(), two.number(), one.number()], [1, 2, 3]);
  assertEquals([one.enter(2), two.enter(2), one.enter(2), two.enter(2)], [true, true, false, false]);
  two.leave();
  two.leave();
  assertEquals([one.enter(1), two.enter(1)], [true, false]);
});

Deno.test("SharedCounter keeps the limit and its numbers while threads hurry", async () => {
  const counter = new SharedCounter();
  const rounds = 20_000;
  // Each thread goes in and out; what it saw of the limit is counted beside the counter's own counters.
  const code = `
    onmessage = async ({ data: { url, memory, seen, rounds } }) => {
      const { SharedCounter } = await import(url);
      const counter = new SharedCounter(memory), counts = new Int32Array(seen);
      let last = 0, rising = true;
      for (let i = 0; i < rounds; i++) {
        const number = counter.number();
        rising &&= number > last;
        last = number;
        if (!counter.enter(1)) continue;
        if (Atomics.add(counts, 0, 1) !== 0) Atomics.add(counts, 1, 1);
        Atomics.sub(counts, 0, 1);
        counter.leave();
      }
      postMessage(rising);
    };`;
  const seen = new SharedArrayBuffer(8);
  const url = new URL("../../lib/server/connection_counter.ts", import.meta.url).href;
  const workers = [1, 2].map(() => new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" }));
  try {
    const results = workers.map((worker) => new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data)));
    for (const worker of workers) worker.postMessage({ url, memory: counter.memory, seen, rounds });
    assertEquals(await Promise.all(results), [true, true]);
  } finally {
    for (const worker of workers) worker.terminate();
  }
  assertEquals([...new Int32Array(seen)], [0, 0]);
  assertEquals([counter.number(), counter.enter(1)], [2 * rounds + 1, true]);
});
