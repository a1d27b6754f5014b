/** Compares measured numbers. */

import { assert } from "@std/assert";

/** Fails unless a number is at most `tolerance` from the one expected. */
export function assertNear(actual: number, expected: number, tolerance: number): void {
  assert(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}
