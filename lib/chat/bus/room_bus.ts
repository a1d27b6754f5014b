/**
 * The bus as its room sees it. What participants here do is published on a stream and applied when the stream brings it
 * back, in the same order at all servers. Only one message is in flight at a time, on this connection or the next one;
 * later actions go out with the next message. While NATS is away actions are applied at once, and lines stay in the
 * queue.
 *
 * @module
 */

import { quote } from "../../printable.ts";
import { BATCH_CHARS } from "../broadcast.ts";
import type { Bus, LocalRoom, Participant, RoomAction } from "../contract.ts";
import { type Note, note } from "../events.ts";
import { refusedName, tagOf } from "../names.ts";
import type { Link } from "./nats.ts";
import { Presence, RemoteMember } from "./presence.ts";
import { charsOf, decodeMessage, encode, EVENTS_MAX, type WireEvent } from "./wire.ts";

/** Characters in flight at which writers must wait (flooding members leave three quarters to the others), and kept in an outage. */
const [WINDOW_CHARS, KEPT_CHARS] = [512 * 1024, 4 * 1024 * 1024];

/** Characters that an action or a line takes besides its text: the name, of 32 letters of two characters, and `<> `. */
const AROUND_CHARS = 69;

/** An action or an event of the server, whether it is applied, and the name of the participant when it was applied alone. */
type Outgoing = { readonly what: RoomAction | WireEvent; applied?: boolean; lateName?: string };

/** A room at several servers. */
export class RoomBus implements Bus {
  readonly tag: string;
  /** All servers and their participants. */
  readonly presence: Presence;
  /** The connection, once all that was missed has been applied. */
  link: Link | undefined;
  /** Whether this server has left. */
  left = false;
  readonly #ids = new WeakMap<Participant, number>();
  #lastId = 0;
  #queue: Outgoing[] = [];
  #chars = 0;
  /** The first ones of the queue, under way as one message, and its place in the stream once NATS has stored it. */
  #flight: { readonly id: string; readonly count: number; seq: number } | undefined;
  #warned = new WeakSet<Participant>();
  #changed = Promise.withResolvers<void>();

  /** Nothing is under way. `server` is the id of this one, `away` whether actions are applied here alone. */
  constructor(readonly server: string, readonly room: LocalRoom, public away: boolean) {
    this.presence = new Presence(server, room);
    this.tag = tagOf(server);
  }

  get warning(): Note | undefined {
    return this.away ? note("bus-away") : undefined;
  }

  get elsewhere(): readonly Participant[] {
    return this.away ? [] : this.presence.people;
  }

  find(name: string): Participant | undefined {
    return this.away ? undefined : this.presence.find(name);
  }

  findAlike(name: string): Participant | undefined {
    return this.away ? undefined : this.presence.find(name, true);
  }

  send(action: RoomAction): void {
    if (this.left) return;
    const one: Outgoing = { what: action };
    if (!this.away || this.#isKept(action)) {
      this.#queue.push(one);
      this.#chars += charsOf(one.what, AROUND_CHARS);
    }
    if (this.away) this.#apply(one);
    else this.#pump();
  }

  sendPrivate(from: Participant, to: Participant, text: string): boolean {
    if (!(to instanceof RemoteMember)) return false;
    void this.#ask(to, from.name, text).then((why) => why && this.room.notify(from, note("not-said", to.name, why)));
    return true;
  }

