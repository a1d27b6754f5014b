/** The outbox of a stream. Order, partial writes and the limit are held by outbox_kinds_test.ts and outbox_order_test.ts. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { Outbox } from "../../lib/server/outbox.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { bytesOf, FakeChannel, systemError, textOf } from "../support/net.ts";

/** An outbox on a channel, and the failures that it reported. */
function make(limit?: number): { channel: FakeChannel; outbox: Outbox; failures: SockeyeError[] } {
  const channel = new FakeChannel();
  const failures: SockeyeError[] = [];
  return { channel, failures, outbox: new Outbox(channel, (error) => failures.push(error), { limit }) };
}

/** An outbox whose writes end when the test says so, after so many bytes. */
function byHand(bytesTaken = Infinity): { outbox: Outbox; takes: (() => void)[] } {
  const takes: (() => void)[] = [];
  const write = ({ length }: Uint8Array) =>
    new Promise<number>((took) => takes.push(() => took(Math.min(length, bytesTaken))));
  return { takes, outbox: new Outbox({ transport: "tcp", write }, () => {}) };
}

Deno.test("Outbox.send() alone writes the caller's own bytes at once", async () => {
  const writes: Uint8Array[] = [];
  const outbox = new Outbox(
    { transport: "tcp", write: (bytes) => Promise.resolve(writes.push(bytes) && bytes.length) },
    () => {},
  );
  const bytes = bytesOf("as it is");
  const sent = outbox.send(bytes);
  assertStrictEquals(writes[0], bytes);
  await sent;
});

Deno.test("Outbox.post() does not count a send that goes out alone, but one that waits", async () => {
  const { channel, outbox } = make(10);
  channel.holdWrites();
  const sends = [outbox.send(new Uint8Array(100))];
  assertEquals(["1234", "5678"].map((text) => outbox.post([bytesOf(text)])), [true, true]);
  sends.push(outbox.send(bytesOf("ab")));
  assertEquals(outbox.post([bytesOf("c")]), false);
  sends.push(outbox.send(new Uint8Array(100))); // A caller that waits until it is written may always send.
  channel.releaseWrites();
  await Promise.all(sends);
  assertEquals(outbox.post([bytesOf("1234567890")]), true);
  await outbox.flush();
  assertEquals(outbox.sent, 220);
});

Deno.test("Outbox.flush() waits for a send that goes out alone, on its partial writes and its report", async () => {
  const { outbox, takes } = byHand(1);
  const report = Promise.withResolvers<void>();
  const sent = outbox.send(bytesOf("ab"), report.promise);
  const flushed = outbox.flush();
  assertEquals([await isSettled(flushed), takes.length], [false, 0]);
  report.resolve();
  await turn();
  takes.shift()?.();
  assertEquals([await isSettled(flushed), takes.length], [false, 1]);
  takes.shift()?.();
  await Promise.all([flushed, sent]);
  assertEquals(takes.length, 0);
});

for (const first of ["send", "post"] as const) {
  Deno.test(`Outbox.flush() waits for a ${first} before it, and for nothing behind it`, async () => {
    const { outbox, takes } = byHand();
    await outbox.flush();
    const sent = first === "send" ? outbox.send(bytesOf("a")) : outbox.post([bytesOf("a")]);
    const flushed = outbox.flush();
    outbox.post([bytesOf("b")]);
    const both = outbox.flush();
    assertEquals(await isSettled(flushed), false);
    takes[0]?.();
    await Promise.all([sent, flushed]);
    assertEquals([await isSettled(both), takes.length], [false, 2]);
    takes[1]?.();
    await both;
  });
}

Deno.test("Outbox.busy says whether a write is under way, on both paths", async () => {
  const { channel, outbox } = make();
  assertEquals(outbox.busy, false);
  const sent = outbox.send(bytesOf("a"));
  assertEquals(outbox.busy, true);
  await sent;
  assertEquals(outbox.busy, false);
  channel.holdWrites();
  outbox.post([bytesOf("b")]);
  assertEquals(outbox.busy, true);
  channel.releaseWrites();
  await outbox.flush();
  assertEquals(outbox.busy, false);
});

