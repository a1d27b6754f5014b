/** Time for tests: a turn of the event loop, and a clock that is moved by hand. */

/** Taken before a {@linkcode FakeClock} may stand in their place. */
const {
  setTimeout: realSetTimeout,
  clearTimeout: realClearTimeout,
  setInterval: realSetInterval,
  clearInterval: realClearInterval,
} = globalThis;

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

interface Timer {
  at: number;
  readonly act: () => void;
  /** Milliseconds until it fires again; undefined for one that fires once. */
  readonly every?: number;
}

/** Stands in for the timers and performance.now until it is disposed of. Not for tests with sockets. */
export class FakeClock implements Disposable {
  readonly #timers = new Map<number, Timer>();
  readonly #now = performance.now;
  #time = 1_000_000;
  #lastId = 1_000_000_000;

  constructor() {
    const once = (act: () => void, ms = 0) => this.#set({ at: this.#time + ms, act });
    const again = (act: () => void, ms = 0) => this.#set({ at: this.#time + ms, act, every: Math.max(1, ms) });
    globalThis.setTimeout = once as unknown as typeof setTimeout;
    globalThis.setInterval = again as unknown as typeof setInterval;
    globalThis.clearTimeout = (id) => void (this.#timers.delete(Number(id)) || realClearTimeout(id));
    globalThis.clearInterval = (id) => void (this.#timers.delete(Number(id)) || realClearInterval(id));
    performance.now = () => this.#time;
  }

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
      const [id, timer] = next;
      this.#time = Math.max(this.#time, timer.at);
      if (timer.every === undefined) this.#timers.delete(id);
      else timer.at += timer.every;
      timer.act();
      await turn();
    }
    this.#time = Math.max(this.#time, end);
  }

  /** Lets time pass while something is at work or the process stands still: what is due fires afterwards. */
  spend(ms: number): void {
    this.#time += ms;
  }

  #set(timer: Timer): number {
    this.#timers.set(++this.#lastId, timer);
    return this.#lastId;
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = realSetTimeout;
    globalThis.clearTimeout = realClearTimeout;
    globalThis.setInterval = realSetInterval;
    globalThis.clearInterval = realClearInterval;
    performance.now = this.#now;
  }
}
