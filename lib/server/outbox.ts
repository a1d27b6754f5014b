/**
 * The writing half of a channel. It keeps the order of all that is sent, finishes partial writes, joins queued messages into
 * one write and bounds the queue. A single message with nothing before it takes a short path: no queue, no copy.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import type { Channel } from "../transport/channel.ts";
import { endOf } from "../transport/failure.ts";
import { traitsOf } from "../transport/mod.ts";
import { OUTBOX_LIMIT } from "./limits.ts";
import type { WriteBatcher } from "./write_batcher.ts";

/** Bytes of queued messages that are joined into one write; a larger message goes out by itself. */
const JOIN_BYTES = 64 * 1024;

/** Bytes from which on a write is worth its cost and is not delayed to get more: a few dozen lines of chat. */
const WORTHY_BYTES = 4 * 1024;

/** What an outbox writes to. */
export type OutboxChannel = Pick<Channel, "transport" | "write" | "writeMessages">;

/** How an outbox works. */
export interface OutboxOptions {
  /** Delays small amounts that were posted, never bytes that a caller waits for. Default: no delay. */
  readonly batcher?: WriteBatcher | undefined;
  /** Called whenever the system took bytes. */
  readonly onTaken?: (() => void) | undefined;
  /** Bytes that {@linkcode Outbox.post} may queue. Default {@linkcode OUTBOX_LIMIT}. */
  readonly limit?: number | undefined;
}

/** A caller that waits until all messages up to a place in the order are written. */
type Waiter = PromiseWithResolvers<void> & { readonly place: number };

/**
 * The error of bytes still queued when a peer leaves. One for all: an error of its own would cost more than the rest of
 * a connection's end.
 */
const GONE = new SockeyeError("session", "Cannot send: the peer is gone");

/** The ordered, bounded way out to one peer. */
export class Outbox {
  /** Bytes that the system took. */
  sent = 0;
  readonly #channel: OutboxChannel;
  readonly #onFail: (error: SockeyeError) => void;
  /** Whether each message is a write of its own: then none is delayed. */
  readonly #single: boolean;
  readonly #options: OutboxOptions;
  /** Delayed: queued bytes wait for the next round of the batcher. */
  #state: "idle" | "delayed" | "writing" = "idle";
  /** What was posted, in groups. */
  #queue: (readonly Uint8Array[])[] = [];
  #queued = 0;
  /** Groups of one message that was sent while others were on their way: its type may be another than that of posts. */
  readonly #sent = new WeakSet<readonly Uint8Array[]>();
  #place = 0;
  #written = 0;
  #waiters: Waiter[] = [];
  #failure: SockeyeError | undefined;
  /**
   * When the write under way began, or the system last took some of it. The short path reads no clock: a lone message has
   * waited since this was first asked.
   */
  #progressAt: number | undefined;

  /** Makes an empty outbox; `onFail` is called once, when a write fails. */
  constructor(channel: OutboxChannel, onFail: (error: SockeyeError) => void, options: OutboxOptions = {}) {
    this.#channel = channel;
    this.#onFail = onFail;
    this.#single = this.#messageBoundaries && channel.writeMessages === undefined;
    this.#options = options;
  }

  /** Whether an empty message is one, too. */
  get #messageBoundaries(): boolean {
    return traitsOf(this.#channel.transport).messageBoundaries;
  }

  /** Whether a write is under way. */
  get busy(): boolean {
    return this.#state === "writing";
  }

  /** Since when the system has accepted none of the bytes being written, in milliseconds of `performance.now()`. */
  get stuckSince(): number | undefined {
    return this.busy ? this.#progressAt ??= performance.now() : undefined;
  }

