/**
 * How the cost of an input grows with its length.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/** How much longer the inputs are than the shortest one. */
const TIMES = [1, 2, 4, 8];

/** Costs of the longest against the shortest: 8 where the cost is linear, 64 where it is quadratic. */
const RATIO_MAX = 24;

/** Tries, of which the fastest of each length counts: others use the machine, and what is linear is so once they do not. */
const TRIES = 60;

/** Milliseconds that count as nothing: how long a clock and a collection of garbage may take by themselves. */
const NOISE_MS = 0.5;

/**
 * Asserts that the cost of something grows no faster than its input.
 *
 * @param work takes an input of so many units
 * @param units of the shortest input; eight times as many must cost a quadratic algorithm far more than 12 ms, and a linear
 * one no more than some milliseconds, in which it is hardly interrupted
 */
export async function assertLinear(what: string, work: (units: number) => unknown, units: number): Promise<void> {
  const best = TIMES.map(() => Infinity);
  for (let tries = 0; tries < TRIES; tries++) {
    for (const [at, times] of TIMES.entries()) {
      const start = performance.now();
      await work(units * times);
      best[at] = Math.min(best[at]!, performance.now() - start);
    }
    if (best.at(-1)! < RATIO_MAX * Math.max(best[0]!, NOISE_MS)) return;
  }
  throw new AssertionError(`${what}: ${best.map((ms) => ms.toFixed(2)).join(", ")} ms for ${TIMES} times ${units}`);
}
