/**
 * The writing half of a WebSocket: frames go out whole, one after the other, and none after a close frame.
 *
 * @module
 */

import type { Channel } from "../channel.ts";
import type { Role } from "./frames.ts";
import { OPCODES, writeFrame } from "./write_frame.ts";

const EMPTY: Uint8Array = new Uint8Array();

/** Writes frames to a stream. */
export class FrameWriter {
  /** Settles when the frames that were handed over until now are written, or have failed. */
  written: Promise<void> = Promise.resolve();
  /** Whether a close frame was sent, or is about to be. */
  closed = false;
  readonly #inner: Channel;
  readonly #role: Role;
  readonly #onProgress: () => void;
  /** Frames that are neither written nor failed; with none, the next one is written without waiting for a promise. */
  #pending = 0;
  readonly #done = (): void => void this.#pending--;
  /** The payload of the last ping that was not answered yet: older ones need no answer (RFC 6455 section 5.5.3). */
  #pong: Uint8Array | undefined;

  /**
   * Begins with no frame.
   *
   * @param role our side: a client masks its frames (section 5.3)
   * @param onProgress called when the stream took bytes
   */
  constructor(inner: Channel, role: Role, onProgress: () => void) {
    this.#inner = inner;
    this.#role = role;
    this.#onProgress = onProgress;
  }

  /** Writes a frame after all that were handed over before; settles when the stream took all of it. */
  send(opcode: number, payload: Uint8Array): Promise<void> {
    return this.#enqueue(() => this.#write(opcode, payload));
  }

  /** Writes frames that are encoded already. */
  sendFrames(frames: Uint8Array): Promise<void> {
    return this.#enqueue(() => this.#writeAll(frames));
  }

  /** Asks the peer for a sign of life; settles when the ping is written, or cannot be. */
  async ping(): Promise<void> {
    if (!this.closed) await this.send(OPCODES.ping, EMPTY).catch(() => {}); // The next read or write fails as well.
  }

  /**
   * Answers a ping. Not to be awaited: two peers that answer each other's pings would wait for each other. One answer waits at
   * the most.
   */
  answerPing(payload: Uint8Array): void {
    const isWaiting = this.#pong !== undefined;
    this.#pong = payload;
    if (isWaiting || this.closed) return;
    this.#enqueue(async () => {
      const pong = this.#pong ?? EMPTY;
      this.#pong = undefined;
      if (!this.closed) await this.#write(OPCODES.pong, pong);
    }).catch(() => {}); // The next read or write fails as well.
  }

  /** Writes a close frame, the last one; settles when the stream took it. */
  close(payload: Uint8Array): Promise<void> {
    this.closed = true;
    return this.send(OPCODES.close, payload);
  }

  #enqueue(write: () => Promise<void>): Promise<void> {
    const written = this.#pending++ === 0 ? write() : this.written.then(write);
    this.written = written.then(this.#done, this.#done); // The caller sees a failure.
    return written;
  }

  #write(opcode: number, payload: Uint8Array): Promise<void> {
    const mask = this.#role === "client" ? crypto.getRandomValues(new Uint8Array(4)) : undefined;
    return this.#writeAll(writeFrame(opcode, payload, mask));
  }

  async #writeAll(frames: Uint8Array): Promise<void> {
    for (let at = 0; at < frames.length;) {
      at += await this.#inner.write(at === 0 ? frames : frames.subarray(at));
      this.#onProgress();
    }
  }
}