Deno.test("Outbox.fail() rejects the waiters, ends flush() and takes nothing more", async () => {
  const { channel, outbox, failures } = make();
  channel.holdWrites();
  outbox.post([bytesOf("a")]);
  const waiting = outbox.send(bytesOf("b"));
  const flushed = outbox.flush();
  const failure = outbox.fail(systemError("EPIPE"));
  const thrown = await assertRejects(() => waiting, SockeyeError, "Cannot send: gone before it read everything");
  await flushed;
  assertStrictEquals(thrown, failure);
  assertEquals(thrown.kind, "session");
  assertStrictEquals(await assertRejects(() => outbox.send(bytesOf("c")), SockeyeError), failure);
  assertEquals(outbox.post([bytesOf("d")]), false);
  await outbox.flush();
  assertStrictEquals(outbox.fail(new Error("again")), failure);
  assertEquals(failures, [failure]);
  channel.releaseWrites();
  await turn();
  assertEquals(channel.written, ["a"]);
});

Deno.test("Outbox fails no send whose bytes were taken before", async () => {
  let writes = 0;
  const write = (bytes: Uint8Array) =>
    ++writes < 3 ? Promise.resolve(bytes.length) : Promise.reject(systemError("EPIPE"));
  const outbox = new Outbox({ transport: "tcp", write }, () => {});
  const large = new Uint8Array(100_000);
  const results = await Promise.allSettled([outbox.send(large), outbox.send(large), outbox.send(large)]);
  assertEquals(results.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected"]);
  assertEquals(outbox.sent, 200_000);
});

Deno.test("Outbox keeps a SockeyeError as it is", () => {
  const error = new SockeyeError("protocol", "enough");
  assertStrictEquals(make().outbox.fail(error), error);
});

Deno.test("outboxes that have the same messages queued join them once, and only then", async () => {
  const written: Uint8Array[][] = [[], [], []];
  const gate = Promise.withResolvers<void>();
  const outboxes = written.map((list) => {
    const write = async (bytes: Uint8Array) => {
      list.push(bytes);
      await gate.promise;
      return bytes.length;
    };
    return new Outbox({ transport: "tcp", write }, () => {});
  });
  const [first, a, b] = ["first", "a", "b"].map((text) => [bytesOf(text)]);
  for (const messages of [first!, a!, b!]) for (const outbox of outboxes.slice(0, 2)) outbox.post(messages);
  for (const text of ["first", "a", "B"]) outboxes[2]?.post(text === "B" ? [bytesOf("B")] : [bytesOf(text)]);
  gate.resolve();
  await Promise.all(outboxes.map((outbox) => outbox.flush()));
  assertEquals(written.map((list) => list.map(textOf)), [["first", "ab"], ["first", "ab"], ["first", "aB"]]);
  assertStrictEquals(written[0]?.[1], written[1]?.[1]);
});

Deno.test("Outbox says since when the system takes nothing of what is being written", async () => {
  using clock = new FakeClock();
  const { outbox, takes } = byHand(1);
  assertEquals(outbox.stuckSince, undefined);
  await clock.advance(1_000);
  for (const posts of [true, false]) {
    const begun = performance.now();
    if (posts) outbox.post([bytesOf("ab")]);
    else void outbox.send(bytesOf("ab"));
    await clock.advance(2_000);
    // A lone message that is sent waits from the first look on.
    const since = posts ? begun : begun + 2_000;
    assertEquals(outbox.stuckSince, since);
    await clock.advance(5_000);
    assertEquals(outbox.stuckSince, since);
    takes.shift()?.();
    await turn();
    assertEquals(outbox.stuckSince, begun + 7_000);
    takes.shift()?.();
    await outbox.flush();
    await turn();
    assertEquals(outbox.stuckSince, undefined);
    await clock.advance(60_000);
  }
});
