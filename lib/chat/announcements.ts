/**
 * Announcements of members that come and go. A quiet room names each of them at once. Where many come together, a line for each
 * would cost a line for every other member, so they wait a moment and are announced in one line.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";
import type { Participant } from "./contract.ts";
import type { Delivered } from "./delivery.ts";
import { type LeaveCode, NAMED_MAX, type RoomEvent } from "./events.ts";
import { type Rate, TokenBucket } from "./token_bucket.ts";

/** Announcements that are made at once; from then on, how many a second. */
const RATE: Rate = { perSecond: 10, burst: 10 };

/** A member came or went. */
export interface Announcement {
  /** What is announced. */
  readonly event: Extract<RoomEvent, { readonly kind: "join" | "leave" }>;
  /** The member. */
  readonly from: Participant;
  /** Its connection, if it is at this server. */
  readonly peer?: Peer | undefined;
}

/** The announcements of a room. */
export class Announcements {
  readonly #deliver: (delivered: Omit<Delivered, "kept">) => void;
  readonly #bucket = new TokenBucket(RATE);
  /** Announcements that wait, by member. */
  readonly #waiting = new Map<Participant, Announcement>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins with a quiet room. */
  constructor(deliver: (delivered: Omit<Delivered, "kept">) => void) {
    this.#deliver = deliver;
  }

  /** Announces a member, now or in a moment. One that goes before it was announced never came. */
  add(one: Announcement): void {
    const { event, from } = one;
    const before = this.#waiting.get(from);
    if (before && event.kind === "leave" && isPlain(event)) return void this.#waiting.delete(from);
    const isSpecial = event.kind === "leave" && !isPlain(event);
    if (before || isSpecial || this.#isNameWaiting(event.name)) this.flush();
    if (isSpecial) return this.#announceOne(one);
    if (this.#waiting.size === 0) {
      const pauseMs = this.#bucket.take();
      if (pauseMs === 0) return this.#announceOne(one);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.flush(), pauseMs);
    }
    this.#waiting.set(from, one);
  }

  /** Announces a member that waits, before it does something else. */
  settle(from: Participant): void {
    if (this.#waiting.has(from)) this.flush();
  }

  /** Announces all that wait: joins, then leaves. */
  flush(): void {
    clearTimeout(this.#timer);
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    const leaves = all.filter(({ event }) => isPlain(event));
    const how = leaves.every(({ event }) => event.kind === "leave" && event.how === "server") ? "server" : "left";
    this.#announce(all.filter(({ event }) => event.kind === "join"), (names) => ({ kind: "joined", names }));
    this.#announce(leaves, (names) => ({ kind: "left", names, how }));
  }

  #announce(all: readonly Announcement[], together: (names: readonly string[]) => RoomEvent): void {
    if (all.length > NAMED_MAX) this.#deliver({ events: [together(all.map(({ event }) => event.name))] });
    else all.forEach((one) => this.#announceOne(one));
  }

  #announceOne({ event, from, peer }: Announcement): void {
    this.#deliver({ events: [event], own: from, from: peer });
  }

  /** Whether another member has left with this name, or come with it, and that is not announced. */
  #isNameWaiting(name: string): boolean {
    return this.#waiting.values().some(({ event }) => event.name === name);
  }
}

/** Ways to leave that may happen to many at once. */
const COMMON: readonly LeaveCode[] = ["left", "server", "dropped"];

/** Whether an event is a leave that may be announced together with others. */
function isPlain(event: Announcement["event"]): boolean {
  return event.kind === "leave" && event.words === undefined && COMMON.includes(event.how);
}
