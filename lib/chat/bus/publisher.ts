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
import type { Names } from "./names.ts";
import type { Link } from "./nats.ts";
import { encode, EVENTS_MAX, sizeOf, type WireEvent } from "./wire.ts";

/** Actions and characters under way from which writers wait; those that flood leave three quarters to others. */
const WINDOW = { actions: 64, chars: 512 * 1024 };

/** Actions and characters that are kept to be published after a break. */
const KEPT = { actions: 10_000, chars: 4 * 1024 * 1024 };

/** Something to publish. */
interface Outgoing {
  event: WireEvent;
  /** Undefined where the event is about the server. */
  readonly action?: RoomAction;
  /** Whether its name is not claimed yet, or another participant has it. */
  name?: "unclaimed" | "taken" | undefined;
  /** Whether the room has applied it. */
  applied?: boolean;
}

/** A message under way, and its place in the stream once NATS has stored it. */
type Flight = { readonly id: string; readonly batch: Outgoing[]; seq: number };

/** Participants here: the number and the name of each. */
type People = [id: number, name: string][];

/** The actions of the participants here. */
export class Publisher {
  /** Whether actions are applied here alone. */
  away = false;
  readonly #ids = new WeakMap<Participant, number>();
  #lastId = 0;
  #link: Link | undefined;
  #flight: Flight | undefined;
  #queue: Outgoing[] = [];
  /** Characters of the lines in the queue and under way. */
  #chars = 0;
  /** Participants that know that their lines are not kept. */
  #warned = new WeakSet<Participant>();
  #changed = Promise.withResolvers<void>();

  /** Nothing is under way. `server` is the id of this one. */
  constructor(readonly server: string, readonly room: LocalRoom, readonly names: Names) {}

