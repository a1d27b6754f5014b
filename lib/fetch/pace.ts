/**
 * Keeps a stream to a rate.
 *
 * @module
 */

import { wait } from "../wait.ts";

/** Counts what passed and waits until it may have passed. */
export class Pace {
  readonly #rate: number;
  readonly #start = performance.now();
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
   * Waits as long as the stream is ahead of its rate.
   *
   * @param bytes that passed since the last call
   * @param signal ends the wait; its reason is thrown
   */
  async wait(bytes: number, signal?: AbortSignal): Promise<void> {
    this.#passed += bytes;
    const due = this.#start + (this.#passed / this.#rate) * 1000;
    const ms = due - performance.now();
    if (ms > 0) await wait(ms, signal);
  }
}
