/**
 * Ends of connections: a member that has left may still read what was sent before, but not for ever.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";

/** Milliseconds that a member which was removed or has quit has to read the last lines. */
const LAST_LINES_MS = 1_000;

/** Peers that have left the room and are still connected. */
export class DisconnectTimers {
  readonly #timers = new Map<Peer, ReturnType<typeof setTimeout>>();

  /** Ends a connection; queued lines still go out. The reason is reported if the peer does not end it in time. */
  closeGracefully(peer: Peer, reason: string, code?: number): void {
    void peer.end(code);
    this.start(peer, LAST_LINES_MS, reason);
  }

  /** Cuts a connection after some time. */
  start(peer: Peer, ms: number, reason: string): void {
    this.cancel(peer);
    this.#timers.set(peer, setTimeout(() => peer.kick(reason), ms));
  }

  /** The connection is over. */
  cancel(peer: Peer): void {
    clearTimeout(this.#timers.get(peer));
    this.#timers.delete(peer);
  }
}
