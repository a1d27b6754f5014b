/**
 * The other servers of a room and their participants, as the stream describes them. A server lives as long as it renews its
 * lease: the time at which NATS stored the last renewal is compared with that of this server's own.
 *
 * @module
 */

import { type LeaveCode, note } from "../events.ts";
import { lookOf } from "../look_alikes.ts";
import { foldName } from "../names.ts";
import type { LocalRoom, Participant } from "./contract.ts";
import type { Entry } from "./nats.ts";
import { decodePerson, isServer, type Message, type Person } from "./wire.ts";

/** Milliseconds after which a lease that was not renewed has ended; it is renewed each second. */
const LEASE_MS = 5_000;

/** A participant at another server. */
export class RemoteMember implements Participant {
  /** What names are compared by. */
  folded!: string;
  /** What its name looks like. */
  look!: string;
  #name!: string;

  /** One with a number at a server. */
  constructor(readonly server: string, readonly id: number, name: string) {
    this.name = name;
  }

  /** The present name. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.folded = foldName(name);
    this.look = lookOf(name);
  }

  /** The room sends lines to other servers through the bus alone. */
  send(): boolean {
    return true;
  }
}

/** The other servers. */
export class Presence {
  readonly #own: string;
  readonly #room: LocalRoom;
  /** The participants of each server by their numbers. */
  readonly #servers = new Map<string, Map<number, RemoteMember>>();
  /** When NATS stored the last renewal of each server's lease, in milliseconds of its clock. */
  readonly #leases = new Map<string, number>();
  /** The first own renewal on this connection: after a break others need some time to renew theirs. */
  #since: number | undefined;

  /** Knows no server. `own` is the id of this one. */
  constructor(own: string, room: LocalRoom) {
    this.#own = own;
    this.#room = room;
  }

  /** All participants at other servers. */
  get people(): RemoteMember[] {
    return [...this.#servers.values()].flatMap((people) => [...people.values()]);
  }

  /** The participant with a name, in any spelling. */
  find(name: string): RemoteMember | undefined {
    const folded = foldName(name);
    return this.#all.find((one) => one.folded === folded);
  }

  /** The participant with a name that looks like this one. */
  findAlike(name: string): RemoteMember | undefined {
    const look = lookOf(name);
    return this.#all.find((one) => one.look === look);
  }

  get #all(): IteratorObject<RemoteMember> {
    return this.#servers.values().flatMap((people) => people.values());
  }

  /** A connection begins. */
  begin(): void {
    this.#since = undefined;
  }

  /** A lease was renewed. */
  renew({ key, time }: Pick<Entry, "key" | "time">): void {
    const server = key.slice("server.".length);
    if (server === this.#own) this.#since ??= time;
    if (isServer(server)) this.#leases.set(server, time);
  }

  /** Whether a server may still renew its lease. */
  isAlive(server: string): boolean {
    return this.#leases.has(server) && (this.#isEarly || this.#isFresh(server));
  }

  /** Servers whose lease has ended, each with an id for this end. */
  get ended(): { server: string; id: string }[] {
    const ended = [...this.#leases].filter(([server]) => !this.#isEarly && !this.#isFresh(server));
    return ended.map(([server, time]) => ({ server, id: `gone.${server}.${time}` }));
  }

  /** Takes the participants of a server, or of all, from the bucket; what is new of them is announced. */
  merge(entries: readonly Entry[], only?: string): void {
    for (const entry of entries) if (entry.key.startsWith("server.")) this.renew(entry);
    const claims = entries.flatMap(({ data }) => decodePerson(data) ?? []);
    const lists = Map.groupBy(claims.filter(({ s }) => s !== this.#own && this.#isFresh(s)), ({ s }) => s);
    for (const s of only === undefined ? new Set([...this.#servers.keys(), ...lists.keys()]) : [only]) {
      const people = this.#peopleOf(s);
      // A participant that takes another name has two for a moment: the last one counts.
      const list = new Map(lists.get(s)?.map((one) => [one.id, one]));
      for (const id of [...people.keys()]) if (!list.has(id)) this.#remove(people, id, "left");
      for (const one of list.values()) this.#add(people, one);
    }
  }

  /** Does what a message of another server says. */
  receive({ s, late, events }: Message): void {
    const people = this.#peopleOf(s);
    const lines = events.reduce((sum, event) => sum + ("texts" in event ? event.texts.length : 0), 0);
    if (late && lines > 0) this.#room.announce(note(lines === 1 ? "bus-late-one" : "bus-late", String(lines)));
    for (const event of events) {
      if (event.k === "leave") this.#remove(people, event.id, event.how, event.text);
      else if (event.k === "join" || event.k === "rename") this.#add(people, { ...event, s });
      else if ("texts" in event) {
        const known = people.get(event.id);
        // It has left, or had another name as it said so.
        const from = known?.name === event.name ? known : new RemoteMember(s, event.id, event.name);
        this.#room.apply({ kind: event.k, from, texts: event.texts });
      }
    }
  }

  /** A server is gone, and its participants with it. */
  drop(s: string): void {
    const people = this.#peopleOf(s);
    this.#leases.delete(s);
    this.#servers.delete(s);
    for (const id of [...people.keys()]) this.#remove(people, id, "server");
  }

  #peopleOf(s: string): Map<number, RemoteMember> {
    const people = this.#servers.get(s) ?? new Map<number, RemoteMember>();
    this.#servers.set(s, people);
    if (!this.#leases.has(s)) this.renew({ key: `server.${s}`, time: this.#now });
    return people;
  }

  /** Adds a participant; one that is known may have another name now. */
  #add(people: Map<number, RemoteMember>, { s, id, name, yielded }: Person & { yielded?: boolean }): void {
    const known = people.get(id);
    const from = known ?? new RemoteMember(s, id, name);
    people.set(id, from);
    if (!known) return this.#room.apply({ kind: "join", from });
    if (known.name === name) return;
    this.#room.apply({ kind: "rename", from, to: name, yielded: yielded ?? false });
    from.name = name;
  }

  #remove(people: Map<number, RemoteMember>, id: number, how: LeaveCode, text?: string): void {
    const from = people.get(id);
    people.delete(id);
    if (from) this.#room.apply({ kind: "leave", from, how, ...(text !== undefined && { text }) });
  }

  /** The time of NATS at the last own renewal. */
  get #now(): number {
    return this.#leases.get(this.#own) ?? 0;
  }

  get #isEarly(): boolean {
    return this.#since === undefined || this.#now - this.#since < LEASE_MS;
  }

  #isFresh(server: string): boolean {
    return this.#now - (this.#leases.get(server) ?? -Infinity) <= LEASE_MS;
  }
}