  /** Settles when nothing is under way, or when the connection is closed. */
  async idle(): Promise<void> {
    while (this.#link && (this.#flight || this.#queue.length > 0)) await this.#changed.promise;
  }

  /** The number by which other servers know a participant here. */
  idOf(participant: Participant): number {
    const id = this.#ids.get(participant) ?? ++this.#lastId;
    this.#ids.set(participant, id);
    return id;
  }

  /** See `Bus.send`. */
  send(action: RoomAction): void {
    const one: Outgoing = { action, event: this.#eventOf(action) };
    if (one.event.k === "leave") this.names.leave(one.event.id);
    if (this.away) return this.#keepAlone(one);
    this.#push(one);
    this.#claim(one);
    this.#pump();
  }

  /** See `Bus.full`. */
  full(flooding: boolean): boolean {
    const share = flooding ? 4 : 1;
    const actions = this.#queue.length + (this.#flight?.batch.length ?? 0);
    return !this.away && (actions > WINDOW.actions / share || this.#chars > WINDOW.chars / share);
  }

  /** See `Bus.ready`. */
  ready(): Promise<void> {
    return this.#changed.promise;
  }

  /** A connection has brought all that it missed: names are claimed again, and what is not in the stream is published. */
  async open(link: Link): Promise<void> {
    let claimed: People;
    // While NATS was away participants may have come, left or taken other names.
    do {
      claimed = this.#people;
      await this.names.claimAll(link, claimed);
    } while (!samePeople(claimed, this.#people));
    this.#link = link;
    this.away = false;
    this.#warned = new WeakSet();
    this.#queue = [{ event: { k: "here" } }, ...this.#queue.filter(({ event }) => event.k !== "here")];
    for (const one of this.#queue) this.#claim(one);
    if (this.#flight) void this.#publish(link, this.#flight);
    const joins = new Set(this.#queue.flatMap(({ action }) => action?.kind === "join" ? action.from : []));
    for (const participant of this.room.here) {
      if (!joins.has(participant) && !this.names.has(this.idOf(participant), participant.name)) {
        this.room.yieldName(participant);
      }
    }
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
    this.#apply(this.#flight?.batch ?? []);
    // Lines may be in the stream: they are published again with the same id.
    if (!isLines(this.#flight?.batch[0])) this.#flight = undefined;
    const queue = this.#queue;
    this.#queue = [];
    this.#chars = sum(this.#flight?.batch ?? []);
    for (const one of queue) this.#keepAlone(one);
    this.#wake();
  }

  /** The stream has come to a message, perhaps one of this server. What was before it and was removed does not come. */
  settle(seq: number, id: string | undefined): void {
    const flight = this.#flight;
    if (!flight || (flight.id !== id && flight.seq >= seq)) return;
    this.#flight = undefined;
    this.#chars -= sum(flight.batch);
    this.#apply(flight.batch);
    this.#pump();
    this.#wake();
  }

  /** See `Bus.leave`. */
  leave(): void {
    this.#apply([...this.#flight?.batch ?? [], ...this.#queue]);
    this.#queue = this.#queue.filter(({ name }) => name === undefined);
    this.#queue.push({ event: { k: "gone", server: this.server } });
    this.#pump();
    this.#wake();
  }

  /** The participants here with their names, and with those that they will have when what is under way has come back. */
  get #people(): People {
    const here = this.room.here.map((participant): [number, string] => [this.idOf(participant), participant.name]);
    for (const { event } of this.#flight?.batch ?? []) if (event.k === "rename") here.push([event.id, event.name]);
    return here;
  }

  #push(one: Outgoing): void {
    this.#queue.push(one);
    this.#chars += sizeOf(one.event);
  }

  #claim(one: Outgoing): void {
    const { event } = one;
    if (event.k !== "join" && event.k !== "rename") return;
    // The last name that a participant has claimed is the one that it is going to have.
    one.name = event.k === "join" && this.names.has(event.id, event.name) ? undefined : "unclaimed";
    const link = this.#link;
    // Without a connection the next one claims it.
    if (one.name === undefined || !link) return;
    this.names.claim(link, event.id, event.name).then((isOurs) => {
      one.name = isOurs ? undefined : "taken";
      this.#pump();
    }, (error) => link.close(error));
  }

  #pump(): void {
    const link = this.#link;
    while (link && this.#queue[0]?.name === "taken") this.#refuse(this.#queue.shift()!.action!);
    if (!link || this.#flight || !this.#queue[0] || this.#queue[0].name) return;
    const id = `${this.server}.${crypto.getRandomValues(new Uint8Array(8)).toHex()}`;
    this.#flight = { id, batch: this.#nextBatch(this.#queue[0]), seq: Infinity };
    void this.#publish(link, this.#flight);
  }

  async #publish(link: Link, flight: Flight): Promise<void> {
    const { id, batch } = flight;
    const [first] = batch;
    const late = isLines(first) && first.applied === true;
    const data = encode({ s: this.server, i: id, late, events: batch.map(({ event }) => event) });
    if (data.length > link.limit) return this.#tooLong(batch, link.limit);
    try {
      flight.seq = await link.publish(isLines(first) ? "lines" : "people", id, data);
    } catch (error) {
      await link.close(error);
    }
  }

  /** What goes out together: of one subject, as much as is sent to readers at once. */
  #nextBatch(first: Outgoing): Outgoing[] {
    let count = 0;
    let size = 0;
    for (const one of this.#queue) {
      size += sizeOf(one.event);
      const isLike = isLines(one) === isLines(first) && one.applied === first.applied;
      if (one.name || (count > 0 && (!isLike || size > BATCH_CHARS || count === EVENTS_MAX))) break;
      count++;
    }
    const batch = this.#queue.splice(0, count);
    // A name that was taken before has been applied by now.
    for (const one of batch) if (one.action && isLines(one) && !one.applied) one.event = this.#eventOf(one.action);
    return batch;
  }

  #tooLong(batch: readonly Outgoing[], limit: number): void {
    this.#flight = undefined;
    this.#chars -= sum(batch);
    for (const { action } of batch) {
      if (!action || !("texts" in action)) continue;
      this.room.notify(action.from, note("bus-long", quote(action.texts[0] ?? ""), String(limit)));
    }
    this.#pump();
    this.#wake();
  }

  /** Another participant has the name. One that joined is here already: the others hear of it under its next name. */
  #refuse(action: RoomAction): void {
    const { from } = action;
    if (action.kind === "rename" && !action.yielded) {
      return this.room.notify(from, note("name-taken", quote(action.to)));
    }
    if (action.kind === "join") this.room.apply(action);
    this.room.yieldName(from);
  }

  #apply(batch: readonly Outgoing[]): void {
    for (const one of batch) {
      if (one.action && !one.applied) this.room.apply(one.action);
      one.applied = true;
    }
    for (const { action } of batch) {
      if (action?.kind === "rename") this.#renamed(action.from);
      else if (action?.kind === "leave") this.names.release(this.#link, this.idOf(action.from), []).catch(() => {});
    }
  }

  /** Gives the old name back, unless the participant is on its way back to it. */
  #renamed(participant: Participant): void {
    const id = this.idOf(participant);
    const next = this.#queue.flatMap(({ action }) =>
      action?.kind === "rename" && action.from === participant ? action.to : []
    );
    this.names.release(this.#link, id, [participant.name, ...next]).catch(() => {});
    // Another server has taken it while this one was away.
    if (this.#link && !this.names.has(id, participant.name)) this.room.yieldName(participant);
  }

  /** Applies what the others do not see now. Lines are kept for them; all else is in the bucket. */
  #keepAlone(one: Outgoing): void {
    this.#apply([one]);
    const { action } = one;
    if (!action || !("texts" in action)) return;
    if (this.#queue.length < KEPT.actions && this.#chars < KEPT.chars) return this.#push(one);
    if (this.#warned.has(action.from)) return;
    this.#warned.add(action.from);
    this.room.notify(action.from, note("bus-alone", quote(action.texts[0] ?? "")));
  }

  #eventOf(action: RoomAction): WireEvent {
    const { from, kind } = action;
    const person = { id: this.idOf(from), name: from.name };
    if (kind === "join") return { k: kind, ...person };
    if (kind === "rename") return { k: kind, ...person, name: action.to, yielded: action.yielded ?? false };
    if (kind !== "leave") return { k: kind, ...person, texts: action.texts };
    return { k: kind, id: person.id, how: action.how, ...(action.text !== undefined && { text: action.text }) };
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function samePeople(some: People, others: People): boolean {
  return some.length === others.length &&
    some.every(([id, name], i) => id === others[i]?.[0] && name === others[i]?.[1]);
}

/** Characters of lines. */
function sum(batch: readonly Outgoing[]): number {
  return batch.reduce((chars, { event }) => chars + sizeOf(event), 0);
}

function isLines(one: Outgoing | undefined): one is Outgoing {
  return one !== undefined && "texts" in one.event;
}
