/**
 * What participants here do, on its way into the stream. One message is under way at a time, until it has come back, on this
 * connection or the next one; what is done meanwhile goes out together in the next message. While NATS is away actions are
 * applied here alone, and lines stay in the queue.
 *
 * @module
 */

import { quote } from "../../printable.ts";
import { BATCH_CHARS } from "../broadcast.ts";
import { note } from "../events.ts";
import type { LocalRoom, Participant, RoomAction } from "./contract.ts";
import type { Link } from "./link.ts";
import { encode, EVENTS_MAX, messageId, sizeOf, type WireEvent } from "./wire.ts";

/** Actions and characters under way from which writers wait; those that flood leave three quarters to others. */
const WINDOW = { actions: 64, chars: 512 * 1024 };

/** Actions and characters that are kept to be published after a break. */
const KEPT = { actions: 10_000, chars: 4 * 1024 * 1024 };

/** Something to publish: an action of a participant, or something about the server. */
interface Outgoing {
  readonly action?: RoomAction;
  readonly event?: WireEvent;
  /** Characters that it has in the queue. */
  readonly size: number;
  /** Whether the room has applied it. */
  applied?: boolean;
  /** The name of the participant as it did this while the others were out of reach. */
  lateName?: string;
}

/** The first events of the queue under way, and their place in the stream once NATS has stored them. */
type Flight = { readonly id: string; readonly count: number; seq: number };

/** The actions of the participants here. */
export class Publisher {
  /** Whether actions are applied here alone. */
  away = false;
  readonly #ids = new WeakMap<Participant, number>();
  #lastId = 0;
  #link: Link | undefined;
  #flight: Flight | undefined;
  #queue: Outgoing[] = [];
  /** Characters of the queue. */
  #chars = 0;
  /** Participants that know that their lines are not kept. */
  #warned = new WeakSet<Participant>();
  #changed = Promise.withResolvers<void>();

  /** Nothing is under way. `server` is the id of this one. */
  constructor(readonly server: string, readonly room: LocalRoom) {}

  /** Whether what is done goes out on a connection. */
  get isOpen(): boolean {
    return this.#link !== undefined;
  }

  /** The number by which other servers know a participant here. */
  idOf(participant: Participant): number {
    const id = this.#ids.get(participant) ?? ++this.#lastId;
    this.#ids.set(participant, id);
    return id;
  }

