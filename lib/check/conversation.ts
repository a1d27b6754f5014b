/**
 * An {@linkcode Actor} over a channel.
 *
 * @module
 */

import { ByteBuffer, commonLength, writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { type Channel, resetChannel } from "../transport/channel.ts";
import { isTruncation } from "../transport/failure.ts";
import { traitsOf } from "../transport/mod.ts";
import { settledWithin } from "../wait.ts";
import type { Actor } from "./actor.ts";
import type { End, Evidence, Step } from "./finding.ts";

/** Bytes of one read. */
const READ_BYTES = 64 * 1024;

/** Bytes that are kept of what comes: more than any case asks for. A program that floods its clients is read no further. */
export const RECEIVED_MAX: number = 24 * 1024 * 1024;

/**
 * Milliseconds in which the other end may end the connection after us. Closing while its bytes are on their way would reset it, and
 * a reset that the case did not intend could end the program under test.
 */
const GRACE_MS = 250;

/** Milliseconds by which a timer may be late before it shows that this process got no time from the machine. */
const LATE_MS = 30;

/** One connection, which is read all the time unless it is held. The caller disposes of it. */
export class Conversation implements Actor {
  /** What it did. */
  readonly steps: Step[] = [];
  /** What has come, read by read, or datagram by datagram. */
  readonly messages: Uint8Array[] = [];
  /** Whether it stays when a case disposes of it: its owner ends it later. */
  stays = false;
  readonly #channel: Channel;
  readonly #received = new ByteBuffer();
  #end: End = "open";
  #refused = false;
  #lapsed = false;
  #firstSentAt: number | undefined;
  #firstAnswerMs: number | undefined;
  #answered = false;
  /** We have ended our half. */
  #halfClosed = false;
  /** Settles with each arrival, and at the end; replaced then. */
  #change = Promise.withResolvers<void>();
  /** Settles when the connection is read again. */
  #held: PromiseWithResolvers<void> | undefined;
  /** The last send or half-close: they follow each other. */
  #sending: Promise<void> = Promise.resolve();
  /** When the last piece was sent, by `performance.now()`. */
  #sentAt: number | undefined;
  /** Settles when we have ended the connection. */
  readonly #closing = Promise.withResolvers<void>();
  #closed = false;
  /** Nothing more can come. */
  #over = false;
  readonly #reading: Promise<void>;

  /** Takes over a channel whose handshake is done, and begins to read. */
  constructor(channel: Channel) {
    this.#channel = channel;
    this.#reading = this.#readAll();
  }

  /** What has come so far. */
  get received(): Uint8Array {
    return this.#received.bytes;
  }

  /** How the connection stands. */
  get end(): End {
    return this.#end;
  }

  /** Whether the other end refused what we sent. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Whether a wait ended because its time was over: with more time the case might have gone another way. */
  get lapsed(): boolean {
    return this.#lapsed;
  }

  /**
   * Milliseconds from the first piece to the first byte that came; undefined where no byte came before we ended our half: what
   * waits for that is not slow.
   */
  get firstAnswerMs(): number | undefined {
    return this.#firstAnswerMs;
  }

  /** Whether anything came before we ended our half. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Sends each piece in a write of its own. */
  send(pieces: Uint8Array | readonly Uint8Array[], pauseMs = 0): Promise<void> {
    return this.#next(() => this.#sendAll(pieces instanceof Uint8Array ? [pieces] : pieces, pauseMs));
  }

  /** Says that it sends no more. */
  halfClose(): Promise<void> {
    return this.#next(async () => {
      this.steps.push({ does: "half-close" });
      this.#halfClosed = true;
      await this.#channel.closeWrite();
    });
  }

  /** Ends the connection with a reset, where the transport has one. */
  reset(): void {
    this.steps.push({ does: "reset" });
    this.#leave(() => resetChannel(this.#channel));
  }

  /** Ends the connection. */
  close(): void {
    this.steps.push({ does: "close" });
    this.#leave(() => this.#channel.close());
  }

  /** Stops reading, or goes on. */
  hold(held: boolean): void {
    if (held) this.#held ??= Promise.withResolvers();
    else {
      this.#held?.resolve();
      this.#held = undefined;
    }
  }

  /** Waits until what has come is enough. */
  async until(enough: (received: Uint8Array) => boolean, ms: number): Promise<boolean> {
    return await this.#wait(() => enough(this.received), ms);
  }

  /** Waits until so many bytes have come. */
  async bytes(count: number, ms: number): Promise<boolean> {
    return await this.#wait(() => this.#received.length >= count, ms);
  }

  /** Waits until the other end has ended the connection. */
  async ended(ms: number): Promise<boolean> {
    return await this.#wait(() => this.#end !== "open", ms);
  }

  /** What was seen, for a finding. */
  evidence(expected?: Evidence["expected"]): Evidence {
    const { received } = this;
    const at = expected instanceof Uint8Array ? firstDifference(expected, received) : undefined;
    return {
      steps: [...this.steps],
      ...(expected !== undefined && { expected }),
      received,
      ...(at !== undefined && { at }),
      end: this.#end,
    };
  }

  /** Ends the connection so that the other end is not disturbed, if it plays its part. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.stays) return;
    this.hold(false);
    if (!this.#closed && !this.#over && !traitsOf(this.#channel.transport).connectionless) {
      this.#next(() => this.#channel.closeWrite());
      await settledWithin(this.#reading, GRACE_MS);
    }
    this.#leave(() => this.#channel.close());
    await Promise.all([this.#reading, this.#sending]);
  }

  /** Acts when all before is done. That the other end is gone is no failure: {@linkcode end} says so. */
  #next(act: () => Promise<void>): Promise<void> {
    const done = this.#sending.then(async () => {
      try {
        if (!this.#closed && this.#end !== "reset") await act();
      } catch (error) {
        // Such as a datagram that is too long.
        if (error instanceof SockeyeError) throw error;
        this.#refused ||= !this.#closed;
      }
    });
    this.#sending = done.catch(() => {});
    return done;
  }

  async #sendAll(pieces: readonly Uint8Array[], pauseMs: number): Promise<void> {
    for (const [index, bytes] of pieces.entries()) {
      if (index > 0 && pauseMs > 0) await settledWithin(this.#closing.promise, pauseMs);
      if (this.#closed) return;
      this.#notePause(index > 0 ? pauseMs : 0);
      this.steps.push({ does: "send", bytes });
      this.#firstSentAt ??= performance.now();
      await this.#write(bytes);
      this.#sentAt = performance.now();
    }
  }

  /** Notes how long the other end had between two pieces: what was meant, else what it was. */
  #notePause(meant: number): void {
    const ms = meant || Math.floor(performance.now() - (this.#sentAt ?? Infinity));
    if (ms > 0 && this.steps.at(-1)?.does === "send") this.steps.push({ does: "pause", ms });
  }

  /** An empty datagram is a message, too; an empty piece of a stream is nothing. */
  async #write(bytes: Uint8Array): Promise<void> {
    if (traitsOf(this.#channel.transport).messageBoundaries) await this.#channel.write(bytes);
    else await writeAll(this.#channel, bytes);
  }

  /** The time is stretched where this process was late itself: the bytes may lie there already. */
  async #wait(isEnough: () => boolean, ms: number): Promise<boolean> {
    let due = performance.now() + ms;
    let stretched = false;
    while (!isEnough()) {
      if (this.#over || this.#closed) return false;
      const late = performance.now() - due;
      if (late >= 0 && (stretched || late < LATE_MS)) {
        this.#lapsed = true;
        return false;
      }
      if (late >= 0) due += 2 * late;
      stretched = late >= 0;
      await settledWithin(this.#change.promise, Math.max(0, due - performance.now()));
    }
    return true;
  }

  async #readAll(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      while (true) {
        await this.#held?.promise;
        if (this.#received.length >= RECEIVED_MAX) break;
        const part = await this.#readPart(buffer);
        if (part === null) {
          if (!this.#closed) this.#end = "fin";
          break;
        }
        if (this.#firstSentAt !== undefined && !this.#halfClosed) {
          this.#firstAnswerMs ??= performance.now() - this.#firstSentAt;
        }
        this.messages.push(part);
        this.#answered ||= !this.#halfClosed;
        this.#received.push(part);
        this.#changed();
      }
    } catch (error) {
      // A TLS connection that ends without a close_notify has ended by a FIN all the same.
      if (!this.#closed) this.#end = isTruncation(error) ? "fin" : "reset";
    }
    this.#over = true;
    this.#changed();
  }

  async #readPart(buffer: Uint8Array): Promise<Uint8Array | null> {
    if (this.#channel.receive) return await this.#channel.receive();
    const count = await this.#channel.read(buffer);
    return count === null ? null : buffer.slice(0, count);
  }

  #leave(end: () => void): void {
    this.hold(false);
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.resolve();
    end();
    this.#changed();
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/** The first byte that differs, the shorter length where one is the beginning of the other; undefined when they are equal. */
export function firstDifference(expected: Uint8Array, received: Uint8Array): number | undefined {
  const at = commonLength(expected, received);
  return at === expected.length && at === received.length ? undefined : at;
}
