/**
 * The other servers of a room and their participants, as the stream tells of them. A server lives as long as it renews its
 * lease: the time at which NATS stored the last renewal is compared with that of this server's own.
 *
 * @module
 */

import { type LeaveCode, note, type NoteCode } from "../events.ts";
import { foldName } from "../names.ts";
import type { LocalRoom, Participant, RoomAction } from "./contract.ts";
import type { Entry } from "./nats.ts";
import { decodePerson, isServer, type Message, type Person } from "./wire.ts";

/** Milliseconds after which a lease that was not renewed has ended; it is renewed each second. */
export const LEASE_MS = 5_000;

/** Servers and participants that are known at a time: a client of NATS may invent any number. */
const SERVERS_MAX = 256;
const PEOPLE_MAX = 100_000;

/** Names that a note about many participants gives. */
const NAMED = 3;

/** A participant at another server. */
export class RemoteMember implements Participant {
  /** What names are compared by. */
  folded: string;

  /** One with a number at a server. */
  constructor(readonly server: string, readonly id: number, public name: string) {
    this.folded = foldName(name);
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
  /** Participants of all servers. */
  #count = 0;
  /** The first own renewal on this connection: after a break others need some time to renew theirs. */
  #since: number | undefined;

  /** Knows no server. `own` is the id of this one. */
  constructor(own: string, room: LocalRoom) {
    [this.#own, this.#room] = [own, room];
  }

  /** All participants at other servers. */
  get people(): RemoteMember[] {
    return [...this.#servers.values()].flatMap((people) => [...people.values()]);
  }

  /** The participant with a name, in any spelling. */
  find(name: string): RemoteMember | undefined {
    const folded = foldName(name);
    return this.#servers.values().flatMap((people) => people.values()).find((one) => one.folded === folded);
  }

  /** A connection begins. */
  begin(): void {
    this.#since = undefined;
  }

  /** A lease was renewed. */
  renew({ key, time }: Pick<Entry, "key" | "time">): void {
    const server = key.slice("server.".length);
    if (!isServer(server)) return;
    if (server === this.#own) this.#since ??= time;
    if (this.#leases.has(server) || this.#leases.size < SERVERS_MAX) this.#leases.set(server, time);
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
      const [people, list] = [this.#peopleOf(s), lists.get(s) ?? []];
      const here = new Set(list.map(({ id }) => id));
      this.#left(people.keys().filter((id) => !here.has(id)).flatMap((id) => this.#remove(people, id, "left")));
      // A participant that takes another name has two for a moment: the last one counts.
      const last = new Map(list.map((one) => [one.id, one])).values();
      this.#joined([...last].flatMap((one) => this.#rename(people, one) ? [] : this.#add(people, one)));
    }
  }

  /** Does what a message of another server says. */
  receive({ s, late, events }: Message): void {
    const people = this.#peopleOf(s);
    const lines = events.reduce((sum, event) => sum + ("texts" in event ? event.texts.length : 0), 0);
    if (late && lines > 0) this.#room.announce(note(lines === 1 ? "bus-late-one" : "bus-late", String(lines)));
    let [joined, left]: [RemoteMember[], Leave[]] = [[], []];
    for (const event of events) {
      if (event.k !== "join") joined = this.#joined(joined);
      if (event.k !== "leave") left = this.#left(left);
      if (event.k === "leave") left.push(...this.#remove(people, event.id, event.how, event.text));
      else if (event.k === "join" || event.k === "rename") {
        if (!this.#rename(people, { ...event, s })) joined.push(...this.#add(people, { ...event, s }));
      } else if ("texts" in event) {
        const known = people.get(event.id);
        // It has left, or had another name as it said so.
        const from = known?.name === event.name ? known : new RemoteMember(s, event.id, event.name);
        this.#room.apply({ kind: event.k, from, texts: event.texts });
      }
    }
    this.#joined(joined);
    this.#left(left);
  }

  /** A server is gone, and its participants with it. */
  drop(s: string): void {
    const people = this.#peopleOf(s);
    this.#leases.delete(s);
    this.#servers.delete(s);
    this.#left(people.keys().flatMap((id) => this.#remove(people, id, "server")), "many-gone");
  }

  /** What is kept of servers that are too many is forgotten. */
  #peopleOf(s: string): Map<number, RemoteMember> {
    const people = this.#servers.get(s) ?? new Map<number, RemoteMember>();
    if (this.#servers.size < SERVERS_MAX) this.#servers.set(s, people);
    if (!this.#leases.has(s)) this.renew({ key: `server.${s}`, time: this.#now });
    return people;
  }

  #add(people: Map<number, RemoteMember>, { s, id, name }: Person): RemoteMember[] {
    if (this.#count >= PEOPLE_MAX) return [];
    this.#count++;
    const member = new RemoteMember(s, id, name);
    people.set(id, member);
    return [member];
  }

  /** False when the participant is not known. */
  #rename(people: Map<number, RemoteMember>, { id, name, yielded }: Person & { yielded?: boolean }): boolean {
    const from = people.get(id);
    if (!from || from.name === name) return from !== undefined;
    this.#room.apply({ kind: "rename", from, to: name, yielded: yielded ?? false });
    [from.name, from.folded] = [name, foldName(name)];
    return true;
  }

  #remove(people: Map<number, RemoteMember>, id: number, how: LeaveCode, text?: string): Leave[] {
    const from = people.get(id);
    if (!from) return [];
    people.delete(id);
    this.#count--;
    return [{ kind: "leave", from, how, ...(text !== undefined && { text }) }];
  }

  #joined(members: readonly RemoteMember[]): [] {
    return this.#tell(members.map((from) => ({ kind: "join", from })), "many-joined");
  }

  #left(leaves: Iterable<Leave>, many: NoteCode = "many-left"): [] {
    return this.#tell([...leaves], many);
  }

  /** A few are told of one by one, many together. */
  #tell(actions: readonly RoomAction[], many: NoteCode): [] {
    const names = actions.slice(0, NAMED).map(({ from }) => from.name).join(", ");
    if (actions.length > NAMED) this.#room.announce(note(many, names, String(actions.length - NAMED)));
    else for (const action of actions) this.#room.apply(action);
    return [];
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

type Leave = RoomAction & { kind: "leave" };
