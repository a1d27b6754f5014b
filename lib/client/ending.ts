/**
 * How a client's conversation ended, in words and as a failure.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Channel } from "../transport/channel.ts";
import { endOf, explainAlert } from "../transport/failure.ts";
import { traitsOf } from "../transport/mod.ts";

/** The peer ended it. */
export const BY_PEER = "closed by the peer";

/** The person who types ended it, or an option. */
export const BY_US = "closed by you";

/** All expectations were met. */
export const EXPECTED = "closed: every --expect matched";

/** The time that `--wait` gives has passed. */
export const WAIT_OVER = "closed: the wait for answers is over";

/** The failure of a conversation in which a read or a write threw. */
export function brokenBy(cause: unknown, { peer, transport }: Pick<Channel, "peer" | "transport">): SockeyeError {
  if (cause instanceof SockeyeError && cause.kind === "file") return cause; // What came could not be saved.
  const what = traitsOf(transport).connectionless ? `Talk with ${peer} broken` : `Connection to ${peer} lost`;
  const kind = cause instanceof SockeyeError ? cause.kind : explainAlert(cause, "") === undefined ? "session" : "tls";
  return new SockeyeError(kind, `${what}: ${endOf(cause)}`, { cause });
}

/** The words after "Connection" or "Talk" in the message about the end. */
export function reasonOf({ kind, cause, message }: SockeyeError, connectionless: boolean): string {
  if (kind !== "session" && kind !== "tls" && kind !== "protocol") return `given up (${kind})`;
  if (cause === undefined) return `given up: ${message}`;
  return `${connectionless ? "broken" : "lost"}: ${endOf(cause)}`;
}
