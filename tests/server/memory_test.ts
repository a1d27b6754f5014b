import { assertEquals } from "@std/assert";
import { TRIM_BUSY_MS, TRIM_CHANGES, TRIM_QUIET_BYTES, TRIM_QUIET_MS } from "../../lib/server/limits.ts";
import { MemoryTrimmer, trimMemory } from "../../lib/server/memory.ts";
import { FakeClock, turn } from "../support/clock.ts";

/** A trimmer that counts instead of trimming. */
function countTrims(
  peers: Iterable<{ received: number; sent: number }> = [],
): { readonly trimmer: MemoryTrimmer; readonly count: () => number } {
  let count = 0;
  const trim = () => Promise.resolve(void count++);
  return { trimmer: new MemoryTrimmer(peers, trim), count: () => count };
}

function change(trimmer: MemoryTrimmer, times: number): void {
  for (let i = 0; i < times; i++) trimmer.changed();
}

Deno.test("MemoryTrimmer trims memory once when many connections have come or gone and it is quiet", async () => {
  using clock = new FakeClock();
  const { trimmer, count } = countTrims();
  change(trimmer, TRIM_CHANGES);
  await clock.advance(TRIM_QUIET_MS - 1);
  assertEquals(count(), 0);
  await clock.advance(1);
  assertEquals([count(), clock.pending], [1, 0]);
  change(trimmer, TRIM_CHANGES);
  await clock.advance(TRIM_QUIET_MS);
  assertEquals([count(), clock.pending], [2, 0]);
});

Deno.test("MemoryTrimmer leaves a server alone that few come to or that is never quiet", async () => {
  using clock = new FakeClock();
  const { trimmer, count } = countTrims();
  change(trimmer, TRIM_CHANGES - 1);
  assertEquals(clock.pending, 0);
  for (let i = 0; i < 5; i++) {
    change(trimmer, 1);
    await clock.advance(TRIM_QUIET_MS - 1);
  }
  assertEquals(count(), 0);
  await clock.advance(TRIM_QUIET_MS);
  assertEquals(count(), 1);
});

Deno.test("MemoryTrimmer does not pause clients that are busy, and trims when they are not", async () => {
  using clock = new FakeClock();
  const peer = { received: 0, sent: 0 };
  const peers = new Set<typeof peer>();
  const { trimmer, count } = countTrims(peers);
  peers.add(peer);
  change(trimmer, TRIM_CHANGES);
  for (let i = 0; i < 5; i++) {
    peer.received += TRIM_QUIET_BYTES / 2;
    peer.sent += TRIM_QUIET_BYTES / 2 + 1;
    await clock.advance(TRIM_QUIET_MS);
  }
  assertEquals(count(), 0);
  peer.sent += TRIM_QUIET_BYTES;
  await clock.advance(TRIM_QUIET_MS);
  assertEquals([count(), clock.pending], [1, 0]);
});

Deno.test("MemoryTrimmer trims after a minute of traffic that does not end", async () => {
  using clock = new FakeClock();
  const peer = { received: 0, sent: 0 };
  const { trimmer, count } = countTrims([peer]);
  change(trimmer, TRIM_CHANGES);
  for (let ms = 0; ms < TRIM_BUSY_MS; ms += TRIM_QUIET_MS) {
    assertEquals(count(), 0);
    peer.received += TRIM_QUIET_BYTES + 1;
    await clock.advance(TRIM_QUIET_MS);
  }
  peer.received += TRIM_QUIET_BYTES + 1;
  await clock.advance(TRIM_QUIET_MS);
  assertEquals([count(), clock.pending], [1, 0]);
});

Deno.test("MemoryTrimmer leaves no timer behind", () => {
  using clock = new FakeClock();
  const { trimmer } = countTrims();
  change(trimmer, TRIM_CHANGES);
  trimmer.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("trimMemory() makes the engine collect what nobody holds", async () => {
  const garbage = new WeakRef(new Uint8Array(1000));
  await turn(); // A new reference holds its target until then.
  await trimMemory();
  assertEquals(garbage.deref(), undefined);
});
