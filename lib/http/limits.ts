/**
 * How much of a message is kept in memory, whatever the peer sends.
 *
 * @module
 */

/** Bytes of one head (or trailer section). Browsers and servers stop between 8 KiB and 256 KiB. */
export const HEAD_LIMIT = 64 * 1024;

/** Bytes of one request line with its end, and of an empty line before it. RFC 9112 section 3 asks for 8000. */
export const REQUEST_LINE_LIMIT = 8 * 1024;

/** Fields of one head. */
export const FIELD_LIMIT = 200;

/** Bytes of one chunk-size line: a size has 16 digits at most, the rest is extensions that nobody uses. */
export const CHUNK_LINE_LIMIT = 4 * 1024;

/** Interim answers (1xx) before the real one; a server that sends more is not going to answer. */
export const INTERIM_LIMIT = 20;
