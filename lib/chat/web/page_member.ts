/**
 * A page as a member of the room: it gets events as numbered JSON messages, so that it can resume after a break.
 *
 * @module
 */

import type { Peer } from "../../server/mode.ts";
import { type Broadcast, encodeJson, type LoggedEvent } from "../broadcast.ts";
import { messageOf, type RoomEvent } from "../events.ts";
import type { StoredEvent } from "../history.ts";
import { Member } from "../member.ts";
import type { ReplayLog } from "../replay_log.ts";
import type { Rate } from "../token_bucket.ts";
import type { Join } from "./protocol.ts";
import type { Session, Sessions } from "./sessions.ts";

/** Events that a page gets when it asks for earlier ones. */
export const OLDER_MAX = 100;

/** Characters of them at most, but for a single one: a page that scrolls waits for them. */
const OLDER_CHARS = 64 * 1024;

/** A page. */
export class PageMember extends Member {
  /** What is remembered of it. */
  session: Session = { lastAcknowledgedId: -1 };
  /** Whether its first message has arrived. */
  joined = false;
  readonly #end: () => void;
  /** Its first message. */
  #join: Join = {};
  /** Whether it was sent `welcome`: from then on it gets every event. */
  #welcomed = false;
  /** Number of the last event before it asked to join. With a bus others may go on until it has joined. */
  #asked = 0;
  /** Notes for this page only from before its `welcome`, and the history. */
  #early: Uint8Array[] = [];

  /** A member that joins with its first message; `replace` ends it when the page is connected once more. */
  constructor(
    peer: Peer,
    readonly log: ReplayLog,
    readonly sessions: Sessions,
    replace: (page: PageMember) => void,
    rate?: Rate,
  ) {
    super(peer, rate);
    this.#end = () => replace(this);
  }

  /** Takes its first message. An earlier connection of the same page is ended. */
  begin(join: Join): void {
    this.joined = true;
    this.#join = join;
    this.wanted = join.name?.trim() || undefined;
    this.session = this.sessions.enter(join.session, this.#end);
    this.#asked = this.log.last;
  }

  /** The connection is over: the page is away. */
  forget(): void {
    this.sessions.exit(this.session, this.#end);
  }

  /** It has left. Notes that say why still go out if it was never welcome. */
  override leave(): void {
    super.leave();
    if (!this.#welcomed) this.#post(this.#early.splice(0));
  }

  /** Sends a message that the page waits for; the promise delays its next one. */
  async answer(message: object): Promise<void> {
    await this.peer.send(encodeJson(message));
  }

  /** Sends the newest of some earlier events, which the page asked for; none when there are none. */
  async answerOlder(events: readonly StoredEvent[]): Promise<void> {
    let first = events.length;
    for (let chars = 0; first > 0 && (first === events.length || chars < OLDER_CHARS); first--) {
      const { event } = events[first - 1]!;
      chars += "text" in event ? event.text?.length ?? 0 : 0;
    }
    await this.answer({
      kind: "older",
      events: events.slice(first).map(({ t, event }) => ({ t, ...messageOf(event) })),
    });
  }

  /** Queues events. Those of all before the page is welcome are among the missed ones. */
  send(lines: Broadcast): boolean {
    if (this.#welcomed) return this.#post(lines.messages);
    const { logged, messages } = lines;
    const joined = logged.findIndex(({ event }) => this.#isJoin(event));
    if (joined >= 0) return this.#welcome(logged[joined]!) && this.#post(messages.slice(joined + 1));
    if (logged.length === 0) this.#early.push(...messages);
    return true;
  }

  /** Queues its own events. */
  override sendOwn(lines: Broadcast): boolean {
    return this.#welcomed ? this.#post(lines.logged.map(ownMessageOf)) : this.send(lines);
  }

  /** Queues earlier events for a page that is new. */
  override sendHistory(events: readonly StoredEvent[]): boolean {
    if (this.#join.last !== undefined) return true;
    const messages = events.map(oldMessageOf);
    if (this.#welcomed) return this.#post(messages);
    this.#early.push(...messages);
    return true;
  }

  /** Whether an event says that this page has joined, perhaps among others. */
  #isJoin(event: RoomEvent): boolean {
    return event.kind === "join"
      ? event.name === this.name
      : event.kind === "joined" && event.names.includes(this.name);
  }

  #welcome({ n }: LoggedEvent): boolean {
    this.#welcomed = true;
    const { run, last } = this.#join;
    const back = last !== undefined;
    const sameRun = run === this.log.run;
    const { events, gap: lost } = this.log.after(Math.min(!back ? this.#asked : sameRun ? last : 0, n));
    const missed = events.filter((event) => event.n < n);
    // What members of other servers said between two runs of this one was never here; nor was an event behind the last one.
    const gap = lost || (back && (sameRun ? last > this.#asked : this.log.shared));
    const welcome = encodeJson({ kind: "welcome", run: this.log.run, back, gap, here: this.log.names() });
    const ready = encodeJson({ kind: "ready", n });
    const early = this.#early.splice(0);
    return this.#post(
      back
        ? [welcome, ...missed.map(({ message }) => message), ready, ...early]
        // To a new page it is history like the earlier lines.
        : [welcome, ready, ...early, ...missed.map(oldMessageOf)],
    );
  }

  #post(messages: readonly Uint8Array[]): boolean {
    // A page that is leaving needs no messages, and is not one that fails to read.
    return messages.length === 0 || this.peer.post(messages) || !this.peer.open;
  }
}

function ownMessageOf({ n, t, event }: LoggedEvent): Uint8Array {
  return encodeJson({ n, t, ...messageOf(event), own: true });
}

function oldMessageOf({ t, event }: StoredEvent): Uint8Array {
  return encodeJson({ t, ...messageOf(event), old: true });
}
