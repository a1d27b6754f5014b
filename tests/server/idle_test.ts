import { assertEquals } from "@std/assert";
import { IdleWatch } from "../../lib/server/idle.ts";
import { FakeClock } from "../support/clock.ts";

Deno.test("IdleWatch notices silence, and again while it lasts", async () => {
  using clock = new FakeClock();
  let noticed = 0;
  const watch = new IdleWatch(100, () => noticed++);
  await clock.advance(99);
  assertEquals(noticed, 0);
  watch.touch();
  await clock.advance(99);
  assertEquals(noticed, 0);
  await clock.advance(1);
  assertEquals(noticed, 1);
  await clock.advance(100);
  assertEquals(noticed, 2);
  watch.stop();
  assertEquals(clock.pending, 0);
});
