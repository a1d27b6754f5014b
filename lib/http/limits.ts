/**
 * Limits on the memory that a peer can make the other side use.
 *
 * @module
 */

/** Most bytes of one head (or trailer section). The limits of browsers and servers are between 8 KiB and 256 KiB. */
export const HEAD_LIMIT = 64 * 1024;

/** Most bytes of one request line with its end, and of an empty line before it. RFC 9112 section 3 asks for 8000. */
export const REQUEST_LINE_LIMIT = 8 * 1024;

/** Most fields of one head. */
export const FIELD_LIMIT = 200;

/** Most bytes of one chunk-size line: a size has at most 16 digits, the rest is extensions, hardly ever used. */
export const CHUNK_LINE_LIMIT = 4 * 1024;

/** Most interim answers (1xx) before the final one; a server that sends more is not going to send one. */
export const INTERIM_LIMIT = 20;
