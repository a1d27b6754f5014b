/**
 * The servers of a room and their participants, as the stream describes them, which is the same for all servers. A name belongs
 * to the first one that takes it there. A server lives as long as it renews its lease: the time at which NATS stored the last
 * renewal is compared with that of this server's own.
 *
 * @module
 */

import { type LeaveCode, note } from "../events.ts";
import { foldName } from "../names.ts";
import type { LocalRoom, Participant, RoomAction } from "../contract.ts";
import type { Lease } from "./nats.ts";
import type { Message } from "./wire.ts";

/** Milliseconds after which a lease that was not renewed has ended; it is renewed each second. */
const LEASE_MS = 5_000;

/** A participant as the stream describes it. */
export class RemoteMember implements Participant {
  /** One with a number at a server. */
  constructor(readonly server: string, readonly id: number, public name: string) {}

  /** The room sends lines to other servers through the bus alone. */
  send(): boolean {
    return true;
  }
}

/** All servers, this one as the others know it. */
export class Presence {
  /** Settles when all servers that live have said who is there, or when that cannot be known. */
  readonly arrived: PromiseWithResolvers<void> = Promise.withResolvers();
  /** The participants of each server by their numbers, and all by their folded names. */
  readonly #servers = new Map<string, Map<number, RemoteMember>>();
  readonly #names = new Map<string, RemoteMember>();
  /** When NATS stored the last renewal of each lease, and the first own one on this connection. */
  readonly #leases = new Map<string, number>();
  #since = Infinity;
  /** Servers that have said who is there. */
  readonly #listed = new Set<string>();

  /** Knows nobody. `own` is the id of this server. */
  constructor(readonly own: string, readonly room: LocalRoom) {}

  /** All participants at other servers. */
  get people(): RemoteMember[] {
    return [...this.#names.values()].filter(({ server }) => server !== this.own);
  }

  /** The participant at another server with a name, in any spelling. */
  find(name: string): RemoteMember | undefined {
    const found = this.#names.get(foldName(name));
    return found?.server === this.own ? undefined : found;
  }

  /** A connection begins. */
  begin(): void {
    this.#since = Infinity;
    this.#listed.clear();
  }

  /** A lease was renewed. */
  renew({ server, time }: Lease): void {
    if (server === this.own) this.#since = Math.min(this.#since, time);
    this.#leases.set(server, time);
    this.#arrive();
  }

  /** Servers whose lease has ended, each with an id for this end. After a break they need some time to renew it. */
  get ended(): { server: string; id: string }[] {
    if (this.#now - this.#since < LEASE_MS) return [];
    const ended = [...this.#servers.keys()].filter((server) => !this.#isFresh(server));
    return ended.map((server) => ({ server, id: `gone.${server}.${this.#leases.get(server)}` }));
  }

  /** Does what a message says; gives the places of events that do not count because another participant has the name. */
  receive({ s, late, events }: Message): Set<number> {
    const people = this.#peopleOf(s);
    const refused = new Set<number>();
    const lines = events.reduce((sum, event) => sum + ("texts" in event ? event.texts.length : 0), 0);
    const code = lines === 1 ? "bus-late-one" : "bus-late";
    if (late && lines > 0 && s !== this.own) this.room.announce(note(code, String(lines)));
    for (const [at, event] of events.entries()) {
      if (event.k === "join") this.#name(s, event.id, event.name) || refused.add(at);
      else if (event.k === "leave") this.#remove(s, event.id, event.how, event.text);
      else if (event.k === "gone") this.drop(event.server);
      else if (event.k === "here") {
        this.#listed.add(s);
        const ids = new Set(event.ids);
        for (const id of [...people.keys()]) if (!ids.has(id)) this.#remove(s, id, "left");
      } else if ("texts" in event) {
        const known = people.get(event.id);
        // It has left, or had another name as it said so.
        const from = known?.name === event.name ? known : new RemoteMember(s, event.id, event.name);
        this.#apply(s, { kind: event.k, from, texts: event.texts });
      }
    }
    this.#arrive();
    return refused;
  }

  /** Servers are gone, and their participants with them; by default all. */
  drop(...servers: string[]): void {
    for (const s of servers.length > 0 ? servers : [...this.#servers.keys()]) {
      for (const id of [...this.#peopleOf(s).keys()]) this.#remove(s, id, "server");
      this.#servers.delete(s);
    }
  }

  #peopleOf(s: string): Map<number, RemoteMember> {
    const people = this.#servers.get(s) ?? new Map<number, RemoteMember>();
    this.#servers.set(s, people);
    if (!this.#leases.has(s)) this.#leases.set(s, this.#now);
    return people;
  }

  /** Gives a participant a name, and adds one that is not known; false when another participant has the name. */
  #name(s: string, id: number, name: string): boolean {
    const people = this.#peopleOf(s);
    const from = people.get(id) ?? new RemoteMember(s, id, name);
    const folded = foldName(name);
    if ((this.#names.get(folded) ?? from) !== from) return false;
    if (!people.has(id)) this.#apply(s, { kind: "join", from });
    else if (from.name !== name) this.#apply(s, { kind: "rename", from, to: name });
    this.#names.delete(foldName(from.name));
    this.#names.set(folded, from);
    people.set(id, from);
    from.name = name;
    return true;
  }

  #remove(s: string, id: number, how: LeaveCode, text?: string): void {
    const from = this.#peopleOf(s).get(id);
    if (!from) return;
    this.#peopleOf(s).delete(id);
    this.#names.delete(foldName(from.name));
    this.#apply(s, { kind: "leave", from, how, text });
  }

  /** What is done here the publisher applies. */
  #apply(s: string, action: RoomAction): void {
    if (s !== this.own) this.room.apply(action);
  }

  #arrive(): void {
    const living = [...this.#leases.keys()].filter((server) => server !== this.own && this.#isFresh(server));
    if (this.#since < Infinity && living.every((server) => this.#listed.has(server))) this.arrived.resolve();
  }

  /** The time of NATS at the last own renewal. */
  get #now(): number {
    return this.#leases.get(this.own) ?? 0;
  }

  #isFresh(server: string): boolean {
    return this.#now - (this.#leases.get(server) ?? 0) <= LEASE_MS;
  }
}
