/**
 * Numbers and counts the connections of a server. Counters of several threads share one memory, so that no number is given
 * twice and `--max-connections` holds for all workers together.
 *
 * @module
 */

import { MAX_WORKERS } from "./limits.ts";

/** Where the counts stand in the memory; the last are the open connections of each thread. */
const NUMBERS = 0, OPEN = 1, MOST = 2, THREADS = 3;

/** The size of the memory. */
const BYTES = (THREADS + MAX_WORKERS) * Uint32Array.BYTES_PER_ELEMENT;

/** Numbers connections and bounds how many are open. */
export class ConnectionCounter {
  /** The counts, for the counter of another thread. */
  readonly memory: SharedArrayBuffer;
  readonly #counts: Uint32Array;

  readonly #own: number;

  /** Opens the counter of a thread, which has a number from 0; default: one with a memory of its own. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES), thread = 0) {
    this.memory = memory;
    this.#own = THREADS + thread;
    this.#counts = new Uint32Array(memory);
  }

  /** Bounds the limits of all threads by the connections open now plus so many, at least 1; returns that bound. */
  lower(more: number): number {
    const most = Math.max(1, Atomics.load(this.#counts, OPEN) + more);
    Atomics.store(this.#counts, MOST, most);
    return most;
  }

  /** A limit as it was lowered, if it was. */
  lowered(limit: number): number {
    return Math.min(limit, Atomics.load(this.#counts, MOST) || Infinity);
  }

  /** The number of the next connection, from 1; after 2^32 connections it begins again. */
  number(): number {
    return Atomics.add(this.#counts, NUMBERS, 1) + 1;
  }

  /**
   * Takes a slot, for which {@linkcode leave} follows once; false when as many as the limit are taken. The limit is compared
   * before anything is added: a refused connection takes no slot even for a moment.
   */
  enter(limit: number): boolean {
    while (true) {
      const open = Atomics.load(this.#counts, OPEN);
      if (open >= limit) return false;
      if (Atomics.compareExchange(this.#counts, OPEN, open, open + 1) !== open) continue;
      Atomics.add(this.#counts, this.#own, 1);
      return true;
    }
  }

  /** Frees a slot. */
  leave(): void {
    Atomics.sub(this.#counts, this.#own, 1);
    Atomics.sub(this.#counts, OPEN, 1);
  }

  /** Frees the slots of a thread that has died; how many they were. */
  leaveAll(thread: number): number {
    const open = Atomics.exchange(this.#counts, THREADS + thread, 0);
    Atomics.sub(this.#counts, OPEN, open);
    return open;
  }
}
