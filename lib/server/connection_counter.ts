/**
 * Where clients are numbered and counted. A server has a desk of its own; servers in several threads share one, so that no
 * number is given twice and the limit holds for all of them together.
 *
 * @module
 */

/** Counts those who come and go. */
export interface Desk {
  /** The number of the next client, from 1; none is given twice. */
  number(): number;
  /**
   * Lets one in, unless there are so many already.
   *
   * @param limit clients at a time
   * @returns whether it is in; then {@linkcode leave} follows once
   */
  enter(limit: number): boolean;
  /** One who was let in is gone. */
  leave(): void;
}

/** The desk of one server. */
export class OwnDesk implements Desk {
  #numbers = 0;
  #inside = 0;

  /** The next number. */
  number(): number {
    return ++this.#numbers;
  }

  /** Lets one in while there is room. */
  enter(limit: number): boolean {
    if (this.#inside >= limit) return false;
    this.#inside++;
    return true;
  }

  /** Makes room. */
  leave(): void {
    this.#inside--;
  }
}

/** Where the counters of a shared desk are. */
const NUMBERS = 0, INSIDE = 1;

/** A desk in memory that threads share. */
export class SharedDesk implements Desk {
  /** What makes another thread's desk the same one. */
  readonly memory: SharedArrayBuffer;
  /** A busy server has counted to the end of 32 bits in days. */
  readonly #counters: BigInt64Array;

  /**
   * Opens a desk.
   *
   * @param memory of a desk that exists; default: a new one
   */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#counters = new BigInt64Array(memory);
  }

  /** The next number. */
  number(): number {
    return Number(Atomics.add(this.#counters, NUMBERS, 1n)) + 1;
  }

  /** Lets one in while there is room. Compared before it is counted: who is turned away takes nobody's place, not even for a moment. */
  enter(limit: number): boolean {
    while (true) {
      const inside = Atomics.load(this.#counters, INSIDE);
      if (inside >= limit) return false;
      if (Atomics.compareExchange(this.#counters, INSIDE, inside, inside + 1n) === inside) return true;
    }
  }

  /** Makes room. */
  leave(): void {
    Atomics.sub(this.#counters, INSIDE, 1n);
  }
}
