/**
 * How much one person may say: a token bucket. Each message takes a token; tokens come back with time, up to the burst.
 *
 * @module
 */

/** How often somebody may speak. */
export interface Rate {
  /** Messages a second in the long run. */
  readonly perSecond: number;
  /** Messages that may come at once. */
  readonly burst: number;
}

/** Seconds of silence that are saved up when no burst was given. */
const BURST_SECONDS = 3;

/** The most messages a second that make sense as a limit. */
const RATE_MAX = 100_000;

/**
 * Reads a rate.
 *
 * @param text `5` or `5:20`: messages a second, and how many may come at once
 * @returns the rate; without a burst what three seconds bring
 * @throws {Error} what was expected
 */
export function asMessageRate(text: string): Rate {
  const [, rate, burst] = /^(\d+)(?::(\d+))?$/.exec(text)?.map(Number) ?? [];
  const whole = { perSecond: rate ?? 0, burst: burst || (rate ?? 0) * BURST_SECONDS };
  if (whole.perSecond < 1 || Math.max(whole.perSecond, whole.burst) > RATE_MAX) {
    throw new Error("expected messages a second such as 5, or with a burst 5:20");
  }
  return whole;
}

/** One person's tokens. */
export class Allowance {
  readonly #rate: Rate;
  #tokens: number;
  #at = performance.now();

  /**
   * Begins with a full burst.
   *
   * @param rate how they come back
   */
  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /**
   * Takes a token, on credit if there is none.
   *
   * @returns milliseconds to wait until the message may be said; 0 = now
   */
  take(): number {
    const { perSecond, burst } = this.#rate;
    const now = performance.now();
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#at) / 1000 * perSecond) - 1;
    this.#at = now;
    return Math.max(0, -this.#tokens / perSecond * 1000);
  }
}
