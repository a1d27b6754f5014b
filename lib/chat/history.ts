/**
 * The last lines of a room, for those who come later.
 *
 * @module
 */

/**
 * Characters that are kept at most, however few lines they are: written in any encoding they fit into a newcomer's outbox.
 * (The longest form of a character that an encoding lacks, `\u4f60`, has six bytes.)
 */
const HISTORY_LIMIT = 64 * 1024;

/** Where lines outlive the server. */
export interface Store {
  /**
   * The lines that are there.
   *
   * @param count how many at most
   * @returns the last ones, the oldest first
   */
  last(count: number): readonly string[];
  /**
   * Keeps lines; nobody waits for it.
   *
   * @param lines in their order
   */
  add(lines: readonly string[]): void;
}

/** Remembers lines. */
export class History {
  readonly #limit: number;
  readonly #store: Store | undefined;
  readonly #lines: string[] = [];
  #length = 0;

  /**
   * Begins with what is in the store.
   *
   * @param limit how many lines are kept in memory
   * @param store keeps all of them
   */
  constructor(limit: number, store?: Store) {
    this.#limit = limit;
    if (store && limit > 0) this.add(store.last(limit));
    this.#store = store;
  }

  /** The lines, the oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /**
   * Remembers lines and forgets the oldest.
   *
   * @param lines in their order
   */
  add(lines: readonly string[]): void {
    this.#store?.add(lines);
    if (this.#limit === 0) return;
    for (const line of lines) {
      // One that would leave no room for others is no good history.
      if (line.length > HISTORY_LIMIT) continue;
      this.#lines.push(line);
      this.#length += line.length;
    }
    let old = 0;
    while (this.#lines.length - old > this.#limit || this.#length > HISTORY_LIMIT) {
      this.#length -= this.#lines[old++]?.length ?? 0;
    }
    this.#lines.splice(0, old);
  }
}
