/**
 * How long a client's conversation waits for more data.
 *
 * @module
 */

/** Milliseconds in which the answer to the last byte may begin before our half ends. */
export const ANSWER_START_MS = 2_000;

/** Milliseconds that the answer may pause before our half ends; socat waits as long for an answer. */
export const ANSWER_PAUSE_MS = 500;

/**
 * Milliseconds within which a peer that has closed its socket resets ours after more bytes: a round trip to the other
 * side of the world.
 */
export const RESET_MS = 300;

/** Milliseconds that the end of TLS or of a WebSocket may take to leave before the socket is closed. */
export const FAREWELL_MS = 100;

/** Milliseconds between two parts of typed or pasted text, at the most. */
export const IDLE_AFTER_END_MS = 100;

/** Milliseconds between two checks for something to send. */
export const TICK_MS = 100;
