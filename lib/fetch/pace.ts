/**
 * Limits the rate of a stream.
 *
 * @module
 */

import { wait } from "../wait.ts";

/** Delays a stream so that its mean rate since the start stays below a limit; time that was lost may be made up for. */
export class Pace {
  readonly #rate: number;
  readonly #start = performance.now();
  /** Bytes since the start. */
  #passed = 0;

  /**
   * Starts the clock.
   *
   * @param rate bytes a second
   */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /**
   * Waits until the stream is no longer ahead of its rate.
   *
   * @param bytes number of bytes that passed since the last call
   * @param signal ends the wait; its reason is thrown
   */
  async wait(bytes: number, signal?: AbortSignal): Promise<void> {
    this.#passed += bytes;
    const due = this.#start + (this.#passed / this.#rate) * 1000;
    const ms = due - performance.now();
    if (ms > 0) await wait(ms, signal);
  }
}
