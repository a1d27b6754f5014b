/**
 * Time for tests: a turn of the event loop, and a clock that is moved by hand.
 *
 * @module
 */

/** Taken before a {@linkcode FakeClock} may stand in their place. */
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;

/** One turn of the event loop: every promise that can settle without the outside world has settled after it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void realSetTimeout(resolve, 0));
}

/** Whether a promise has settled, after {@linkcode turn}. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => void (settled = true);
  promise.then(note, note);
  await turn();
  return settled;
}

/** Stands in for setTimeout, clearTimeout and performance.now until it is disposed of. Not for tests with sockets. */
export class FakeClock implements Disposable {
  readonly #timers = new Map<number, { at: number; act: () => void }>();
  readonly #now = performance.now;
  #time = 1_000_000;
  #lastId = 1_000_000_000;

  constructor() {
    globalThis.setTimeout = ((act: () => void, ms = 0) => {
      this.#timers.set(++this.#lastId, { at: this.#time + ms, act });
      return this.#lastId;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = (id) => void (this.#timers.delete(Number(id)) || realClearTimeout(id));
    performance.now = () => this.#time;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass: timers that are due fire in their order, and what waits for them goes on. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    await turn();
    while (true) {
      const [next] = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (!next) break;
      this.#time = Math.max(this.#time, next[1].at);
      this.#timers.delete(next[0]);
      next[1].act();
      await turn();
    }
    this.#time = end;
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = realSetTimeout;
    globalThis.clearTimeout = realClearTimeout;
    performance.now = this.#now;
  }
}
