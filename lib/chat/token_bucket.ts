/**
 * Token buckets: messages of a member take tokens, which are refilled over time, up to the burst.
 *
 * @module
 */

/** How fast tokens come back, and how many a full bucket has. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** Seconds of silence that are saved up when no burst was given. */
const BURST_SECONDS = 3;

/** The largest number that makes sense as a limit. */
const RATE_MAX = 100_000;

/**
 * Reads a rate of messages such as `5` or `5:20`: messages a second, and the size of a burst.
 *
 * @throws {Error} with the expected form as its message
 */
export function asMessageRate(text: string): Rate {
  const [, rate, burst] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
  const perSecond = Number(rate);
  const fits = (number: number) => number >= 1 && number <= RATE_MAX;
  if (fits(perSecond) && fits(Number(burst ?? 1))) {
    return { perSecond, burst: burst === undefined ? perSecond * BURST_SECONDS : Number(burst) };
  }
  throw new Error("expected messages a second such as 5, or with a burst 5:20");
}

/** The tokens of one member. */
export class TokenBucket {
  #tokens: number;
  /** When `#tokens` was right, in milliseconds of `performance.now()`. */
  #at = performance.now();

  /** Begins full. */
  constructor(readonly rate: Rate) {
    this.#tokens = rate.burst;
  }

  /** Takes tokens, on credit of at most a burst; gives the milliseconds until they are earned, 0 when they were there. */
  take(count = 1): number {
    const { perSecond, burst } = this.rate;
    const now = performance.now();
    const tokens = Math.min(burst, this.#tokens + (now - this.#at) / 1000 * perSecond);
    this.#tokens = Math.max(-burst, tokens - count);
    this.#at = now;
    return Math.max(0, -this.#tokens / perSecond * 1000);
  }
}
