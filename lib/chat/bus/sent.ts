/**
 * What this server has sent and has not come back yet.
 *
 * @module
 */

import type { Deed } from "./contract.ts";
import type { Body } from "./wire.ts";

/** One message on its way. */
export interface Sent {
  /** Its number. */
  readonly n: number;
  /** Its time, by the clock of the servers. */
  readonly c: number;
  /** What it says. */
  readonly body: Body;
  /** What happens when it comes back. */
  readonly deed: Deed | undefined;
  /** Milliseconds of `performance.now()` when it was sent. */
  readonly at: number;
  /** Its bytes. */
  readonly size: number;
}

/** The queue. */
export class SentQueue {
  readonly #queue: Sent[] = [];

  /** The oldest. */
  get first(): Sent | undefined {
    return this.#queue[0];
  }

  /** When the oldest was sent; Infinity when nothing is on its way. */
  get since(): number {
    return this.#queue[0]?.at ?? Infinity;
  }

  /** Something was sent. */
  push(sent: Sent): void {
    this.#queue.push(sent);
  }

  /**
   * A message came back.
   *
   * @param n its number
   * @returns all that were sent until then, itself the last; those before it did not come. None when it is not on its way
   */
  take(n: number): Sent[] {
    return this.#queue.splice(0, this.#queue.findIndex((sent) => sent.n === n) + 1);
  }

  /** Nothing more comes back. */
  drain(): Sent[] {
    return this.#queue.splice(0);
  }
}
