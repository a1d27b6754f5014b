/**
 * What this server has sent: what has not come back yet, and what came back a moment ago and may not have come elsewhere.
 *
 * @module
 */

import type { Deed } from "../modes/chat/bus.ts";
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

/** Milliseconds that a server which lost its way has to come back and say what it missed. */
const RECENT_MS = 10_000;

/** Bytes of messages that are remembered for it. */
const RECENT_LIMIT = 1024 * 1024;

/** What came back a moment ago. */
export class Recent {
  #list: Sent[] = [];
  #size = 0;

  /** Something came back. */
  add(sent: Sent): void {
    this.#list.push(sent);
    this.#size += sent.size;
    // Half of it at once: to take away one after the other would cost as much each time.
    if (this.#size > RECENT_LIMIT) this.#keep(this.#list.slice(this.#list.length >> 1));
  }

  /** Forgets what came back long ago. */
  trim(): void {
    const now = performance.now();
    const first = this.#list.findIndex(({ at }) => now - at < RECENT_MS);
    if (first !== 0) this.#keep(first < 0 ? [] : this.#list.slice(first));
  }

  /**
   * What somebody missed; each message is given once.
   *
   * @param first the number of the first one
   * @param last the number of the last one
   */
  take(first: number, last: number): Sent[] {
    const isMissed = ({ n }: Sent) => n >= first && n <= last;
    const missed = this.#list.filter(isMissed);
    if (missed.length > 0) this.#keep(this.#list.filter((sent) => !isMissed(sent)));
    return missed;
  }

  #keep(list: Sent[]): void {
    this.#list = list;
    this.#size = list.reduce((sum, { size }) => sum + size, 0);
  }
}
