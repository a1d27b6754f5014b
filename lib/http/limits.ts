/**
 * Limits on the memory that a peer can make the other side use.
 *
 * @module
 */

/** Most bytes of the head of a request, or of the answer to a WebSocket handshake. Servers have between 8 and 64 KiB. */
export const HEAD_LIMIT = 64 * 1024;

/** Most bytes of the head (or trailer section) of an answer: as many as Chromium takes. */
export const RESPONSE_HEAD_LIMIT = 256 * 1024;

/** Most bytes of one request line with its end, and of an empty line before it. RFC 9112 section 3 asks for 8000. */
export const REQUEST_LINE_LIMIT = 8 * 1024;

/** Most fields of the head of a request, or of the answer to a WebSocket handshake. */
export const FIELD_LIMIT = 200;

/** Most fields of an answer. Some send a cookie for each of a hundred products; more is an attack. */
export const RESPONSE_FIELD_LIMIT = 1000;

/** Most bytes of one chunk-size line: a size has at most 16 digits, the rest is extensions, hardly ever used. */
export const CHUNK_LINE_LIMIT = 4 * 1024;

/**
 * Interim answers (1xx) before the final one that count as a sign of life and are shown. Those beyond it neither renew the
 * wait for the final answer nor are kept, so that a server which sends nothing else does not delay the command.
 */
export const INTERIM_LIMIT = 20;
