/**
 * Why connections of a server end, where neither the mode nor an error says it.
 *
 * @module
 */

import { type Phrase, say } from "../phrase.ts";

/** The mode ended it. */
export const CLOSED: Phrase = say("closed")`closed`;

/** The peer ended it first. */
export const BY_PEER: Phrase = say("closed-by-peer")`closed by the peer`;

/** Its handshake takes longer than handshakes may. */
export const SLOW_HANDSHAKE: Phrase = say("handshake-slow")`its handshake takes too long`;

/** It was no peer, and was served by the transport. */
export const NO_PEER: Phrase = say("came-else")`came for something else`;

/** The server stops. */
export const STOPS: Phrase = say("server-stops")`the server stops`;

/** The server has stopped, and waits for its peers no longer. */
export const STOPPED_WAITING: Phrase = say("stopped-waiting")`the server stopped waiting`;

/** Nothing came or went for so many milliseconds. */
export function idleFor(ms: number): Phrase {
  return say("idle-for")`idle for ${ms / 1000} s`;
}