  /** Delivers a private line; gives 1 when it did. Its number is that of the receiver: by now another may have its name. */
  deliver(data: Uint8Array): Uint8Array {
    const [line] = decodeMessage(data)?.events ?? [];
    const to = line?.k === "private" && this.room.here.find((participant) => this.#ids.get(participant) === line.id);
    if (to) this.room.deliverPrivate(line.name, to, line.text);
    return Uint8Array.of(to ? 1 : 0);
  }

  full(flooding: boolean): boolean {
    return !this.away && this.#chars > WINDOW_CHARS / (flooding ? 4 : 1);
  }

  ready(): Promise<void> {
    return this.#changed.promise;
  }

  leave(): void {
    if (this.left) return;
    this.left = true;
    for (const one of this.#queue) this.#apply(one);
    this.#queue.push({ what: { k: "gone", server: this.server } });
    this.#pump();
    this.#wake();
  }

  /** Settles when nothing is under way, or when the connection is closed. */
  async idle(): Promise<void> {
    while (this.link && this.#queue.length > 0) await this.#changed.promise;
  }

  /** A connection has delivered everything that was missed: publishes the actions that are not in the stream. */
  open(link: Link): void {
    const wasAway = this.away;
    this.away = false;
    this.link = link;
    this.#warned = new WeakSet();
    if (wasAway) this.room.announce(note("bus-back"));
    this.#publish(link);
    this.announce();
    this.#pump();
  }

  /** Lists the participants here; `asks` the other servers for theirs. */
  announce(asks = false): void {
    if (!this.link || this.left) return;
    const { here } = this.room;
    const list: WireEvent = { k: "here", ids: here.map((from) => this.#idOf(from)) };
    const joining = new Set(this.#queue.map(({ what }) => "from" in what && what.kind === "join" && what.from));
    const known = here.filter((from) => !joining.has(from)).map((from) => ({ kind: "join", from }) as const);
    const all = [list, ...(asks ? [{ k: "ask" } as const] : []), ...known].map((what) => ({ what, applied: true }));
    const count = this.#flight?.count ?? 0;
    this.#queue = [...this.#queue.slice(0, count), ...all, ...this.#queue.slice(count)];
    this.#pump();
  }

  /** The connection broke. */
  close(): void {
    this.link = undefined;
    this.#wake();
  }

  /** There has been no connection for some time: applies the actions in flight on this server only. */
  goAlone(): void {
    this.away = true;
    this.room.announce(note("bus-away"));
    const under = this.#queue;
    // Lines may be in the stream: they are published again with the same id.
    if (groupOf(under[0]) === "people") this.#flight = undefined;
    this.#queue = under.filter((one) => groupOf(one) !== "people");
    this.#chars = this.#queue.reduce((sum, one) => sum + charsOf(one.what, AROUND_CHARS), 0);
    for (const one of under) this.#apply(one);
    this.#wake();
  }

  /**
   * The stream has reached a message, perhaps one of this server's, and knows where its names are taken. Earlier
   * messages no longer matter.
   */
  settle(seq: number, id?: string, refused?: ReadonlyMap<number, Participant>): void {
    const flight = this.#flight;
    if (!flight || (flight.id !== id && flight.seq >= seq)) return;
    this.#flight = undefined;
    for (const [at, one] of this.#queue.splice(0, flight.count).entries()) {
      this.#chars -= charsOf(one.what, AROUND_CHARS);
      const shown = refused?.get(at);
      if (shown && flight.id === id) this.#refuse(one, shown);
      else this.#apply(one);
    }
    this.#pump();
    this.#wake();
  }

  async #ask({ server, id }: RemoteMember, name: string, text: string): Promise<string | undefined> {
    if (!this.link) return "the other servers are out of reach";
    const line = encode({ s: this.server, late: false, events: [{ k: "private", id, name, text }] });
    const [answer] = await this.link.ask(server, line).catch(() => []);
    if (answer === undefined) return "their server does not answer";
    return answer === 1 ? undefined : "that member has left";
  }

  #pump(): void {
    if (!this.link || this.#flight || this.#queue.length === 0) return;
    this.#flight = { id: crypto.randomUUID(), count: this.#nextCount(), seq: Infinity };
    this.#publish(this.link);
  }

  #nextCount(): number {
    const group = groupOf(this.#queue[0]);
    let chars = 0;
    const end = this.#queue.findIndex((one, at) => {
      chars += charsOf(one.what, AROUND_CHARS);
      return at > 0 && (groupOf(one) !== group || chars > BATCH_CHARS || at === EVENTS_MAX);
    });
    return end < 0 ? this.#queue.length : end;
  }

  #publish(link: Link, flight = this.#flight): void {
    if (!flight) return;
    const group = groupOf(this.#queue[0]);
    const events = this.#queue.slice(0, flight.count).map((one) => this.#eventOf(one));
    const data = encode({ s: this.server, late: group === "late", events });
    link.publish(group === "people" ? "people" : "lines", flight.id, data)
      .then((seq) => flight.seq = seq, (error) => link.close(error));
  }

  #eventOf({ what, lateName }: Outgoing): WireEvent {
    if (!("from" in what)) return what;
    const id = this.#idOf(what.from);
    const name = lateName ?? what.from.name;
    if ("texts" in what) return { k: what.kind, id, name, texts: what.texts };
    if (what.kind === "leave") return { k: "leave", id, how: what.how, text: what.text };
    return { k: "join", id, name: "to" in what ? what.to : name };
  }

  #idOf(participant: Participant): number {
    const id = this.#ids.get(participant) ?? ++this.#lastId;
    this.#ids.set(participant, id);
    return id;
  }

  #apply(one: Outgoing): void {
    const { what, applied } = one;
    if (!("from" in what)) return;
    if (this.away) one.lateName ??= what.from.name;
    one.applied = true;
    if (!applied) this.room.apply(what);
  }

  /** Another participant has the name. One that joined is here already: the others hear of it under its next name. */
  #refuse(one: Outgoing, shown: Participant): void {
    const { what } = one;
    if (!("from" in what)) return;
    if ("texts" in what) return this.#apply({ ...one, what: { ...what, from: shown } });
    if ("to" in what && !what.yielded) return this.room.notify(what.from, this.#whyRefused(what.to));
    if (what.kind === "join") this.#apply(one);
    if (this.room.here.includes(what.from)) this.room.yieldName(what.from);
  }

  #whyRefused(name: string): Note {
    const alike = this.find(name) ? undefined : this.findAlike(name);
    return alike ? refusedName(name, "name-alike", alike.name) : refusedName(name, "name-taken");
  }

  /** Whether it is published though it was done alone: lines are, as long as there are not too many. */
  #isKept(action: RoomAction): boolean {
    if (!("texts" in action) || this.#chars < KEPT_CHARS) return "texts" in action;
    const { from, texts } = action;
    if (!this.#warned.has(from)) this.room.notify(from, note("bus-alone", quote(texts[0] ?? "")));
    this.#warned.add(from);
    return false;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** What may go out in one message. */
function groupOf(one: Outgoing | undefined): "people" | "lines" | "late" {
  if (!one || !("texts" in one.what)) return "people";
  return one.lateName === undefined ? "lines" : "late";
}
