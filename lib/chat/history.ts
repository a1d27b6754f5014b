/**
 * The last lines of a room, for newcomers.
 *
 * @module
 */

import type { RoomEvent } from "./events.ts";

/** Characters that are kept at most: even with six bytes each (`\u4f60`) they fit into a newcomer's outbox. */
const HISTORY_CHARS = 64 * 1024;

/** An event and its time, in milliseconds since 1970. */
export type StoredEvent = { readonly t: number; readonly event: RoomEvent };

/** Where events outlive the server. */
export interface Store {
  /** The last events. */
  last(count: number): readonly StoredEvent[];
  /** Up to `count` events at or before a time, the oldest first, without the last `skip` of them. */
  before?(t: number, skip: number, count: number): readonly StoredEvent[];
  /** Keeps events, which may be written later in a batch. */
  add(events: readonly StoredEvent[]): void;
}

/** Remembers events. */
export class History {
  /** The events, the oldest first. */
  readonly events: StoredEvent[] = [];
  /** Characters of the events. */
  #chars = 0;

  /** Begins with earlier events, and keeps up to `limit` in memory. */
  constructor(readonly limit: number, earlier: readonly StoredEvent[], readonly store?: Store) {
    this.#keep(earlier);
  }

  /** Remembers events of a time, and forgets the oldest. */
  add(events: readonly RoomEvent[], t: number = Date.now()): void {
    const stored = events.map((event) => ({ t, event }));
    this.store?.add(stored);
    this.#keep(stored);
  }

  #keep(events: readonly StoredEvent[]): void {
    if (this.limit === 0) return;
    for (const one of events) {
      const chars = charsOf(one);
      // An event that would leave no room for others is no good history.
      if (chars > HISTORY_CHARS) continue;
      this.events.push(one);
      this.#chars += chars;
    }
    let old = 0;
    while (this.events.length - old > this.limit || this.#chars > HISTORY_CHARS) {
      const first = this.events[old++];
      if (first) this.#chars -= charsOf(first);
    }
    this.events.splice(0, old);
  }
}

function charsOf({ event }: StoredEvent): number {
  return ("name" in event ? event.name.length : 0) + ("text" in event ? event.text?.length ?? 0 : 0);
}