  /** See `Bus.send`. */
  send(action: RoomAction): void {
    const one: Outgoing = { action, size: sizeOf(this.#eventOf({ action, size: 0 })) };
    if (!this.away || this.#isKept(action)) this.#push(one);
    if (this.away) this.#apply(one);
    else this.#pump();
  }

  /** See `Bus.full`. */
  full(flooding: boolean): boolean {
    const share = flooding ? 4 : 1;
    return !this.away && (this.#queue.length > WINDOW.actions / share || this.#chars > WINDOW.chars / share);
  }

  /** See `Bus.ready`. */
  ready(): Promise<void> {
    return this.#changed.promise;
  }

  /** Settles when nothing is under way, or when the connection is closed. */
  async idle(): Promise<void> {
    while (this.#link && this.#queue.length > 0) await this.#changed.promise;
  }

  /** A connection has brought all that was missed: what is not in the stream is published. */
  open(link: Link): void {
    this.#link = link;
    this.away = false;
    this.#warned = new WeakSet();
    if (this.#flight) void this.#publish(link, this.#flight);
    this.announce();
  }

  /** Says who is here. */
  announce(asks = false): void {
    const { here } = this.room;
    const joining = new Set(this.#queue.map(({ action }) => action?.kind === "join" && action.from));
    const known = here.filter((from) => !joining.has(from));
    const list: Outgoing[] = [
      ...(asks ? [{ event: { k: "ask" } as const, size: 0 }] : []),
      { event: { k: "here", ids: here.map((from) => this.idOf(from)) }, size: 0 },
      ...known.map((from) => ({ action: { kind: "join" as const, from }, size: 0, applied: true })),
    ];
    const count = this.#flight?.count ?? 0;
    this.#queue = [...this.#queue.slice(0, count), ...list, ...this.#queue.slice(count)];
    this.#pump();
  }

  /** The connection broke. */
  close(): void {
    this.#link = undefined;
    this.#wake();
  }

  /** There is none for some time: what is under way is applied here alone. */
  goAlone(): void {
    this.away = true;
    const under = this.#queue;
    // Lines may be in the stream: they are published again with the same id.
    if (!isLines(under[0])) this.#flight = undefined;
    this.#queue = [];
    this.#chars = 0;
    for (const one of under) if (isLines(one)) this.#push(one);
    for (const one of under) this.#apply(one);
    this.#wake();
  }

  /**
   * The stream has come to a message, perhaps one of this server. What was before it and was removed does not come.
   *
   * @param refused places of events whose name another participant has
   */
  settle(seq: number, id?: string, refused?: ReadonlySet<number>): void {
    const flight = this.#flight;
    if (!flight || (flight.id !== id && flight.seq >= seq)) return;
    this.#flight = undefined;
    const batch = this.#queue.splice(0, flight.count);
    this.#chars -= batch.reduce((sum, { size }) => sum + size, 0);
    for (const [at, one] of batch.entries()) {
      if (flight.id === id && refused?.has(at)) this.#refuse(one);
      else this.#apply(one);
    }
    this.#pump();
    this.#wake();
  }

  /** See `Bus.leave`. */
  leave(): void {
    const under = this.#queue;
    const count = this.#flight?.count ?? 0;
    // With the server all participants leave: nothing else matters any more.
    const gone: Outgoing = { event: { k: "gone", server: this.server }, size: 0 };
    this.#queue = [...under.filter((one, at) => at < count || isLines(one)), gone];
    for (const one of under) this.#apply(one);
    this.#pump();
    this.#wake();
  }

  #push(one: Outgoing): void {
    this.#queue.push(one);
    this.#chars += one.size;
  }

  #pump(): void {
    if (!this.#link || this.#flight || this.#queue.length === 0) return;
    this.#flight = { id: messageId(this.server), count: this.#nextCount(), seq: Infinity };
    void this.#publish(this.#link, this.#flight);
  }

  /** How many go out together: of one subject, as much as is sent to readers at once. */
  #nextCount(): number {
    const [first] = this.#queue;
    let size = 0;
    const end = this.#queue.findIndex((one, at) => {
      size += one.size;
      const isLike = isLines(one) === isLines(first) && isLate(one) === isLate(first);
      return at > 0 && (!isLike || size > BATCH_CHARS || at === EVENTS_MAX);
    });
    return end < 0 ? this.#queue.length : end;
  }

  async #publish(link: Link, flight: Flight): Promise<void> {
    const [first] = this.#queue;
    const events = this.#queue.slice(0, flight.count).map((one) => this.#eventOf(one));
    const data = encode({ s: this.server, late: isLate(first), events });
    try {
      flight.seq = await link.publish(isLines(first) ? "lines" : "people", flight.id, data);
    } catch (error) {
      await link.close(error);
    }
  }

  /** Another participant has the name. One that joined is here already: the others hear of it under its next name. */
  #refuse(one: Outgoing): void {
    const { action } = one;
    if (action?.kind === "rename" && !action.yielded) {
      return this.room.notify(action.from, note("name-taken", quote(action.to)));
    }
    if (action?.kind === "join") this.#apply(one);
    if (action && this.room.here.includes(action.from)) this.room.yieldName(action.from);
  }

  /** Whether it is published though it was done alone: lines are, as long as there are not too many. */
  #isKept(action: RoomAction): boolean {
    if (!("texts" in action)) return false;
    if (this.#queue.length < KEPT.actions && this.#chars < KEPT.chars) return true;
    const { from, texts } = action;
    if (!this.#warned.has(from)) this.room.notify(from, note("bus-alone", quote(texts[0] ?? "")));
    this.#warned.add(from);
    return false;
  }

  #apply(one: Outgoing): void {
    const { action, applied } = one;
    if (!action) return;
    if (this.away) one.lateName ??= action.from.name;
    one.applied = true;
    if (!applied) this.room.apply(action);
  }

  #eventOf({ action, event, lateName }: Outgoing): WireEvent {
    if (!action) return event ?? { k: "ask" };
    const id = this.idOf(action.from);
    const name = lateName ?? action.from.name;
    switch (action.kind) {
      case "join":
        return { k: "join", id, name };
      case "rename":
        return { k: "join", id, name: action.to };
      case "leave":
        return { k: "leave", id, how: action.how, ...(action.text !== undefined && { text: action.text }) };
      default:
        return { k: action.kind, id, name, texts: action.texts };
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function isLines(one: Outgoing | undefined): boolean {
  return one?.action !== undefined && "texts" in one.action;
}

function isLate(one: Outgoing | undefined): boolean {
  return one?.lateName !== undefined;
}
