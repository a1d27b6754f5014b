import { assert, assertEquals } from "@std/assert";
import { callAfter } from "../lib/wait.ts";

Deno.test("callAfter() calls back, not before its time, and once", async () => {
  const called = Promise.withResolvers<number>();
  const start = performance.now();
  let times = 0;
  callAfter(20.5, () => {
    times++;
    called.resolve(performance.now() - start);
  });
  const ms = await called.promise;
  assert(ms >= 20, `${ms} ms`);
  assertEquals(times, 1);
});

Deno.test("callAfter() takes the call back", async () => {
  const later = Promise.withResolvers<void>();
  const cancel = callAfter(1, () => later.reject(new Error("it was taken back")));
  cancel();
  callAfter(30, later.resolve);
  await later.promise;
});
