/**
 * One relayed connection: the client is a {@linkcode Peer} of the server, the target a channel of our own.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Dir } from "../events.ts";
import type { EndDetails, ModeContext, Peer } from "../server/mode.ts";
import { longestMessage } from "../server/message_limits.ts";
import { type ReadingContext, readToEnd } from "../server/reading.ts";
import type { Address } from "../transport/address.ts";
import { type Channel, resetChannel } from "../transport/channel.ts";
import { endOf, isReset, tooLong } from "../transport/failure.ts";
import { lingerClose } from "../transport/linger.ts";
import { traitsOf } from "../transport/mod.ts";
import { settledWithin } from "../wait.ts";

/** Milliseconds that a target without ends (UDP) has for its answers, after the client's end. */
const ANSWER_MS = 1_000;

/** What both sides of a connection say to each other. */
export class Flow {
  /** Which side ended first, and how. */
  first: Pick<EndDetails, "by" | "how"> | undefined;
  /** Bytes that the client has sent to the target. */
  up = 0;
  /** Bytes that came back. */
  down = 0;
  readonly #peer: Peer;
  readonly #context: ModeContext;
  readonly #reading: ReadingContext;
  /** Gives up dialling. */
  readonly #stop = new AbortController();
  /** Undefined until the target has been reached. */
  #target: Channel | undefined;
  /** Bytes of the longest message that each side takes, where it has messages. */
  #max = { up: Infinity, down: Infinity };
  /** Settles when the target sends no more, and all that it sent has been passed on. */
  readonly #targetEnded = Promise.withResolvers<void>();
  #ends = { up: false, down: false };
  #closed = false;

  /** Makes the flow of a client; the read buffers are shared by all. */
  constructor(peer: Peer, context: ModeContext, reading: ReadingContext) {
    this.#peer = peer;
    this.#context = context;
    this.#reading = reading;
  }

  /** Reaches the target; where that fails, the client is reset. Never rejects. */
  async connect(address: Address): Promise<void> {
    try {
      const { serverName } = this.#peer;
      const target = await this.#context.dial(address, { serverName, signal: this.#stop.signal });
      if (this.#closed) return target.close();
      this.#target = target;
      this.#max = { up: longestMessage(target), down: this.#peer.messageMax };
      void this.#readTarget(target);
    } catch (error) {
      if (this.#closed) return;
      this.note("down", "unreachable");
      const { id, address: peer } = this.#peer;
      const kind = error instanceof SockeyeError ? error.kind : "connect";
      void this.#context.report({ event: "error", id, peer, kind, message: messageOf(error) });
      this.#peer.reset("the target was not reached");
    }
  }

  /** Passes on what the client sent. */
  passUp(bytes: Uint8Array): void | Promise<void> {
    const target = this.#target;
    if (!target) return;
    const passed = this.#write(target, bytes);
    this.up += bytes.length;
    this.#show("up", bytes, this.#peer.messageBoundaries);
    return passed;
  }

  /** The client has ended its half: so do we with the target, and wait for the target's end. */
  async endUp(): Promise<void> {
    const target = this.#target;
    if (!target) return;
    await target.closeWrite().catch((error) => this.#targetFailed(error));
    const { connectionless } = traitsOf(target.transport);
    if (connectionless) await settledWithin(this.#targetEnded.promise, ANSWER_MS);
    else await this.#targetEnded.promise;
  }

  /** A side sends no more. */
  ended(dir: Dir): void {
    this.note(dir, "fin");
    const { id, address: peer } = this.#peer;
    void this.#context.report({ event: "half-close", id, peer, dir });
  }

  /** Notes an end; the first one is reported. */
  note(by: Dir, how: NonNullable<EndDetails["how"]>): void {
    this.first ??= { by, how };
    if (how === "fin") this.#ends[by] = true;
  }

  /**
   * The client is gone: so is the target. What was cut off on one side is reset on the other.
   *
   * @returns settles when the target's connection is closed
   */
  async close(cause: unknown): Promise<void> {
    this.#closed = true;
    this.#targetEnded.resolve();
    if (cause !== undefined) this.note("up", isReset(cause) ? "reset" : "lost");
    const target = this.#target;
    if (!target) return this.#stop.abort(new SockeyeError("session", "The client is gone"));
    if (cause !== undefined) resetChannel(target);
    else if (this.#ends.up && this.#ends.down) target.close();
    else await lingerClose(target);
  }

  async #readTarget(target: Channel): Promise<void> {
    try {
      await readToEnd(target, (bytes) => this.#passDown(target, bytes), this.#reading);
      if (this.#closed) return;
      this.ended("down");
      await this.#peer.endHalf();
    } catch (error) {
      this.#targetFailed(error);
    }
    this.#targetEnded.resolve();
  }

  #passDown({ receive }: Channel, bytes: Uint8Array): void | Promise<void> {
    const passed = receive || bytes.length <= this.#max.down ? this.#peer.send(bytes) : this.#sendParts(bytes);
    this.down += bytes.length;
    this.#show("down", bytes, receive !== undefined);
    return passed;
  }

  /** A stream becomes messages that are not too long. */
  async #sendParts(bytes: Uint8Array): Promise<void> {
    for (const part of partsOf(bytes, this.#max.down)) await this.#peer.send(part);
  }

  async #write(target: Channel, bytes: Uint8Array): Promise<void> {
    try {
      if (target.receive) return await this.#writeMessages(target, bytes);
      for (let at = bytes.length > 0 ? await target.write(bytes) : 0; at < bytes.length;) {
        at += await target.write(bytes.subarray(at));
      }
    } catch (error) {
      // What the target said before it broke the connection is still to be read, and the failure comes after it.
      if (this.#ends.down) this.#targetFailed(error);
    }
  }

  async #writeMessages(target: Channel, bytes: Uint8Array): Promise<void> {
    if (bytes.length <= this.#max.up) await target.write(bytes);
    else if (this.#peer.messageBoundaries) this.#leftOut(bytes.length);
    else for (const part of partsOf(bytes, this.#max.up)) await target.write(part);
  }

  #leftOut(length: number): void {
    const { id, address: peer } = this.#peer;
    const { kind, message } = tooLong(length, this.#max.up);
    void this.#context.report({ event: "error", id, peer, kind, message });
  }

  /** What cuts the target off cuts the client off, too. */
  #targetFailed(error: unknown): void {
    if (this.#closed) return;
    this.note("down", isReset(error) ? "reset" : "lost");
    this.#peer.reset(`the target: ${endOf(error)}`);
  }

  #show(dir: Dir, data: Uint8Array, whole: boolean): void {
    const { id, address: peer } = this.#peer;
    const event = dir === "up" ? "send" : "recv";
    void this.#context.traffic?.({ event, id, peer, dir, data, ...(whole && { whole }) });
  }
}

function* partsOf(bytes: Uint8Array, max: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += max) yield bytes.subarray(at, at + max);
}