  /** Starts to write the delayed bytes. */
  start(): void {
    if (this.#state !== "delayed") return;
    this.#state = "writing";
    this.#progressAt = performance.now();
    void this.#pump();
  }

  /**
   * Writes bytes after all earlier ones.
   *
   * @param bytes must stay as they are until the promise settles
   * @param after is waited for as well; the place of the bytes in the order is taken at once
   * @throws {SockeyeError} `session` when the peer is gone
   */
  async send(bytes: Uint8Array, after?: void | Promise<void>): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#state !== "idle") {
      const group = [bytes];
      if (this.#channel.writeMessages) this.#sent.add(group);
      this.#push(group);
      return void await Promise.all([this.#untilHere(), after]);
    }
    this.#state = "writing";
    this.#progressAt = undefined;
    this.#place++;
    try {
      if (after) await after;
      // The system mostly takes a message whole: then this is all, without another promise.
      const count = bytes.length > 0 || this.#messageBoundaries ? await this.#channel.write(bytes) : 0;
      this.#took(count);
      if (count < bytes.length) await this.#writeAll(bytes.subarray(count));
      this.#settle(1);
    } catch (error) {
      throw this.fail(error);
    } finally {
      this.#next();
    }
  }

  /**
   * Queues messages, which must stay as they are; on a stream they are just bytes.
   *
   * @returns false when nothing was queued: the peer is gone or the limit is reached
   */
  post(messages: readonly Uint8Array[]): boolean {
    if (this.#failure || this.#queued + lengthOf(messages) > (this.#options.limit ?? OUTBOX_LIMIT)) return false;
    this.#push(messages);
    return true;
  }

  /** Settles when everything that was queued until now is written, or the peer is gone. */
  async flush(): Promise<void> {
    if (!this.#failure) await this.#untilHere().catch(() => {});
  }

  /** Gives up: everything that waits is rejected with the error that is returned, and nothing more is taken. */
  fail(cause: unknown = GONE): SockeyeError {
    if (this.#failure) return this.#failure;
    const failure = cause instanceof SockeyeError
      ? cause
      : new SockeyeError("session", `Cannot send: ${endOf(cause)}`, { cause });
    this.#failure = failure;
    if (this.#state === "delayed") this.#state = "idle";
    this.#queue = [];
    this.#queued = 0;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(failure);
    this.#onFail(failure);
    return failure;
  }

  /** Settles when all that has its place by now is written. */
  #untilHere(): Promise<void> {
    if (this.#place === this.#written) return Promise.resolve();
    this.start();
    const waiter = { ...Promise.withResolvers<void>(), place: this.#place };
    this.#waiters.push(waiter);
    return waiter.promise;
  }

  #push(messages: readonly Uint8Array[]): void {
    this.#queue.push(messages);
    this.#queued += lengthOf(messages);
    this.#place++;
    if (this.#state === "idle") this.#next();
    else if (this.#queued >= WORTHY_BYTES) this.start();
  }

  /** Writes the queued bytes: at once, or in the next round if they are few and no caller waits for them. */
  #next(): void {
    if (this.#queue.length === 0) return void (this.#state = "idle");
    this.#state = "delayed";
    const wait = !this.#single && this.#queued < WORTHY_BYTES && this.#waiters.length === 0;
    const { batcher } = this.#options;
    if (batcher && wait) batcher.add(this);
    else this.start();
  }

  async #pump(): Promise<void> {
    try {
      const groups = this.#take();
      await this.#writeGroups(groups);
      this.#settle(groups.length);
      if (!this.#failure) this.#queued -= sum(groups);
    } catch (error) {
      this.fail(error);
    }
    this.#next();
  }

  /** Takes the next write out of the queue: at least one group, and no more than a write's worth. */
  #take(): (readonly Uint8Array[])[] {
    let bytes = 0;
    let count = 0;
    for (const group of this.#queue) {
      bytes += lengthOf(group);
      if (count > 0 && (bytes > JOIN_BYTES || this.#isAlone(group))) break;
      count++;
      if (this.#isAlone(group)) break;
    }
    return this.#queue.splice(0, count);
  }

  #isAlone(group: readonly Uint8Array[]): boolean {
    return this.#single || this.#sent.has(group);
  }

  async #writeGroups(groups: (readonly Uint8Array[])[]): Promise<void> {
    if (groups.some((group) => this.#isAlone(group))) {
      for (const message of groups.flat()) this.#progressed(await this.#channel.write(message));
    } else if (this.#channel.writeMessages) {
      await this.#channel.writeMessages(groups);
      this.#took(sum(groups));
    } else await this.#writeAll(join(groups));
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const count = await this.#channel.write(at === 0 ? bytes : bytes.subarray(at));
      at += count;
      this.#progressed(count);
    }
  }

  /** The system took bytes of a write that may go on. */
  #progressed(bytes: number): void {
    this.#took(bytes);
    this.#progressAt = performance.now();
  }

  #took(bytes: number): void {
    this.sent += bytes;
    this.#progressAt = undefined;
    this.#options.onTaken?.();
  }

  /** So many messages more are written. */
  #settle(messages: number): void {
    this.#written += messages;
    while (this.#waiters[0] && this.#waiters[0].place <= this.#written) this.#waiters.shift()?.resolve();
  }
}

/** The last result of {@linkcode join}: in a room most outboxes have the same arrays queued. */
let joined: { readonly groups: readonly (readonly Uint8Array[])[]; readonly bytes: Uint8Array } | undefined;

/** Joins groups into one write, once for all outboxes that write the same groups one after the other. */
function join(groups: readonly (readonly Uint8Array[])[]): Uint8Array {
  const same = joined?.groups.length === groups.length && groups.every((group, at) => group === joined?.groups[at]);
  if (joined && same) return joined.bytes;
  const bytes = concat(groups.flat());
  if (groups.length > 1) joined = { groups, bytes };
  return bytes;
}

function lengthOf(messages: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const { length } of messages) bytes += length;
  return bytes;
}

function sum(groups: readonly (readonly Uint8Array[])[]): number {
  return groups.reduce((bytes, group) => bytes + lengthOf(group), 0);
}
