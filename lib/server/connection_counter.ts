/**
 * Numbers and counts the connections of a server. Counters of several threads share one memory, so that no number is given
 * twice and `--max-connections` holds for all workers together.
 *
 * @module
 */

/** Where the counts stand in the memory. */
const NUMBERS = 0, OPEN = 1, MOST = 2;

/** Numbers connections and bounds how many are open. */
export class ConnectionCounter {
  /** The counts, for the counter of another thread. */
  readonly memory: SharedArrayBuffer;
  readonly #counts: Uint32Array;

  /** Opens a counter; default: one with a memory of its own. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(3 * Uint32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#counts = new Uint32Array(memory);
  }

  /** Bounds the limits of all threads by what is open now and so many more, at least 1; gives that bound. */
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
      if (Atomics.compareExchange(this.#counts, OPEN, open, open + 1) === open) return true;
    }
  }

  /** Frees a slot. */
  leave(): void {
    Atomics.sub(this.#counts, OPEN, 1);
  }
}
