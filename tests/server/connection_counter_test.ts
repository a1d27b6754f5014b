import { assertEquals } from "@std/assert";
import { ConnectionCounter } from "../../lib/server/connection_counter.ts";

Deno.test("ConnectionCounter lets in as many as the limit says, and others when some have left", () => {
  const counter = new ConnectionCounter();
  assertEquals(counter.enter(0), false);
  assertEquals([counter.enter(2), counter.enter(2), counter.enter(2)], [true, true, false]);
  counter.leave();
  assertEquals([counter.enter(2), counter.enter(2)], [true, false]);
  assertEquals(counter.enter(3), true);
});

Deno.test("ConnectionCounter is the same counter for all that have its memory, and gives no number twice", () => {
  const one = new ConnectionCounter();
  const two = new ConnectionCounter(one.memory);
  assertEquals([one.number(), two.number(), one.number()], [1, 2, 3]);
  assertEquals([one.enter(2), two.enter(2), one.enter(2), two.enter(2)], [true, true, false, false]);
  two.leave();
  two.leave();
  assertEquals([one.enter(1), two.enter(1)], [true, false]);
});

Deno.test("ConnectionCounter lowers the limits of all that have its memory, and raises none", () => {
  const one = new ConnectionCounter();
  const two = new ConnectionCounter(one.memory);
  assertEquals(one.lowered(5), 5);
  assertEquals(one.lower(0), 1);
  for (const _ of [1, 2]) one.enter(5);
  assertEquals(one.lower(1), 3);
  assertEquals([two.lowered(5), two.lowered(2)], [3, 2]);
});

Deno.test("ConnectionCounter frees the slots of a thread that has died, and no others", () => {
  const one = new ConnectionCounter();
  const two = new ConnectionCounter(one.memory, 63);
  assertEquals([one.enter(3), two.enter(3), two.enter(3), one.enter(3)], [true, true, true, false]);
  assertEquals([one.leaveAll(63), one.leaveAll(63)], [2, 0]);
  assertEquals([one.enter(2), one.enter(2)], [true, false]);
});

Deno.test("ConnectionCounter keeps the limit and its numbers while threads hurry", async () => {
  const counter = new ConnectionCounter();
  const rounds = 20_000;
  // Each thread goes in and out; what it saw of the limit is counted beside the counter's own counters.
  const code = `
    onmessage = async ({ data: { url, memory, seen, rounds } }) => {
      const { ConnectionCounter } = await import(url);
      const counter = new ConnectionCounter(memory), counts = new Int32Array(seen);
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
