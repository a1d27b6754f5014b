/**
 * Ends of connections: a member that has left may still read data sent before, but not for ever.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";

/** Milliseconds that a member which was removed or has quit has to read the last lines. */
const LAST_LINES_MS = 1_000;

/** Peers that have left the room and are still connected. */
export class DisconnectTimers {
  readonly #timers = new Map<Peer, ReturnType<typeof setTimeout>>();

  /** Ends a connection; queued lines still go out. The reason is reported, and sent with a close code. */
  closeGracefully(peer: Peer, reason: string, code?: number): void {
    void peer.end(code, reason);
    this.start(peer, LAST_LINES_MS, reason);
  }

  /** Ends a connection after some time: at once, or gracefully with a close code. */
  start(peer: Peer, ms: number, reason: string, code?: number): void {
    this.cancel(peer);
    const end = () => code === undefined ? peer.kick(reason) : this.closeGracefully(peer, reason, code);
    this.#timers.set(peer, setTimeout(end, ms));
  }

  /** The connection is over. */
  cancel(peer: Peer): void {
    clearTimeout(this.#timers.get(peer));
    this.#timers.delete(peer);
  }
}
