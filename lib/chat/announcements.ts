/**
 * Announcements of members that come and go. A quiet room names each of them at once. Where many come together, a line for each
 * would cost a line for every other member, so they wait a moment and are announced in one line.
 *
 * @module
 */

import type { Participant } from "./contract.ts";
import { type LeaveCode, NAMED_MAX, type RoomEvent } from "./events.ts";
import { type Rate, TokenBucket } from "./token_bucket.ts";

/** Announcements that are made at once; from then on, how many a second. */
const RATE: Rate = { perSecond: 10, burst: 10 };

/** Ways to leave that may happen to many at once. */
const COMMON: readonly LeaveCode[] = ["left", "server", "dropped"];

/** A member came or went. */
export type Announcement = Extract<RoomEvent, { readonly kind: "join" | "leave" }>;

/** The announcements of a room. */
export class Announcements {
  readonly #bucket = new TokenBucket(RATE);
  /** Announcements that wait, by member. */
  readonly #waiting = new Map<Participant, Announcement>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins with a quiet room. */
  constructor(readonly deliver: (event: RoomEvent, about?: Participant) => void) {}

  /** Announces a member, now or in a moment. One that goes before it was announced never came. */
  add(from: Participant, event: Announcement): void {
    const before = this.#waiting.get(from);
    const isSpecial = event.kind === "leave" && (event.words !== undefined || !COMMON.includes(event.how));
    if (before && event.kind === "leave" && !isSpecial) return void this.#waiting.delete(from);
    // Another member may have left with this name, or come with it.
    const isNameWaiting = this.#waiting.values().some(({ name }) => name === event.name);
    if (before || isSpecial || isNameWaiting) this.flush();
    if (isSpecial) return this.deliver(event, from);
    if (this.#waiting.size === 0) {
      const pauseMs = this.#bucket.take();
      if (pauseMs === 0) return this.deliver(event, from);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.flush(), pauseMs);
    }
    this.#waiting.set(from, event);
  }

  /** Announces a member that waits, before it does something else. */
  settle(from: Participant): void {
    if (this.#waiting.has(from)) this.flush();
  }

  /** Announces all that wait: joins, then leaves. */
  flush(): void {
    clearTimeout(this.#timer);
    const all = [...this.#waiting];
    this.#waiting.clear();
    const leaves = all.filter(([, { kind }]) => kind === "leave");
    const how = leaves.every(([, event]) => event.kind === "leave" && event.how === "server") ? "server" : "left";
    this.#announce(all.filter(([, { kind }]) => kind === "join"), (names) => ({ kind: "joined", names }));
    this.#announce(leaves, (names) => ({ kind: "left", names, how }));
  }

  #announce(all: [Participant, Announcement][], together: (names: readonly string[]) => RoomEvent): void {
    if (all.length > NAMED_MAX) this.deliver(together(all.map(([, { name }]) => name)));
    else for (const [from, event] of all) this.deliver(event, from);
  }
}
