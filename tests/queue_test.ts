import { assertEquals } from "@std/assert";
import { AsyncQueue } from "../lib/queue.ts";

Deno.test("AsyncQueue gives items in order, those that wait and those that come", async () => {
  const queue = new AsyncQueue<number>();
  queue.push(1);
  assertEquals([queue.length, await queue.next()], [1, 1]);
  const next = queue.next();
  queue.push(2);
  assertEquals([await next, queue.length], [2, 0]);
});

Deno.test("AsyncQueue ends after the items that wait, and drops what comes later", async () => {
  const queue = new AsyncQueue<string>();
  queue.push("a");
  queue.close();
  queue.push("b");
  assertEquals([queue.closed, await Array.fromAsync(queue)], [true, ["a"]]);
  assertEquals(await queue.next(), undefined);
});

Deno.test("AsyncQueue wakes a consumer that waits when it is closed", async () => {
  const queue = new AsyncQueue<string>();
  const end = queue.next();
  queue.close();
  assertEquals(await end, undefined);
});

Deno.test("AsyncQueue.drain() takes what waits", () => {
  const queue = new AsyncQueue<number>();
  for (const item of [1, 2]) queue.push(item);
  assertEquals([queue.drain(), queue.length], [[1, 2], 0]);
});
