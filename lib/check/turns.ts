/**
 * Turns: cases that bear it run at the same time, others alone.
 *
 * @module
 */

/** What there is to share: a case takes as much of it as it has clients, and one that runs alone all of it. */
const PLACES = 40;

/** What even a case with one client takes, so that eight cases at most run at the same time. */
const LEAST = 5;

/** Hands out turns, first come, first served: a case that waits to run alone is not overtaken for ever. */
export class Turns {
  #free = PLACES;
  readonly #waiting: { readonly places: number; readonly start: () => void }[] = [];

  /** Acts when so many clients have room beside those that are there; with `Infinity` it acts alone. */
  async take<T>(clients: number, act: () => Promise<T>): Promise<T> {
    const places = Math.min(PLACES, Math.max(LEAST, clients));
    await new Promise<void>((start) => {
      this.#waiting.push({ places, start });
      this.#next();
    });
    try {
      return await act();
    } finally {
      this.#free += places;
      this.#next();
    }
  }

  #next(): void {
    for (let first; (first = this.#waiting[0]) && first.places <= this.#free;) {
      this.#waiting.shift();
      this.#free -= first.places;
      first.start();
    }
  }
}
