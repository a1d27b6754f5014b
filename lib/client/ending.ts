/**
 * How a client's conversation ended, in words and as a failure.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { Phrase, say } from "../phrase.ts";
import type { Channel } from "../transport/channel.ts";
import { endOf, explainAlert } from "../transport/failure.ts";
import { traitsOf } from "../transport/mod.ts";

/** The peer ended it. */
export const BY_PEER: Phrase = say("closed-by-peer")`closed by the peer`;

/** Both ended it, after all was sent. */
export const CLOSED: Phrase = say("closed")`closed`;

/** The person who types ended it, or an option. */
export const BY_US: Phrase = say("closed-by-you")`closed by you`;

/** All expectations were met. */
export const EXPECTED: Phrase = say("closed-expected")`closed: every --expect matched`;

/** The time that `--wait` gives has passed. */
export const WAIT_OVER: Phrase = say("closed-wait")`closed: the wait for answers is over`;

/** The failure of a conversation in which a read or a write threw. */
export function brokenBy(cause: unknown, { peer, transport }: Pick<Channel, "peer" | "transport">): SockeyeError {
  if (cause instanceof SockeyeError && cause.kind === "file") return cause; // What came could not be saved.
  const kind = cause instanceof SockeyeError ? cause.kind : explainAlert(cause, "") === undefined ? "session" : "tls";
  const end = endOf(cause);
  const message = traitsOf(transport).connectionless
    ? say("talk-broken")`Talk with ${peer} broken: ${end}`
    : say("connection-lost")`Connection to ${peer} lost: ${end}`;
  return new SockeyeError(kind, message, { cause });
}

/** The failure of a conversation whose peer left before the rest was typed. */
export function leftEarly(peer: string): SockeyeError {
  const message = say("input-open")`Connection to ${peer} closed by the peer while the input was still open`;
  return new SockeyeError("session", message);
}

/** The failure of a conversation in which nothing came or went for so many milliseconds. */
export function idleTooLong(ms: number): SockeyeError {
  return new SockeyeError("timeout", say("idle-timeout")`Nothing came or went for ${ms / 1000} s (idle timeout)`);
}

/** The words after "Connection" or "Talk" in the message about the end. */
export function reasonOf({ kind, cause, phrase }: SockeyeError, connectionless: boolean): Phrase {
  if (kind !== "session" && kind !== "tls" && kind !== "protocol") return say("given-up-by")`given up (${kind})`;
  if (cause === undefined) return say("given-up")`given up: ${phrase}`;
  return connectionless ? say("broken")`broken: ${endOf(cause)}` : say("lost")`lost: ${endOf(cause)}`;
}
