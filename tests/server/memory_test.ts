import { assertEquals } from "@std/assert";
import { TIDY_CHANGES, TIDY_QUIET_MS } from "../../lib/server/limits.ts";
import { giveBack, MemoryTrimmer } from "../../lib/server/memory.ts";
import { FakeClock, turn } from "../support/clock.ts";

/** A tidier that counts instead of tidying. */
function countTidying(): { readonly tidier: MemoryTrimmer; readonly count: () => number } {
  let count = 0;
  const tidy = () => Promise.resolve(void count++);
  return { tidier: new MemoryTrimmer(tidy), count: () => count };
}

function change(tidier: MemoryTrimmer, times: number): void {
  for (let i = 0; i < times; i++) tidier.changed();
}

Deno.test("MemoryTrimmer tidies up once when many connections have come or gone and it is quiet", async () => {
  using clock = new FakeClock();
  const { tidier, count } = countTidying();
  change(tidier, TIDY_CHANGES);
  await clock.advance(TIDY_QUIET_MS - 1);
  assertEquals(count(), 0);
  await clock.advance(1);
  assertEquals([count(), clock.pending], [1, 0]);
  change(tidier, TIDY_CHANGES);
  await clock.advance(TIDY_QUIET_MS);
  assertEquals([count(), clock.pending], [2, 0]);
});

Deno.test("MemoryTrimmer leaves a server alone that few come to or that is never quiet", async () => {
  using clock = new FakeClock();
  const { tidier, count } = countTidying();
  change(tidier, TIDY_CHANGES - 1);
  assertEquals(clock.pending, 0);
  for (let i = 0; i < 5; i++) {
    change(tidier, 1);
    await clock.advance(TIDY_QUIET_MS - 1);
  }
  assertEquals(count(), 0);
  await clock.advance(TIDY_QUIET_MS);
  assertEquals(count(), 1);
});

Deno.test("MemoryTrimmer leaves no timer behind", () => {
  using clock = new FakeClock();
  const { tidier } = countTidying();
  change(tidier, TIDY_CHANGES);
  tidier.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("giveBack() makes the engine collect what nobody holds", async () => {
  const garbage = new WeakRef(new Uint8Array(1000));
  await turn(); // A new reference holds its target until then.
  await giveBack();
  assertEquals(garbage.deref(), undefined);
});
