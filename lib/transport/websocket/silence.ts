/**
 * Finds a peer that is gone without a word. A wait for it that is too long is first answered with a ping, and then the end.
 * While nothing waits for the peer, its silence means nothing.
 *
 * @module
 */

import { PING_MS, PONG_MS } from "../limits.ts";

/** Watches the waits for one peer. One timer is set again only when it fires: a message costs a reading of the clock. */
export class SilenceWatch {
  readonly #ping: () => void;
  readonly #fail: (why: Error) => void;
  /** When the wait under way began, in milliseconds of `performance.now()`; undefined between waits. */
  #since: number | undefined;
  /** A ping was sent in this wait. */
  #pinged = false;
  #timer: ReturnType<typeof setTimeout>;

  /** Starts to watch. */
  constructor(ping: () => void, fail: (why: Error) => void) {
    this.#ping = ping;
    this.#fail = fail;
    this.#timer = this.#checkIn(PING_MS);
  }

  /** A wait begins. */
  begin(): void {
    this.#since = performance.now();
    this.#pinged = false;
  }

  /** The peer sent something. */
  end(): void {
    this.#since = undefined;
  }

  /** Stops watching. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #check(): void {
    const silence = this.#since === undefined ? 0 : performance.now() - this.#since;
    const limit = this.#pinged ? PING_MS + PONG_MS : PING_MS;
    if (silence >= limit && this.#pinged) return this.#fail(new Error(`no answer to a ping in ${PONG_MS / 1000} s`));
    if (silence >= limit) {
      this.#pinged = true;
      this.#ping();
    }
    this.#timer = this.#checkIn(silence >= limit ? PONG_MS : Math.max(limit - silence, 1));
  }

  #checkIn(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#check(), ms);
  }
}
