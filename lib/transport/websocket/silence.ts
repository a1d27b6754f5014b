/**
 * Detects a peer that vanished: after PING_MS in which no byte moved a ping is sent, and PONG_MS after it went out the connection
 * fails. While nothing is read from the peer, its silence means nothing; `look` is called now and then to read all the same.
 *
 * @module
 */

import { LOOK_MS, PING_MS, PONG_MS } from "../limits.ts";

/** Watches the waits for one peer. One timer is set again only when it fires: a message costs a reading of the clock. */
export class SilenceWatch {
  readonly #ping: () => Promise<void>;
  readonly #fail: (why: Error) => void;
  /** When the wait under way began, or bytes last went out in it, in milliseconds of `performance.now()`. */
  #since: number | undefined;
  /** A ping was sent in this wait. */
  #pinged = false;
  #timer = setTimeout(() => this.#check(), PING_MS);
  readonly #looks: ReturnType<typeof setInterval>;

  /** Starts to watch. */
  constructor(ping: () => Promise<void>, look: () => void, fail: (why: Error) => void) {
    this.#ping = ping;
    this.#fail = fail;
    this.#looks = setInterval(look, LOOK_MS);
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

  /** The peer took bytes. That a ping was taken is no sign of life. */
  touch(): void {
    if (this.#since !== undefined && !this.#pinged) this.#since = performance.now();
  }

  /** Stops watching. */
  stop(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#looks);
  }

  #check(): void {
    const silence = this.#since === undefined ? 0 : performance.now() - this.#since;
    const rest = (this.#pinged ? PONG_MS : PING_MS) - silence;
    if (rest <= 0 && this.#pinged) return this.#fail(new Error(`no answer to a ping in ${PONG_MS / 1000} s`));
    if (rest <= 0) void this.#sendPing();
    this.#timer = setTimeout(() => this.#check(), rest <= 0 ? PONG_MS : Math.max(rest, 1));
  }

  /** The time for the answer begins when the ping is written: it may wait behind a long message. */
  async #sendPing(): Promise<void> {
    this.#pinged = true;
    this.#since = performance.now();
    await this.#ping();
    if (this.#pinged) this.#since = performance.now();
  }
}
