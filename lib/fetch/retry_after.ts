/**
 * The pause that a server asks for (RFC 9110 section 10.2.3).
 *
 * @module
 */

import { readDate } from "../http/date.ts";
import { RETRY_AFTER_MAX_MS } from "./limits.ts";

/**
 * Reads a Retry-After: a number of seconds, or a date by the server's clock.
 *
 * @param date the Date of the answer, if it has one
 * @returns milliseconds; 0 for anything else
 */
export function pauseOf(retryAfter: string, date: string | undefined): number {
  const now = readDate(date ?? "") ?? Date.now();
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : (readDate(retryAfter) ?? now) - now;
  return Math.min(Math.max(0, ms), RETRY_AFTER_MAX_MS);
}
