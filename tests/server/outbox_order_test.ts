/** The outbox against a model: a list of messages, and what the system has taken of them. */

import { assert, assertEquals } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { WriteBatcher } from "../../lib/server/write_batcher.ts";
import { Outbox, type OutboxChannel } from "../../lib/server/outbox.ts";
import { randomFrom } from "../text/random.ts";
import { turn } from "../support/clock.ts";
import { systemError } from "../support/net.ts";

type Random = (below: number) => number;

/** Bytes that posts may queue; most messages are far smaller. */
const LIMIT = 2_000;

/** What an outbox writes to: a stream, or a channel with message boundaries that takes one message a write, or many. */
type Kind = "stream" | "messages" | "groups";

const KINDS: readonly Kind[] = ["stream", "messages", "groups"];

/** A write that waits to be taken. */
interface Pending {
  readonly messages: readonly Uint8Array[];
  resolve(count: number): void;
  reject(error: unknown): void;
}

/** The system: takes a write when the test says so, of a stream only a part if it wants to. */
class Wire implements OutboxChannel {
  /** Everything taken. */
  readonly taken: number[] = [];
  /** Messages taken, where they have boundaries. */
  readonly messages: string[] = [];
  readonly transport: OutboxChannel["transport"];
  readonly writeMessages: OutboxChannel["writeMessages"];
  readonly #kind: Kind;
  #pending: Pending | undefined;

  constructor(kind: Kind) {
    this.#kind = kind;
    this.transport = kind === "stream" ? "tcp" : "ws";
    if (kind === "groups") this.writeMessages = async (groups) => void await this.#wait(groups.flat());
  }

  /** What an outbox writes to. */
  write(bytes: Uint8Array): Promise<number> {
    assert(this.#kind !== "stream" || bytes.length > 0, "a write to a stream has bytes");
    return this.#wait([bytes]);
  }

  #wait(messages: readonly Uint8Array[]): Promise<number> {
    assertEquals(this.#pending, undefined, "one write at a time");
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#pending = { messages, resolve, reject };
    return promise;
  }

  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** Takes all messages, or so many bytes of a stream. */
  take(count: (length: number) => number): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!pending) return;
    const bytes = concat(pending.messages);
    const part = this.#kind === "stream" ? bytes.subarray(0, count(bytes.length)) : bytes;
    this.taken.push(...part);
    if (this.#kind !== "stream") this.messages.push(...pending.messages.map((message) => message.toHex()));
    pending.resolve(part.length);
  }

  /** Breaks. */
  fail(error: Error): void {
    this.#pending?.reject(error);
    this.#pending = undefined;
  }
}

/** A promise of the outbox, and what must be taken before it may settle. */
interface Wait {
  readonly name: string;
  readonly place: number;
  state: "waiting" | "done" | SockeyeError;
}

/** Everything that was done to one outbox. */
class Model {
  readonly wire: Wire;
  readonly failures: SockeyeError[] = [];
  /** Begins now and then what the outbox puts off; without one it puts nothing off. */
  readonly #batcher: WriteBatcher | undefined;
  readonly outbox: Outbox;
  /** Every byte that was accepted, in order. */
  readonly accepted: number[] = [];
  /** Every message that was accepted, in order. */
  readonly messages: string[] = [];
  /** Which of them were posted. */
  readonly #posted: boolean[] = [];
  readonly waits: Wait[] = [];
  /** Those that settled before their bytes were taken. */
  readonly early: string[] = [];
  /** Reports that sends wait for. */
  readonly reports: (() => void)[] = [];
  readonly #random: Random;
  #next = 0;
  /** Bytes that were accepted when the outbox was last seen idle. */
  #idleAt = 0;

  constructor(random: Random, kind: Kind, batcher?: WriteBatcher) {
    this.#random = random;
    this.wire = new Wire(kind);
    this.#batcher = batcher;
    this.outbox = new Outbox(this.wire, (error) => this.failures.push(error), { batcher, limit: LIMIT });
  }

  /** Bytes that differ from all others nearby; sometimes none. */
  #message(most: number): Uint8Array {
    return Uint8Array.from({ length: this.#random(most) }, () => this.#next++ % 251);
  }

  #accept(bytes: Uint8Array, posted: boolean): void {
    this.messages.push(bytes.toHex());
    for (const byte of bytes) {
      this.accepted.push(byte);
      this.#posted.push(posted);
    }
  }

