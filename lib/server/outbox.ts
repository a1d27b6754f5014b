/**
 * The writing half of a channel. It keeps the order of all that is sent, finishes partial writes, joins queued messages into
 * one write and bounds the queue. A single message with nothing before it takes a short path: no queue, no copy.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import type { Startable, WriteBatcher } from "./write_batcher.ts";
import { endOf } from "../transport/failure.ts";
import { OUTBOX_LIMIT } from "./limits.ts";

/** Bytes of queued messages that are joined into one write; a larger message goes out by itself. */
const JOIN_BYTES = 64 * 1024;

/** Bytes from which on a write is worth its cost and is not delayed to get more: a few dozen lines of chat. */
const WORTHY_BYTES = 4 * 1024;

/** What an outbox writes to. */
type Write = (bytes: Uint8Array) => Promise<number>;

/** How an outbox works. */
export interface OutboxOptions {
  /** Bytes that {@linkcode Outbox.post} may queue. Default {@linkcode OUTBOX_LIMIT}. */
  readonly limit?: number | undefined;
  /** Whether each message is a write of its own. Default false. */
  readonly messageBoundaries?: boolean | undefined;
  /**
   * Delays small amounts that were posted; a caller that waits for its bytes is never delayed. Default, and with message
   * boundaries: no delay.
   */
  readonly batcher?: WriteBatcher | undefined;
}

/** A caller that waits until all messages up to a place in the order are written. */
interface Waiter {
  readonly place: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** The ordered, bounded way out to one peer. */
export class Outbox implements Startable {
  /** Bytes that the system took. */
  sent = 0;
  readonly #write: Write;
  readonly #limit: number;
  readonly #messageBoundaries: boolean;
  readonly #batcher: WriteBatcher | undefined;
  readonly #onFail: (error: SockeyeError) => void;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #place = 0;
  #written = 0;
  #waiters: Waiter[] = [];
  #busy = false;
  /** What is queued waits for the next round of the batcher. */
  #delayed = false;
  #failure: SockeyeError | undefined;

  /**
   * Makes an empty outbox.
   *
   * @param write writes at least one byte and says how many
   * @param onFail called once, when a write fails
   * @param options how it works
   */
  constructor(
    write: Write,
    onFail: (error: SockeyeError) => void,
    { limit = OUTBOX_LIMIT, messageBoundaries = false, batcher }: OutboxOptions = {},
  ) {
    this.#write = write;
    this.#onFail = onFail;
    this.#limit = limit;
    this.#messageBoundaries = messageBoundaries;
    this.#batcher = messageBoundaries ? undefined : batcher;
  }

  /** Whether a write is under way. */
  get busy(): boolean {
    return this.#busy && !this.#delayed;
  }

  /** Starts to write what was delayed. */
  start(): void {
    if (!this.#delayed) return;
    this.#delayed = false;
    void this.#pump();
  }

  /**
   * Writes bytes after all that came before.
   *
   * @param bytes must stay as they are until the promise settles
   * @param after is waited for as well; the place of the bytes in the order is taken at once
   * @throws {SockeyeError} `session` when the peer is gone
   */
  async send(bytes: Uint8Array, after?: void | Promise<void>): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#busy) return void await Promise.all([this.#enqueue(bytes), after]);
    this.#busy = true;
    this.#place++;
    try {
      if (after) await after;
      // The system mostly takes a message whole: then this is all, without another promise.
      const count = bytes.length > 0 || this.#messageBoundaries ? await this.#write(bytes) : 0;
      this.sent += count;
      if (count < bytes.length) await this.#writeAll(bytes.subarray(count));
      this.#settle(1);
    } catch (error) {
      throw this.fail(error);
    } finally {
      this.#release();
    }
  }

  /**
   * Queues bytes.
   *
   * @param bytes must stay as they are
   * @returns false when nothing was queued: the peer is gone or the limit is reached
   */
  post(bytes: Uint8Array): boolean {
    if (this.#failure || this.#queued + bytes.length > this.#limit) return false;
    this.#push(bytes);
    return true;
  }

  /** Settles when everything that was queued until now is written, or the peer is gone. */
  async flush(): Promise<void> {
    if (!this.#failure) await this.#untilHere().catch(() => {});
  }

  /**
   * Gives up: everything that waits is rejected, nothing more is taken.
   *
   * @param cause why
   * @returns the error that senders get
   */
  fail(cause: unknown): SockeyeError {
    if (this.#failure) return this.#failure;
    const failure = cause instanceof SockeyeError
      ? cause
      : new SockeyeError("session", `Cannot send: ${endOf(cause)}`, { cause });
    this.#failure = failure;
    this.#delayed = false;
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#queue = [];
    this.#queued = 0;
    for (const waiter of waiters) waiter.reject(failure);
    this.#onFail(failure);
    return failure;
  }

  #enqueue(bytes: Uint8Array): Promise<void> {
    this.#push(bytes);
    return this.#untilHere();
  }

  /** Settles when all that has its place by now is written. */
  #untilHere(): Promise<void> {
    if (this.#place === this.#written) return Promise.resolve();
    this.start();
    return new Promise((resolve, reject) => this.#waiters.push({ place: this.#place, resolve, reject }));
  }

  #push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    this.#place++;
    if (!this.#busy) {
      this.#busy = true;
      this.#next();
    } else if (this.#delayed && this.#queued >= WORTHY_BYTES) this.start();
  }

  /** The short path is over: what was queued meanwhile is next. */
  #release(): void {
    if (this.#queue.length > 0) this.#next();
    else this.#busy = false;
  }

  /** Writes what is queued: at once, or in the next round if it is little and no caller waits for it. */
  #next(): void {
    this.#delayed = true;
    if (this.#batcher && this.#queued < WORTHY_BYTES && this.#waiters.length === 0) this.#batcher.add(this);
    else this.start();
  }

  async #pump(): Promise<void> {
    try {
      const messages = this.#take();
      const bytes = concat(messages);
      await this.#writeAll(bytes);
      this.#settle(messages.length);
      if (!this.#failure) this.#queued -= bytes.length;
    } catch (error) {
      this.fail(error);
    }
    this.#release();
  }

  /** Takes the next write out of the queue: at least one message, and no more than a write's worth. */
  #take(): Uint8Array[] {
    let bytes = 0;
    let count = 0;
    for (const { length } of this.#queue) {
      bytes += length;
      if (count > 0 && (bytes > JOIN_BYTES || this.#messageBoundaries)) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    if (this.#messageBoundaries && bytes.length === 0) await this.#write(bytes);
    for (let at = 0; at < bytes.length;) {
      const count = await this.#write(at === 0 ? bytes : bytes.subarray(at));
      at += count;
      this.sent += count;
    }
  }

  /** So many messages more are written. */
  #settle(messages: number): void {
    this.#written += messages;
    while (this.#waiters[0] && this.#waiters[0].place <= this.#written) this.#waiters.shift()?.resolve();
  }
}
