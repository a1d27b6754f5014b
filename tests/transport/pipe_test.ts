import { assertEquals } from "@std/assert";
import { relay } from "../../lib/transport/pipe.ts";
import { isSettled } from "../support/clock.ts";
import { FakeChannel, systemError } from "../support/net.ts";

Deno.test("relay() carries both directions, each to its end", async () => {
  const [a, b] = [new FakeChannel(), new FakeChannel()];
  const relaying = relay(a, b);
  a.arrive("one", "two");
  b.arrive("three", null);
  assertEquals(await isSettled(relaying), false);
  assertEquals([a.written, b.written, a.finished, b.finished], [["three"], ["one", "two"], true, false]);
  a.arrive("four", null);
  await relaying;
  assertEquals([b.written, b.finished, a.closed, b.closed], [["one", "two", "four"], true, false, false]);
});

Deno.test("relay() writes what a channel takes in parts, and reads no further while it takes nothing", async () => {
  const [a, b] = [new FakeChannel(), new FakeChannel()];
  b.writeMax = 2;
  b.holdWrites();
  const relaying = relay(a, b);
  a.arrive("hello", "world");
  assertEquals(await isSettled(relaying), false);
  assertEquals([a.reads.length, b.written], [1, []]);
  b.releaseWrites();
  a.arrive(null);
  b.arrive(null);
  await relaying;
  assertEquals(b.written.join(""), "helloworld");
});

Deno.test("relay() closes both when one breaks", async () => {
  for (const broken of [0, 1]) {
    const pair = [new FakeChannel(), new FakeChannel()] as const;
    const relaying = relay(...pair);
    pair[broken]?.arrive(systemError("ECONNRESET"));
    await relaying;
    assertEquals(pair.map(({ closed }) => closed), [true, true]);
  }
});
