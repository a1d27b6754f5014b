/** Outboxes of channels with message boundaries: with one write for many messages, as a WebSocket, and without, as UDP. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { Outbox, type OutboxOptions, type Sink } from "../../lib/server/outbox.ts";
import { WriteBatcher } from "../../lib/server/write_batcher.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { bytesOf, systemError, textOf } from "../support/net.ts";

/** Takes whole messages, and keeps each call: a string for `write`, groups for `writeMessages`. */
class MessageSink implements Sink {
  readonly calls: (string | string[][])[] = [];
  /** The arrays as they were handed over. */
  readonly groups: (readonly Uint8Array[])[] = [];
  readonly writeMessages: Sink["writeMessages"];
  /** Thrown by every call from now on. */
  error: Error | undefined;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(canJoin: boolean) {
    this.writeMessages = canJoin ? (groups) => this.#take(groups) : undefined;
  }

  receive(): Promise<null> {
    return Promise.resolve(null);
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.calls.push(textOf(bytes));
    await this.#pass();
    return bytes.length;
  }

  async #take(groups: readonly (readonly Uint8Array[])[]): Promise<void> {
    this.calls.push(groups.map((group) => group.map(textOf)));
    this.groups.push(...groups);
    await this.#pass();
  }

  async #pass(): Promise<void> {
    await this.#gate?.promise;
    if (this.error) throw this.error;
  }

  hold(): void {
    this.#gate = Promise.withResolvers();
  }

  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }
}

/** An outbox of a channel with boundaries, and the failures that it reported. */
function make(canJoin: boolean, options: OutboxOptions = {}) {
  const sink = new MessageSink(canJoin);
  const failures: SockeyeError[] = [];
  return { sink, failures, outbox: new Outbox(sink, (error) => failures.push(error), options) };
}

/** Messages as one group. */
function group(...texts: string[]): Uint8Array[] {
  return texts.map(bytesOf);
}

Deno.test("Outbox hands several groups to one writeMessages(), in order, and counts their bytes", async () => {
  const { sink, outbox } = make(true);
  sink.hold();
  for (const texts of [["first"], ["a", "b"], ["c"], ["d", "e", "f"]]) outbox.post(group(...texts));
  assertEquals([sink.calls, outbox.sent], [[[["first"]]], 0]);
  sink.release();
  await outbox.flush();
  assertEquals(sink.calls, [[["first"]], [["a", "b"], ["c"], ["d", "e", "f"]]]);
  assertEquals(outbox.sent, "firstabcdef".length);
});

Deno.test("Outbox hands on the very array that was posted, so that many peers share one encoding", async () => {
  const posted = group("a", "b");
  for (let peer = 0; peer < 2; peer++) {
    const { sink, outbox } = make(true);
    outbox.post(posted);
    await outbox.flush();
    assertStrictEquals(sink.groups[0], posted);
  }
});

Deno.test("Outbox joins no more groups than a write's worth, and never divides one", async () => {
  const { sink, outbox } = make(true);
  const [part, large] = ["p".repeat(40_000), "l".repeat(100_000)];
  sink.hold();
  for (const texts of [["first"], ["a"], [part], [part], [large, part], ["b"]]) outbox.post(group(...texts));
  sink.release();
  await outbox.flush();
  const lengths = sink.calls.map((groups) => typeof groups !== "string" && groups.flat().map(({ length }) => length));
  assertEquals(lengths, [[5], [1, 40_000], [40_000], [100_000, 40_000], [1]]);
  assertEquals(outbox.sent, 5 + 1 + 3 * 40_000 + 100_000 + 1);
});

Deno.test("Outbox writes what is sent by itself between groups that were posted: it may be of another type", async () => {
  const { sink, outbox } = make(true);
  sink.hold();
  outbox.post(group("first"));
  outbox.post(group("a", "b"));
  const sent = outbox.send(bytesOf("c"));
  outbox.post(group("d"));
  sink.release();
  await Promise.all([sent, outbox.flush()]);
  assertEquals(sink.calls, [[["first"]], [["a", "b"]], "c", [["d"]]]);
});

