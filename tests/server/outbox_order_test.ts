/** The outbox against a model: a list of messages, and what the system has taken of them. */

import { assert, assertEquals } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { WriteBatcher } from "../../lib/server/write_batcher.ts";
import { Outbox } from "../../lib/server/outbox.ts";
import { randomFrom } from "../text/random.ts";
import { turn } from "../support/clock.ts";
import { systemError } from "../support/net.ts";

type Random = (below: number) => number;

/** Bytes that posts may queue; most messages are far smaller. */
const LIMIT = 2_000;

/** The system: takes a part of a write when the test says so. */
class Wire {
  /** Everything taken. */
  readonly taken: number[] = [];
  #write: { bytes: Uint8Array; resolve(count: number): void; reject(error: unknown): void } | undefined;

  /** What an outbox writes to. */
  write(bytes: Uint8Array): Promise<number> {
    assertEquals(this.#write, undefined, "one write at a time");
    assert(bytes.length > 0, "a write has bytes");
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#write = { bytes, resolve, reject };
    return promise;
  }

  get busy(): boolean {
    return this.#write !== undefined;
  }

  /** Takes some of the bytes, or all of them. */
  take(count: (length: number) => number): void {
    const write = this.#write;
    this.#write = undefined;
    if (!write) return;
    const part = write.bytes.subarray(0, count(write.bytes.length));
    this.taken.push(...part);
    write.resolve(part.length);
  }

  /** Breaks. */
  fail(error: Error): void {
    this.#write?.reject(error);
    this.#write = undefined;
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
  readonly wire = new Wire();
  readonly failures: SockeyeError[] = [];
  /** Begins now and then what the outbox puts off; without one it puts nothing off. */
  readonly #batcher: WriteBatcher | undefined;
  readonly outbox: Outbox;
  /** Every byte that was accepted, in order. */
  readonly accepted: number[] = [];
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

  constructor(random: Random, batcher?: WriteBatcher) {
    this.#random = random;
    this.#batcher = batcher;
    this.outbox = new Outbox((bytes) => this.wire.write(bytes), (error) => this.failures.push(error), {
      limit: LIMIT,
      batcher,
    });
  }

  /** Bytes that differ from all others nearby; sometimes none. */
  #message(most: number): Uint8Array {
    return Uint8Array.from({ length: this.#random(most) }, () => this.#next++ % 251);
  }

  #accept(bytes: Uint8Array, posted: boolean): void {
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

  post(): void {
    const bytes = this.#message(this.#random(8) === 0 ? LIMIT : 300);
    if (this.outbox.sent === this.accepted.length) this.#idleAt = this.accepted.length;
    if (this.outbox.post(bytes)) {
      this.#accept(bytes, true);
      const waiting = this.#posted.slice(this.wire.taken.length).filter((posted) => posted).length;
      assert(waiting <= LIMIT, "there was no room");
    } else assert(this.accepted.length - this.#idleAt + bytes.length > LIMIT, "there was room");
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

Deno.test("Outbox keeps every byte in its place, whatever is sent, posted and flushed in between", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = randomFrom(seed);
    const model = new Model(random, seed % 2 === 0 ? new WriteBatcher() : undefined);
    for (let i = 0; i < 100; i++) {
      model.step();
      await model.breathe();
      assert(model.outbox.sent <= model.wire.taken.length);
    }
    await model.finish();
    assertEquals(model.wire.taken, model.accepted, `seed ${seed}`);
    assertEquals(model.waits.filter(({ state }) => state !== "done"), [], `seed ${seed}`);
    assertEquals(model.early, [], `seed ${seed}`);
    assertEquals([model.outbox.sent, model.outbox.busy, model.failures], [model.accepted.length, false, []]);
    assert(model.outbox.post(new Uint8Array(LIMIT)), `seed ${seed}: the queue is empty again`);
    await model.finish();
  }
});

Deno.test("Outbox lets nobody wait any more when a write fails, whatever was done before", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = randomFrom(seed);
    const batcher = seed % 2 === 0 ? new WriteBatcher() : undefined;
    const model = new Model(random, batcher);
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
    assertEquals(model.failures.length, 1, `seed ${seed}`);
    for (const { name, state } of open) {
      assertEquals(state, name.endsWith("flush") ? "done" : failure, `seed ${seed}: ${name}`);
    }
    assertEquals(model.waits.filter(({ state }) => state === "waiting"), []);
  }
});
