import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { Outbox } from "../../lib/server/outbox.ts";
import { isSettled, turn } from "../support/clock.ts";
import { bytesOf, FakeChannel, systemError, textOf } from "../support/net.ts";

/** An outbox on a channel, and the failures that it told. */
function make(limit?: number): { channel: FakeChannel; outbox: Outbox; failures: SockeyeError[] } {
  const channel = new FakeChannel();
  const failures: SockeyeError[] = [];
  const outbox = new Outbox(channel, (error) => failures.push(error), { limit });
  return { channel, outbox, failures };
}

Deno.test("Outbox keeps the order of sends and posts", async () => {
  const { channel, outbox } = make();
  const sent: string[] = [];
  const send = (text: string) => outbox.send(bytesOf(text)).then(() => void sent.push(text));
  const all = [send("1"), send("2")];
  outbox.post([bytesOf("3")]);
  all.push(send("4"));
  outbox.post([bytesOf("5")]);
  await Promise.all(all);
  await outbox.flush();
  assertEquals(channel.written.join(""), "12345");
  assertEquals(sent, ["1", "2", "4"]);
});

Deno.test("Outbox finishes partial writes before the next message", async () => {
  const { channel, outbox } = make();
  channel.writeMax = 1;
  outbox.post([bytesOf("ab")]);
  const sent = outbox.send(bytesOf("cd"));
  outbox.post([bytesOf("ef")]);
  await sent;
  await outbox.flush();
  assertEquals(channel.written, ["a", "b", "c", "d", "e", "f"]);
  assertEquals(outbox.sent, 6);
});

Deno.test("Outbox finishes a partial write on the short path", async () => {
  const { channel, outbox } = make();
  channel.writeMax = 2;
  await outbox.send(bytesOf("abcde"));
  assertEquals(channel.written, ["ab", "cd", "e"]);
});

Deno.test("Outbox joins what is queued behind a write", async () => {
  const { channel, outbox } = make();
  channel.holdWrites();
  for (const text of ["first", "a", "b", "c"]) outbox.post([bytesOf(text)]);
  channel.releaseWrites();
  await outbox.flush();
  assertEquals(channel.written, ["first", "abc"]);
});

Deno.test("Outbox joins no more than a write's worth, and sends a larger message by itself", async () => {
  const { channel, outbox } = make();
  const [part, large] = ["p".repeat(40_000), "l".repeat(100_000)];
  channel.holdWrites();
  for (const text of ["first", "a", part, part, large, "b"]) outbox.post([bytesOf(text)]);
  channel.releaseWrites();
  await outbox.flush();
  assertEquals(channel.written.map((text) => text.length), [5, 40_001, 40_000, 100_000, 1]);
});

Deno.test("Outbox.send() alone writes the caller's own bytes at once", async () => {
  const writes: Uint8Array[] = [];
  const outbox = new Outbox({ write: (bytes) => Promise.resolve(writes.push(bytes) && bytes.length) }, () => {});
  const bytes = bytesOf("as it is");
  const sent = outbox.send(bytes);
  assertStrictEquals(writes[0], bytes);
  await sent;
});

Deno.test("Outbox.send() waits until the last byte is taken", async () => {
  const { channel, outbox } = make();
  channel.holdWrites();
  const [first, second] = [outbox.send(bytesOf("1")), outbox.send(bytesOf("2"))];
  assertEquals(await isSettled(first), false);
  channel.releaseWrites();
  await first;
  await second;
  assertEquals(channel.written, ["1", "2"]);
});

Deno.test("Outbox.post() refuses what would grow the queue over the limit, and takes more when it is empty again", async () => {
  const { channel, outbox } = make(10);
  channel.holdWrites();
  const verdicts = ["1234", "123456", "1"].map((text) => outbox.post([bytesOf(text)]));
  assertEquals(verdicts, [true, true, false]);
  channel.releaseWrites();
  await outbox.flush();
  assertEquals(channel.written.join(""), "1234123456");
  assertEquals(outbox.post([bytesOf("12345678901")]), false);
  assertEquals(outbox.post([bytesOf("1234567890")]), true);
  await outbox.flush();
});

Deno.test("Outbox.post() counts what is being written until it is written", async () => {
  const { channel, outbox } = make(10);
  channel.holdWrites();
  outbox.post([bytesOf("1234567890")]);
  await turn();
  assertEquals(outbox.post([bytesOf("1")]), false);
  channel.releaseWrites();
  await outbox.flush();
});

Deno.test("Outbox.post() does not count a send that goes out alone, but one that waits", async () => {
  const { channel, outbox } = make(10);
  channel.holdWrites();
  const sends = [outbox.send(new Uint8Array(100))];
  assertEquals(["1234", "5678"].map((text) => outbox.post([bytesOf(text)])), [true, true]);
  sends.push(outbox.send(bytesOf("ab")));
  assertEquals(outbox.post([bytesOf("c")]), false);
  sends.push(outbox.send(new Uint8Array(100))); // Who waits until it is written may always send.
  channel.releaseWrites();
  await Promise.all(sends);
  assertEquals(outbox.post([bytesOf("1234567890")]), true);
  await outbox.flush();
  assertEquals(outbox.sent, 220);
});

