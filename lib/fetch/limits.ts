/**
 * Limits and waits of the download loop.
 *
 * @module
 */

/** Redirects that are followed, as in browsers. Logins that set cookies on the way need about ten. */
export const MAX_REDIRECTS = 20;

/** Milliseconds without a byte before a server is taken for dead: a busy one may well think for ten seconds. */
export const IDLE_MS = 30_000;

/** First and longest pause between attempts, in milliseconds; each pause is twice the one before. */
export const BACKOFF_MS: { readonly first: number; readonly longest: number } = { first: 500, longest: 10_000 };

/** Statuses that may be gone at the next attempt (RFC 9110 section 15, RFC 6585, RFC 8470). */
export const RETRY_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Longest pause in milliseconds that a Retry-After field can ask for: a server must not stop a script for hours. */
export const RETRY_AFTER_MAX_MS = 60_000;

/**
 * Bytes from which a download counts as long, so that the user learns at its beginning if it cannot be continued: they
 * take 15 s at 10 Mbit/s. A body of unknown length is long once so many bytes have arrived. A notice for every body
 * would be noise, as most pages are short and have neither a length nor a version.
 */
export const LONG_BYTES: number = 16 * 1024 * 1024;

/**
 * Most milliseconds for which text is held back from a reader because its charset is not known yet. Browsers wait half a
 * second, but can show the page anew when they learn better.
 */
export const HOLD_MS: { readonly most: number } = { most: 2_000 };
