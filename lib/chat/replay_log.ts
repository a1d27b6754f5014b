/**
 * What all members were sent in this run of the server, numbered: a page that was away tells how far it had got, and gets the rest.
 *
 * @module
 */

import { encodeJson, type LoggedEvent } from "./broadcast.ts";
import { messageOf, type NoteCode, type RoomEvent } from "./events.ts";

/** Events that are kept at most: hours of talk. */
const EVENTS_MAX = 10_000;

/** Bytes of them as messages: they fit into the outbox of a reconnecting page, with room to spare. */
const BYTES_MAX = 768 * 1024;

/** Notes after which others are here than a page can know from the events before. */
const CHANGES_PEOPLE: ReadonlySet<NoteCode> = new Set(["bus-away", "bus-back"]);

/** Keeps events. */
export class ReplayLog {
  /** Distinguishes runs of the server: each begins with number 1. */
  readonly run: string = crypto.randomUUID();
  /** Number of the last event; 0 before the first. */
  last = 0;
  readonly #events: LoggedEvent[] = [];
  /** Bytes of their messages. */
  #bytes = 0;

  /** `names` of all participants; `shared`: members of other servers go on while this server is away. */
  constructor(readonly names: () => readonly string[], readonly shared: boolean = false) {}

  /** Numbers events, before they are sent to any member. */
  add(events: readonly RoomEvent[], t: number = Date.now()): LoggedEvent[] {
    const logged = events.map((event): LoggedEvent => {
      const n = ++this.last;
      const here = event.kind === "note" && CHANGES_PEOPLE.has(event.code) ? { here: this.names() } : {};
      return { n, t, event, message: encodeJson({ n, t, ...messageOf(event), ...here }) };
    });
    for (const { message } of logged) this.#bytes += message.length;
    this.#events.push(...logged);
    let old = 0;
    while (this.#events.length - old > EVENTS_MAX || this.#bytes > BYTES_MAX) {
      this.#bytes -= this.#events[old++]?.message.length ?? 0;
    }
    if (old > 0) this.#events.splice(0, old);
    return logged;
  }

  /** The events after a number that are still there; `gap` when some are not. */
  after(n: number): { readonly events: readonly LoggedEvent[]; readonly gap: boolean } {
    const first = this.#events[0]?.n ?? this.last + 1;
    return { events: this.#events.slice(Math.max(0, n + 1 - first)), gap: n + 1 < first };
  }
}