Deno.test("Outbox.flush() waits for a send that goes out alone, on its partial writes and its report", async () => {
  const takes: (() => void)[] = [];
  const outbox = new Outbox({ write: () => new Promise((took) => takes.push(() => took(1))) }, () => {});
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

Deno.test("Outbox.flush() does not wait for what was queued behind a send that goes out alone", async () => {
  const takes: (() => void)[] = [];
  const outbox = new Outbox(
    { write: (bytes) => new Promise((took) => takes.push(() => took(bytes.length))) },
    () => {},
  );
  const sent = outbox.send(bytesOf("a"));
  const flushed = outbox.flush();
  outbox.post([bytesOf("b")]);
  const both = outbox.flush();
  takes[0]?.();
  await Promise.all([sent, flushed]);
  assertEquals(await isSettled(both), false);
  takes[1]?.();
  await both;
});

Deno.test("Outbox.flush() waits for what was queued before it, and for nothing else", async () => {
  const takes: (() => void)[] = [];
  const outbox = new Outbox(
    { write: (bytes) => new Promise((took) => takes.push(() => took(bytes.length))) },
    () => {},
  );
  await outbox.flush();
  outbox.post([bytesOf("a")]);
  const flushed = outbox.flush();
  outbox.post([bytesOf("b")]);
  const both = outbox.flush();
  assertEquals(await isSettled(flushed), false);
  takes[0]?.();
  await flushed;
  assertEquals(await isSettled(both), false);
  assertEquals(takes.length, 2);
  takes[1]?.();
  await both;
});

Deno.test("Outbox.flush() behind a write that never ends is over when the peer is gone", async () => {
  const outbox = new Outbox({ write: () => new Promise<number>(() => {}) }, () => {});
  outbox.post([bytesOf("a")]);
  const flushed = [outbox.flush()];
  await turn();
  flushed.push(outbox.flush());
  outbox.fail(systemError("EPIPE"));
  await Promise.all(flushed);
});

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

Deno.test("Outbox.fail() leaves nobody waiting, on the short path and behind it", async () => {
  const { channel, outbox } = make();
  channel.holdWrites();
  const sends = ["a", "b", "c"].map((text) => outbox.send(bytesOf(text)));
  outbox.post([bytesOf("d")]);
  const flushes = [outbox.flush(), outbox.flush()];
  const results = Promise.allSettled(sends);
  const failure = outbox.fail(systemError("EPIPE"));
  await Promise.all(flushes);
  for (const sent of sends.slice(1)) assertStrictEquals(await assertRejects(() => sent, SockeyeError), failure);
  channel.close();
  assertEquals((await results).map((result) => result.status === "rejected" && result.reason), Array(3).fill(failure));
  assertEquals(outbox.busy, false);
});

Deno.test("Outbox fails no send whose bytes were taken before", async () => {
  let writes = 0;
  const write = (bytes: Uint8Array) =>
    ++writes < 3 ? Promise.resolve(bytes.length) : Promise.reject(systemError("EPIPE"));
  const outbox = new Outbox({ write }, () => {});
  const large = new Uint8Array(100_000);
  const sends = [outbox.send(large), outbox.send(large), outbox.send(large)];
  const results = await Promise.allSettled(sends);
  assertEquals(results.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected"]);
  assertEquals(outbox.sent, 200_000);
});

for (const path of ["short", "queued"] as const) {
  Deno.test(`Outbox tells a failed write once, on the ${path} path`, async () => {
    const { channel, outbox, failures } = make();
    channel.holdWrites();
    if (path === "queued") outbox.post([bytesOf("a")]);
    const waiting = ["b", "c", "d"].map((text) => outbox.send(bytesOf(text)));
    const cause = systemError("ECONNRESET");
    channel.writeError = cause;
    channel.releaseWrites();
    for (const sent of waiting) {
      const error = await assertRejects(() => sent, SockeyeError, "Cannot send: reset by the peer");
      assertStrictEquals(error.cause, cause);
    }
    assertEquals(failures.length, 1);
    await outbox.flush();
    assertEquals(outbox.busy, false);
  });
}

Deno.test("Outbox keeps a SockeyeError as it is", () => {
  const { outbox } = make();
  const error = new SockeyeError("protocol", "enough");
  assertStrictEquals(outbox.fail(error), error);
});

Deno.test("Outbox rejects every message of a joined write that fails", async () => {
  const { channel, outbox, failures } = make();
  channel.writeMax = 1;
  outbox.post([bytesOf("x")]);
  const waiting = [outbox.send(bytesOf("aa")), outbox.send(bytesOf("bb"))];
  const results = Promise.allSettled(waiting);
  channel.writeError = systemError("EPIPE");
  for (const result of await results) {
    assert(result.status === "rejected");
    assertInstanceOf(result.reason, SockeyeError);
  }
  assertEquals(failures.length, 1);
});

Deno.test("Outbox takes an empty message", async () => {
  const { channel, outbox } = make();
  await outbox.send(new Uint8Array());
  assertEquals(outbox.post([new Uint8Array()]), true);
  await outbox.flush();
  assertEquals(textOf(bytesOf(channel.written.join(""))), "");
});
