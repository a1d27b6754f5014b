/**
 * How long a soak goes on: `SOAK_SECONDS` seconds, eight by default, to see that it works.
 */

const SOAK_MS = Number(Deno.env.get("SOAK_SECONDS") ?? 8) * 1_000;

/** A program of a soak that has not ended by then never will. */
export const PATIENCE_MS: number = SOAK_MS + 60_000;

/** Numbers rounds from 1 until the time is over; there are at least so many. */
export function* rounds(least = 1): Generator<number> {
  const end = performance.now() + SOAK_MS;
  for (let round = 1; round <= least || performance.now() < end; round++) yield round;
}
