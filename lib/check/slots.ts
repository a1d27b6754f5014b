/**
 * Slots for cases: some run at the same time, others alone.
 *
 * @module
 */

/** How many there are: a case takes as many as it has clients, and one that runs alone all of them. */
const SLOTS = 40;

/** Slots that even a case with one client takes, so that eight cases at most run at the same time. */
const SLOTS_MIN = 5;

/** Hands out slots, first come, first served: a case that waits to run alone is not overtaken for ever. */
export class Slots {
  #free = SLOTS;
  readonly #waiting: { readonly slots: number; readonly start: () => void }[] = [];

  /** Acts when so many clients have room beside those that are there; with `Infinity` it acts alone. */
  async take<T>(clients: number, act: () => Promise<T>): Promise<T> {
    const slots = Math.min(SLOTS, Math.max(SLOTS_MIN, clients));
    await new Promise<void>((start) => {
      this.#waiting.push({ slots, start });
      this.#next();
    });
    try {
      return await act();
    } finally {
      this.#free += slots;
      this.#next();
    }
  }

  #next(): void {
    for (let first; (first = this.#waiting[0]) && first.slots <= this.#free;) {
      this.#waiting.shift();
      this.#free -= first.slots;
      first.start();
    }
  }
}
