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

/** Remembers lines. */
export class History {
  readonly #limit: number;
  readonly #lines: string[] = [];
  #length = 0;

  /**
   * Begins with none.
   *
   * @param limit how many lines are kept
   */
  constructor(limit: number) {
    this.#limit = limit;
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
