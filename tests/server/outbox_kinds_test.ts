/** What holds for outboxes of all kinds of channels: streams, groups of messages as a WebSocket, single messages as UDP. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { Outbox, type OutboxChannel, type OutboxOptions } from "../../lib/server/outbox.ts";
import { WriteBatcher } from "../../lib/server/write_batcher.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { bytesOf, systemError, textOf } from "../support/net.ts";

type Kind = "stream" | "groups" | "single";

/** Keeps each call: a text for `write`, groups for `writeMessages`. */
class KindChannel implements OutboxChannel {
  readonly calls: (string | string[][])[] = [];
  /** The arrays as they were handed over. */
  readonly groups: (readonly Uint8Array[])[] = [];
  readonly transport: OutboxChannel["transport"];
  readonly writeMessages: OutboxChannel["writeMessages"];
  /** Thrown by every call from now on. */
  error: Error | undefined;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(kind: Kind) {
    this.transport = kind === "stream" ? "tcp" : "ws";
    if (kind === "groups") this.writeMessages = (groups) => this.#take(groups);
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

/** An outbox, and the failures that it reported. */
function make(kind: Kind, options: OutboxOptions = {}) {
  const channel = new KindChannel(kind);
  const failures: SockeyeError[] = [];
  return { channel, failures, outbox: new Outbox(channel, (error) => failures.push(error), options) };
}

/** Messages as one group. */
function group(...texts: string[]): Uint8Array[] {
  return texts.map(bytesOf);
}

Deno.test("Outbox hands several groups to one writeMessages(), in order, and counts their bytes", async () => {
  const { channel, outbox } = make("groups");
  channel.hold();
  for (const texts of [["first"], ["a", "b"], ["c"], ["d", "e", "f"]]) outbox.post(group(...texts));
  assertEquals([channel.calls, outbox.sent], [[[["first"]]], 0]);
  channel.release();
  await outbox.flush();
  assertEquals(channel.calls, [[["first"]], [["a", "b"], ["c"], ["d", "e", "f"]]]);
  assertEquals(outbox.sent, "firstabcdef".length);
});

Deno.test("Outbox hands on the very array that was posted, so that many peers share one encoding", async () => {
  const posted = group("a", "b");
  for (let peer = 0; peer < 2; peer++) {
    const { channel, outbox } = make("groups");
    outbox.post(posted);
    await outbox.flush();
    assertStrictEquals(channel.groups[0], posted);
  }
});

Deno.test("Outbox joins no more than a write's worth, and never divides a group", async () => {
  const [part, large] = ["p".repeat(40_000), "l".repeat(100_000)];
  const lengths: Partial<Record<Kind, unknown>> = {
    stream: [5, 40_001, 40_000, 140_000, 1],
    groups: [[5], [1, 40_000], [40_000], [100_000, 40_000], [1]],
  };
  for (const kind of ["stream", "groups"] as const) {
    const { channel, outbox } = make(kind);
    channel.hold();
    for (const texts of [["first"], ["a"], [part], [part], [large, part], ["b"]]) outbox.post(group(...texts));
    channel.release();
    await outbox.flush();
    const lengthsOf = (call: string | string[][]) =>
      typeof call === "string" ? call.length : call.flat().map(({ length }) => length);
    assertEquals(channel.calls.map(lengthsOf), lengths[kind]);
    assertEquals(outbox.sent, 5 + 1 + 3 * 40_000 + 100_000 + 1);
  }
});

Deno.test("Outbox writes what is sent by itself between groups that were posted: it may be of another type", async () => {
  const { channel, outbox } = make("groups");
  channel.hold();
  outbox.post(group("first"));
  outbox.post(group("a", "b"));
  const sent = outbox.send(bytesOf("c"));
  outbox.post(group("d"));
  channel.release();
  await Promise.all([sent, outbox.flush()]);
  assertEquals(channel.calls, [[["first"]], [["a", "b"]], "c", [["d"]]]);
});

for (const kind of ["stream", "groups", "single"] as const) {
  Deno.test(`Outbox, ${kind}: a group counts as a whole against the limit, and is refused as a whole`, async () => {
    const { channel, outbox } = make(kind, { limit: 10 });
    channel.hold();
    assertEquals(outbox.post(group("1234", "123")), true);
    assertEquals(outbox.post(group("1", "2", "3", "4")), false);
    assertEquals(outbox.post(group("1", "", "23")), true);
    await turn();
    assertEquals(outbox.post(group("1")), false, "what is being written counts until it is written");
    channel.release();
    await outbox.flush();
    assertEquals(channel.calls.flat(2).join(""), "1234123123");
    assertEquals([outbox.post(group("12345", "678901")), outbox.post(group("12345", "67890"))], [false, true]);
    await outbox.flush();
    assertEquals(outbox.sent, 20);
  });

  Deno.test(`Outbox, ${kind}: onTaken is called when the channel took bytes, on both paths`, async () => {
    let taken = 0;
    const { channel, outbox } = make(kind, { onTaken: () => taken++ });
    channel.hold();
    const sent = outbox.send(bytesOf("a"));
    outbox.post(group("b"));
    await turn();
    assertEquals(taken, 0);
    channel.release();
    await sent;
    assertEquals(taken >= 1, true);
    await outbox.flush();
    assertEquals(taken, 2);
  });

  Deno.test(`Outbox, ${kind}: an empty message is a message where messages have boundaries`, async () => {
    const { channel, outbox } = make(kind);
    await outbox.send(new Uint8Array());
    outbox.post(group(""));
    await outbox.flush();
    channel.hold();
    outbox.post(group("a"));
    outbox.post(group("", "b", ""));
    const sent = outbox.send(new Uint8Array());
    channel.release();
    await sent;
    const written = kind === "stream" ? ["a", "b"] : ["", "", "a", "", "b", "", ""];
    assertEquals([channel.calls.flat(2), outbox.sent], [written, 2]);
  });

  for (const path of ["short", "queued"]) {
    Deno.test(`Outbox, ${kind}: a failed write is reported once, on the ${path} path, and the last one`, async () => {
      const { channel, outbox, failures } = make(kind);
      channel.hold();
      if (path === "queued") outbox.post(group("a", "A"));
      const waiting = ["b", "c", "d"].map((text) => outbox.send(bytesOf(text)));
      const results = Promise.allSettled(waiting);
      const cause = systemError("ECONNRESET");
      channel.error = cause;
      channel.release();
      for (const sent of waiting) {
        const error = await assertRejects(() => sent, SockeyeError, "Cannot send: reset by the peer");
        assertStrictEquals(error.cause, cause);
      }
      await results;
      await outbox.flush();
      assertEquals([failures.length, outbox.sent, outbox.busy, outbox.post(group("e"))], [1, 0, false, false]);
      assertEquals(channel.calls.length, 1);
    });
  }
}

/** An outbox whose batcher has just finished a round of 10 ms: what is posted now waits as long, where anything waits. */
async function resting(clock: FakeClock, kind: Kind) {
  const batcher = new WriteBatcher();
  batcher.add({ start: () => clock.spend(10) });
  await turn();
  return make(kind, { batcher });
}

for (const kind of ["stream", "groups"] as const) {
  Deno.test(`Outbox, ${kind}: what was posted in a pause of the batcher is written in one go`, async () => {
    using clock = new FakeClock();
    const { channel, outbox } = await resting(clock, kind);
    for (const texts of [["a", "b"], ["c"], [""]]) outbox.post(group(...texts));
    await clock.advance(9);
    assertEquals([channel.calls, outbox.busy], [[], false]);
    await clock.advance(1);
    assertEquals(channel.calls, [kind === "stream" ? "abc" : [["a", "b"], ["c"], [""]]]);
  });

  Deno.test(`Outbox, ${kind}: nothing is delayed that a caller waits for or that is worth a write`, async () => {
    using clock = new FakeClock();
    for (const more of [(outbox: Outbox) => outbox.send(bytesOf("!")), (outbox: Outbox) => outbox.flush()]) {
      const { channel, outbox } = await resting(clock, kind);
      outbox.post(group("a"));
      assertEquals(channel.calls, []);
      await more(outbox); // No time passes meanwhile.
      assertEquals(channel.calls.flat(2).join("")[0], "a");
      await clock.advance(10);
    }
    const { channel, outbox } = await resting(clock, kind);
    outbox.post(group("a"));
    outbox.post(group("b".repeat(4_000), "c".repeat(94)));
    assertEquals(channel.calls, []);
    outbox.post(group("d"));
    assertEquals(channel.calls.flat(2).join("").length, 4_096);
    await clock.advance(10);
  });

  Deno.test(`Outbox, ${kind}: nothing of what was delayed is written after a failure`, async () => {
    using clock = new FakeClock();
    const { channel, outbox } = await resting(clock, kind);
    outbox.post(group("a"));
    outbox.fail(new Error("gone"));
    await clock.advance(100);
    assertEquals([channel.calls, outbox.busy, clock.pending], [[], false, 0]);
  });
}

Deno.test("Outbox of a channel like UDP does not wait for the batcher: each message is a write anyway", async () => {
  using clock = new FakeClock();
  const { channel, outbox } = await resting(clock, "single");
  for (const texts of [["a", "b"], ["c"]]) outbox.post(group(...texts));
  await turn();
  assertEquals(channel.calls, ["a", "b", "c"]);
});
