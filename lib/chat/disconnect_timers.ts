/**
 * The ends of connections: who has left may still read what was said before, but not for ever.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";

/** Milliseconds that somebody who was removed, or has left in words, has to read the last lines. */
const FAREWELL_MS = 1_000;

/** Those who have left and are still connected. */
export class Farewells {
  readonly #timers = new Map<Peer, ReturnType<typeof setTimeout>>();

  /**
   * Ends the connection of somebody who has left. What was said before still goes out, to who reads it.
   *
   * @param peer whose
   * @param how told in the close event if they do not go
   */
  dismiss(peer: Peer, how: string): void {
    void peer.end();
    this.allowTime(peer, FAREWELL_MS, how);
  }

  /**
   * Gives somebody who has left some time to read; after that the connection is cut.
   *
   * @param peer whose
   * @param ms milliseconds
   * @param how told in the close event then
   */
  allowTime(peer: Peer, ms: number, how: string): void {
    this.settle(peer);
    this.#timers.set(peer, setTimeout(() => peer.kick(how), ms));
  }

  /** The connection is over. */
  settle(peer: Peer): void {
    clearTimeout(this.#timers.get(peer));
    this.#timers.delete(peer);
  }
}
