import { assert, assertEquals, assertRejects } from "@std/assert";
import { callAfter, unlessHung } from "../lib/wait.ts";
import { FakeClock, isSettled } from "./support/clock.ts";

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

Deno.test("unlessHung() gives what the work gives, also a little after the signal", async () => {
  using clock = new FakeClock();
  const stop = new AbortController();
  assertEquals(await unlessHung(Promise.resolve(1), stop.signal), 1);
  await assertRejects(() => unlessHung(Promise.reject(new Error("no file")), stop.signal), Error, "no file");
  for (const [settle, expected] of [["resolve", 2], ["reject", "no disk"]] as const) {
    const stop = new AbortController();
    const work = Promise.withResolvers<unknown>();
    const result = unlessHung(work.promise, stop.signal).catch((error) => error);
    stop.abort(new Error("stopped"));
    await clock.advance(300);
    assertEquals(await isSettled(result), false);
    work[settle](expected);
    assertEquals(await result, expected);
  }
  assertEquals(clock.pending, 0);
});

Deno.test("unlessHung() throws the signal's reason within a second", async () => {
  using clock = new FakeClock();
  const stop = new AbortController();
  const result = assertRejects(() => unlessHung(new Promise(() => {}), stop.signal), Error, "stopped");
  stop.abort(new Error("stopped"));
  await clock.advance(999);
  await result;
  assertEquals(clock.pending, 0);
});