  #watch(name: string, promise: Promise<void>): void {
    const wait: Wait = { name: `${this.waits.length} ${name}`, place: this.accepted.length, state: "waiting" };
    this.waits.push(wait);
    const settle = (state: Wait["state"]) => {
      wait.state = state;
      if (state === "done" && this.failures.length === 0 && this.wire.taken.length < wait.place) this.early.push(name);
    };
    promise.then(() => settle("done"), settle);
  }

  send(): void {
    const bytes = this.#message(300);
    const late = this.#random(4) === 0 ? Promise.withResolvers<void>() : undefined;
    if (late) this.reports.push(late.resolve);
    this.#accept(bytes, false);
    this.#watch("send", this.outbox.send(bytes, late?.promise));
  }

  /** Mostly one message, at times several, or none. */
  post(): void {
    const group = this.#random(8) === 0
      ? [this.#message(LIMIT)]
      : Array.from({ length: [1, 1, 2, 3, 0][this.#random(5)] ?? 1 }, () => this.#message(150));
    const length = group.reduce((sum, bytes) => sum + bytes.length, 0);
    if (!this.outbox.busy && this.outbox.sent === this.accepted.length) this.#idleAt = this.accepted.length;
    if (this.outbox.post(group)) {
      for (const bytes of group) this.#accept(bytes, true);
      const waiting = this.#posted.slice(this.wire.taken.length).filter((posted) => posted).length;
      assert(waiting <= LIMIT, "there was no room");
    } else assert(this.accepted.length - this.#idleAt + length > LIMIT, "there was room");
  }

  flush(): void {
    this.#watch("flush", this.outbox.flush());
  }

  /** One thing that may happen. */
  step(): void {
    const what = this.#random(11);
    if (what === 10) this.outbox.start();
    else if (what < 2) this.send();
    else if (what < 5) this.post();
    else if (what < 6) this.flush();
    else if (what < 7) this.reports.shift()?.();
    else this.wire.take((length) => 1 + this.#random(length));
  }

  /** Lets some of what is under way go on, by single steps, so that the next thing happens at any point of it. */
  async breathe(): Promise<void> {
    for (let i = this.#random(8); i > 0; i--) await Promise.resolve();
  }

  /** Lets everything come to its end. */
  async finish(): Promise<void> {
    for (const report of this.reports.splice(0)) report();
    this.#batcher?.stop();
    await turn();
    while (this.wire.busy) {
      this.wire.take((length) => length);
      await turn();
    }
  }
}

/** Fifty models of each kind, every other one with a batcher. */
function* models(): Generator<{ model: Model; random: Random; batcher: WriteBatcher | undefined; name: string }> {
  for (const kind of KINDS) {
    for (let seed = 1; seed <= 50; seed++) {
      const random = randomFrom(seed);
      const batcher = seed % 2 === 0 ? new WriteBatcher() : undefined;
      yield { model: new Model(random, kind, batcher), random, batcher, name: `${kind}, seed ${seed}` };
    }
  }
}

Deno.test("Outbox keeps every byte in its place, whatever is sent, posted and flushed in between", async () => {
  for (const { model, name } of models()) {
    for (let i = 0; i < 100; i++) {
      model.step();
      await model.breathe();
      assert(model.outbox.sent <= model.wire.taken.length);
    }
    await model.finish();
    assertEquals(model.wire.taken, model.accepted, name);
    if (model.wire.transport === "ws") assertEquals(model.wire.messages, model.messages, name);
    assertEquals(model.waits.filter(({ state }) => state !== "done"), [], name);
    assertEquals(model.early, [], name);
    assertEquals([model.outbox.sent, model.outbox.busy, model.failures], [model.accepted.length, false, []], name);
    assert(model.outbox.post([new Uint8Array(LIMIT)]), `${name}: the queue is empty again`);
    await model.finish();
  }
});

Deno.test("Outbox lets nobody wait any more when a write fails, whatever was done before", async () => {
  for (const { model, random, batcher, name } of models()) {
    for (let i = random(100); i > 0; i--) {
      model.step();
      await model.breathe();
    }
    for (const report of model.reports.splice(0)) report();
    await turn();
    const open = model.waits.filter(({ state }) => state === "waiting");
    if (random(2) === 0 || !model.wire.busy) model.outbox.fail(systemError("EPIPE"));
    batcher?.stop();
    model.wire.fail(systemError("EPIPE")); // Who gives up on an outbox closes its channel too.
    await turn();
    const [failure] = model.failures;
    assertEquals(model.failures.length, 1, name);
    for (const wait of open) {
      assertEquals(wait.state, wait.name.endsWith("flush") ? "done" : failure, `${name}: ${wait.name}`);
    }
    assertEquals(model.waits.filter(({ state }) => state === "waiting"), [], name);
  }
});
