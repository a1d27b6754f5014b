/**
 * Numbers of the download loop.
 *
 * @module
 */

/** Redirects that are followed: more than any site needs, fewer than anyone waits for. */
export const MAX_REDIRECTS = 10;

/** Milliseconds without a byte before a server counts as dead. */
export const IDLE_MS = 30_000;

/** First and longest pause, in milliseconds, between attempts. */
export const BACKOFF_MS: { readonly first: number; readonly longest: number } = { first: 500, longest: 10_000 };

/** Statuses that say "not now" rather than "no" (RFC 9110 section 15, RFC 6585). */
export const RETRY_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Milliseconds that a Retry-After field may make us wait. */
export const RETRY_AFTER_MAX_MS = 60_000;
