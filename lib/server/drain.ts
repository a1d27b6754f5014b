/**
 * Which peers are idle while a server drains: those that have sent nothing for a while and have no data due.
 *
 * @module
 */

import { Phrase } from "../phrase.ts";
import { CLOSE_CODES } from "../transport/websocket/write_frame.ts";
import { settledWithin } from "../wait.ts";
import { plural } from "../wording.ts";
import { DRAIN_LOOK_MS, QUIET_MS } from "./limits.ts";
import type { EndDetails, Mode, Peer } from "./mode.ts";
import type { ServedPeer } from "./peer.ts";
import { STOPS } from "./reasons.ts";

/** The notice for the operator between the first signal and the end. */
export function describeDrain(count: number, ms: number): Phrase {
  const go = count === 1 ? "goes on" : "go on";
  const until = `for up to ${ms / 1000} s; a second signal ends the server at once`;
  return new Phrase("draining", `Stopping: ${plural(count, "connection")} ${go} ${until}`, [count, ms / 1000]);
}

/** A peer as the server ends it. */
export type DrainedPeer = Peer & Pick<ServedPeer, "close" | "sent">;

/** What is known of a peer. */
interface Activity {
  readonly peer: DrainedPeer;
  /** When it was last active, in milliseconds of `performance.now()`; undefined before it is open. */
  at: number | undefined;
  /** How many bytes it had got then. */
  sent: number;
  /** How many messages of it the mode is still handling. */
  handling: number;
}

/** A mode that notes when its peers were active. It is used only where a drain time was asked for: it costs a look at the clock. */
export class ActivityWatch implements Mode {
  readonly #mode: Mode;
  readonly #peers = new WeakMap<Peer, Activity>();

  /** Wraps a mode. */
  constructor(mode: Mode) {
    this.#mode = mode;
  }

  /** Whether a peer is idle; one whose handshake is not done is not. */
  isIdle(peer: DrainedPeer): boolean {
    const activity = this.#peers.get(peer);
    if (activity?.at === undefined || activity.handling > 0 || peer.stuckSince !== undefined) return false;
    const { quietMs } = this.#mode;
    // Where people write, a peer that only reads is idle. Elsewhere it may be getting the data that it has waited for,
    // especially from a target.
    if (quietMs === undefined && activity.sent !== peer.sent) note(activity);
    return performance.now() - activity.at >= (quietMs ?? QUIET_MS);
  }

  /** The server drains for so many milliseconds: ends the peers that are idle now, tells the mode, and counts the others. */
  begin(peers: ReadonlySet<DrainedPeer>, ms: number): number {
    const idle = [...peers].filter((peer) => this.isIdle(peer));
    this.drain(ms);
    for (const peer of idle) void peer.close(STOPS, ms, CLOSE_CODES.goingAway);
    return peers.size - idle.length;
  }

  /** Waits for the end of the peers, but not longer than so many milliseconds, and ends those that become idle. */
  async letFinish(peers: ReadonlySet<DrainedPeer>, empty: Promise<void>, ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (let left = ms; left > 0; left = end - performance.now()) {
      if (await settledWithin(empty, Math.min(left, DRAIN_LOOK_MS))) return;
      for (const peer of peers) if (this.isIdle(peer)) void peer.close(STOPS, left, CLOSE_CODES.goingAway);
    }
  }

  /** Watches a peer, before it is open. */
  watch(peer: DrainedPeer): void {
    this.#peers.set(peer, { peer, at: undefined, sent: 0, handling: 0 });
  }

  /** Notes that a peer is there. */
  open(peer: Peer): void | Promise<void> {
    return this.#during(peer, this.#mode.open?.(peer));
  }

  /** As the mode does. */
  clean(peer: Peer, bytes: Uint8Array): Uint8Array {
    return this.#mode.clean?.(peer, bytes) ?? bytes;
  }

  /** As the mode does. */
  withholds(peer: Peer): boolean {
    return this.#mode.withholds?.(peer) ?? false;
  }

  /** Notes that a peer has sent something. */
  data(peer: Peer, bytes: Uint8Array): void | Promise<void> {
    return this.#during(peer, this.#mode.data(peer, bytes));
  }

  /** As the mode does. */
  end(peer: Peer): void | Promise<void> {
    return this.#during(peer, this.#mode.end?.(peer));
  }

  /** As the mode does. */
  ended(peer: Peer): void {
    this.#mode.ended?.(peer);
  }

  /** As the mode does. */
  close(peer: Peer, cause?: unknown): void | EndDetails {
    return this.#mode.close?.(peer, cause);
  }

  /** As the mode does. */
  drain(ms: number): void {
    this.#mode.drain?.(ms);
  }

  /** As the mode does. */
  stop(): void {
    this.#mode.stop?.();
  }

  /** The peer is active until the mode has done its work. */
  #during(peer: Peer, work: void | Promise<void>): void | Promise<void> {
    const activity = this.#peers.get(peer);
    if (!activity) return work;
    note(activity);
    if (!work) return;
    activity.handling++;
    return work.finally(() => {
      activity.handling--;
      note(activity);
    });
  }
}

function note(activity: Activity): void {
  activity.at = performance.now();
  activity.sent = activity.peer.sent;
}
