import { assertEquals } from "@std/assert";
import { IdleWatch } from "../../lib/server/idle.ts";
import { FakeClock } from "../support/clock.ts";

Deno.test("IdleWatch notices silence, and again while it lasts", async () => {
  using clock = new FakeClock();
  let noticed = 0;
  const watch = new IdleWatch(80, () => noticed++);
  for (const [ms, times] of [[79, 0], [1, 1], [79, 1], [1, 2]] as const) {
    await clock.advance(ms);
    assertEquals(noticed, times);
  }
  watch.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("IdleWatch gives its limit after each message, and at most an eighth more", async () => {
  for (const limit of [80, 100]) {
    for (const at of [0, 1, 9, 10, 11, 35, 79]) {
      using clock = new FakeClock();
      let noticed = 0;
      const watch = new IdleWatch(limit, () => noticed++);
      await clock.advance(at);
      watch.touch();
      await clock.advance(limit - 1);
      assertEquals(noticed, 0, `${at} ms`);
      await clock.advance(Math.ceil(limit / 8) * 9 - limit + 1);
      assertEquals(noticed, 1, `${at} ms`);
      watch.stop();
    }
  }
});
