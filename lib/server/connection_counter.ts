/**
 * Numbers and counts the connections of a server. Workers share a counter, so that no number is given twice and
 * `--max-connections` holds for all of them together.
 *
 * @module
 */

/** Numbers connections and bounds how many are open. */
export interface ConnectionCounter {
  /** The number of the next connection, from 1. */
  number(): number;
  /**
   * Takes a slot, unless all are taken.
   *
   * @returns whether there was one; then {@linkcode leave} follows once
   */
  enter(limit: number): boolean;
  /** Frees a slot. */
  leave(): void;
}

/** The counter of a server in one thread. */
export class OwnCounter implements ConnectionCounter {
  #numbers = 0;
  #open = 0;

  /** The next number. */
  number(): number {
    return ++this.#numbers;
  }

  /** Takes a slot. */
  enter(limit: number): boolean {
    if (this.#open >= limit) return false;
    this.#open++;
    return true;
  }

  /** Frees a slot. */
  leave(): void {
    this.#open--;
  }
}

/** Where the counts stand in shared memory. */
const NUMBERS = 0, OPEN = 1;

/** A counter in memory that threads share. */
export class SharedCounter implements ConnectionCounter {
  /** The shared memory; pass it to the constructor in the other thread. */
  readonly memory: SharedArrayBuffer;
  readonly #counts: Uint32Array;

  /**
   * Opens a counter.
   *
   * @param memory of a counter that exists; default: a new one
   */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(2 * Uint32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#counts = new Uint32Array(memory);
  }

  /** The next number; after 2^32 connections it begins again. */
  number(): number {
    return Atomics.add(this.#counts, NUMBERS, 1) + 1;
  }

  /** Takes a slot. The limit is compared before anything is added: a refused connection takes no slot even for a moment. */
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