for (const canJoin of [true, false]) {
  const sinks = canJoin ? "with writeMessages()" : "of single messages";

  Deno.test(`Outbox ${sinks}: a group counts as a whole against the limit, and is refused as a whole`, async () => {
    const { sink, outbox } = make(canJoin, { limit: 10 });
    sink.hold();
    assertEquals(outbox.post(group("1234", "123")), true);
    assertEquals(outbox.post(group("1", "2", "3", "4")), false);
    assertEquals(outbox.post(group("1", "", "23")), true);
    await turn();
    assertEquals(outbox.post(group("1")), false, "what is being written counts until it is written");
    sink.release();
    await outbox.flush();
    assertEquals(sink.calls.flat(2), ["1234", "123", "1", "", "23"]);
    assertEquals([outbox.post(group("12345", "678901")), outbox.post(group("12345", "67890"))], [false, true]);
    await outbox.flush();
    assertEquals(outbox.sent, 20);
  });

  Deno.test(`Outbox ${sinks}: a send between posts keeps its place`, async () => {
    const { sink, outbox } = make(canJoin);
    sink.hold();
    const sent: string[] = [];
    const send = (text: string) => outbox.send(bytesOf(text)).then(() => void sent.push(text));
    const all = [send("1")];
    outbox.post(group("2", "3"));
    all.push(send("4"));
    outbox.post(group("5"));
    all.push(send("6"));
    sink.release();
    await Promise.all(all);
    assertEquals(sink.calls.flat(2), ["1", "2", "3", "4", "5", "6"]);
    assertEquals(sent, ["1", "4", "6"]);
    assertEquals(outbox.sent, 6);
  });

  Deno.test(`Outbox ${sinks}: an empty message is a message`, async () => {
    const { sink, outbox } = make(canJoin);
    await outbox.send(new Uint8Array());
    outbox.post(group(""));
    await outbox.flush();
    sink.hold();
    outbox.post(group("a"));
    outbox.post(group("", "b", ""));
    const sent = outbox.send(new Uint8Array());
    sink.release();
    await sent;
    assertEquals([sink.calls.flat(2), outbox.sent], [["", "", "a", "", "b", "", ""], 2]);
  });

  Deno.test(`Outbox ${sinks}: a write that fails is reported once, and nothing is written after it`, async () => {
    const { sink, outbox, failures } = make(canJoin);
    sink.hold();
    outbox.post(group("a", "b"));
    outbox.post(group("c"));
    const sent = assertRejects(() => outbox.send(bytesOf("d")), SockeyeError, "Cannot send: reset by the peer");
    sink.error = systemError("ECONNRESET");
    sink.release();
    await sent;
    await outbox.flush();
    assertEquals([failures.length, outbox.sent, outbox.busy, outbox.post(group("e"))], [1, 0, false, false]);
    assertEquals(sink.calls, canJoin ? [[["a", "b"]]] : ["a"]);
  });
}

Deno.test("Outbox writes a group to a channel like UDP message by message, each after the one before", async () => {
  const { sink, outbox } = make(false);
  sink.hold();
  outbox.post(group("a", "b"));
  outbox.post(group("c"));
  await turn();
  assertEquals(sink.calls, ["a"]);
  sink.release();
  await outbox.flush();
  assertEquals([sink.calls, outbox.sent], [["a", "b", "c"], 3]);
});

/** An outbox whose batcher has just finished a round of 10 ms: what is posted now waits as long, where anything waits. */
async function resting(clock: FakeClock, canJoin: boolean) {
  const batcher = new WriteBatcher();
  batcher.add({ start: () => clock.spend(10) });
  await turn();
  return make(canJoin, { batcher });
}

Deno.test("Outbox with writeMessages() waits for the batcher, and writes all groups in one call", async () => {
  using clock = new FakeClock();
  const { sink, outbox } = await resting(clock, true);
  for (const texts of [["a", "b"], ["c"], [""]]) outbox.post(group(...texts));
  await clock.advance(9);
  assertEquals([sink.calls, outbox.busy], [[], false]);
  await clock.advance(1);
  assertEquals(sink.calls, [[["a", "b"], ["c"], [""]]]);
});

Deno.test("Outbox with writeMessages() does not wait when a caller does, or when there is enough", async () => {
  using clock = new FakeClock();
  for (const more of [(outbox: Outbox) => outbox.send(bytesOf("!")), (outbox: Outbox) => outbox.flush()]) {
    const { sink, outbox } = await resting(clock, true);
    outbox.post(group("a"));
    await more(outbox);
    assertEquals(sink.calls.flat(2)[0], "a");
    await clock.advance(10);
  }
  const { sink, outbox } = await resting(clock, true);
  outbox.post(group("a"));
  outbox.post(group("b".repeat(4_000), "c".repeat(95)));
  assertEquals(sink.calls.flat(2).map(({ length }) => length), [1, 4_000, 95]);
  await clock.advance(10);
});

Deno.test("Outbox of a channel like UDP does not wait for the batcher: each message is a write anyway", async () => {
  using clock = new FakeClock();
  const { sink, outbox } = await resting(clock, false);
  for (const texts of [["a", "b"], ["c"]]) outbox.post(group(...texts));
  await turn();
  assertEquals(sink.calls, ["a", "b", "c"]);
});
