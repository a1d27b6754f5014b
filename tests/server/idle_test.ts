import { assertEquals } from "@std/assert";
import { IdleWatch, touching } from "../../lib/server/idle.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { bytesOf, FakeChannel } from "../support/net.ts";

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

/** What a channel has besides a stream's write, and whether its writes are noted before the peer has taken them. */
const WRITES: readonly { name: string; more: Partial<Channel>; early: boolean }[] = [
  { name: "a stream", more: {}, early: false },
  { name: "datagrams", more: { receive: () => Promise.resolve(null) }, early: true },
  {
    name: "a WebSocket",
    more: { receive: () => Promise.resolve(null), writeMessages: () => Promise.resolve() },
    early: false,
  },
];

for (const { name, more, early } of WRITES) {
  Deno.test(`touching() notes a write to ${name} ${early ? "at once" : "when the peer has taken it"}`, async () => {
    const channel = new FakeChannel();
    let touched = 0;
    const sink = touching(Object.assign(channel, more), () => touched++);
    channel.holdWrites();
    const written = sink.write(bytesOf("a"));
    await turn();
    assertEquals(touched, early ? 1 : 0);
    channel.releaseWrites();
    await written;
    assertEquals([touched, channel.written], [1, ["a"]]);
  });
}

Deno.test("touching() notes groups of messages when the peer has taken them, and adds no such write", async () => {
  const taken = Promise.withResolvers<void>();
  const channel = Object.assign(new FakeChannel(), { writeMessages: () => taken.promise });
  let touched = 0;
  const written = touching(channel, () => touched++).writeMessages?.([]);
  await turn();
  assertEquals(touched, 0);
  taken.resolve();
  await written;
  assertEquals(touched, 1);
  assertEquals(touching(new FakeChannel(), () => {}).writeMessages, undefined);
});
