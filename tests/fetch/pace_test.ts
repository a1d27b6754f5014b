import { assert, assertEquals } from "@std/assert";
import { Pace } from "../../lib/fetch/pace.ts";
import { FakeClock, isSettled } from "../support/clock.ts";

Deno.test("Pace lets bytes pass at its rate", async () => {
  using clock = new FakeClock();
  const pace = new Pace(1000);
  const first = pace.wait(500);
  await clock.advance(499);
  assertEquals(await isSettled(first), false);
  await clock.advance(1);
  assertEquals(await isSettled(first), true);
  const second = pace.wait(100);
  await clock.advance(99);
  assertEquals(await isSettled(second), false);
  await clock.advance(1);
  await second;
});

Deno.test("Pace does not wait for bytes that are late, and makes up for them", async () => {
  using clock = new FakeClock();
  const pace = new Pace(1000);
  await clock.advance(2000);
  assert(await isSettled(pace.wait(1500)), "they had 2 seconds");
  assert(await isSettled(pace.wait(500)));
  const more = pace.wait(1);
  assertEquals(await isSettled(more), false);
  await clock.advance(1);
  await more;
  assertEquals(clock.pending, 0);
});
