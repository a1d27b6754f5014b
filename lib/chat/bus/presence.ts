/**
 * The servers of a room and their participants, as the stream describes them to all. A name belongs to the first one that takes
 * it there, and with it all that look like it. A server lives as long as it renews its lease: the time at which NATS stored
 * that is compared with the own one's.
 *
 * @module
 */

import { type LeaveCode, note } from "../events.ts";
import { lookOf } from "../look_alikes.ts";
import { foldName, isTagged, tagOf } from "../names.ts";
import type { LocalRoom, Participant, RoomAction } from "../contract.ts";
import type { Lease } from "./nats.ts";
import type { Message } from "./wire.ts";

/** Milliseconds after which a lease that was not renewed has ended; it is renewed each second. */
const LEASE_MS = 5_000;

/** A participant with a number at a server, as the stream describes it. */
export class RemoteMember implements Participant {
  /** The room sends lines to other servers through the bus alone. */
  readonly send = (): boolean => true;

  /** Its name may change. */
  constructor(readonly server: string, readonly id: number, public name: string) {}
}

/** All servers, this one as the others know it. */
export class Presence {
  /** Settles when every live server has listed its participants or was announced as gone, or when that cannot be known. */
  readonly arrived: PromiseWithResolvers<void> = Promise.withResolvers();
  /** The participants by their servers and numbers, by their folded names, and by what those look like. */
  readonly #people = new Map<string, RemoteMember>();
  readonly #names = new Map<string, RemoteMember>();
  readonly #looks = new Map<string, RemoteMember>();
  /** When NATS stored the last renewal of each lease, and the first own one on this connection. */
  readonly #leases = new Map<string, number>();
  #since = Infinity;
  /** Servers that have listed their participants, and those that were announced as gone and have not done so since. */
  readonly #listed = new Set<string>();
  readonly #gone = new Set<string>();

  /** Begins without participants. `own` is the id of this server. */
  constructor(readonly own: string, readonly room: Pick<LocalRoom, "findAlike" | "announce" | "apply">) {}

  /** All participants at other servers. */
  get people(): RemoteMember[] {
    return [...this.#people.values()].filter(({ server }) => server !== this.own);
  }

  /** The participant at another server with a name, in any spelling, or with one that looks like it. */
  find(name: string, isAlike = false): RemoteMember | undefined {
    const found = isAlike ? this.#looks.get(lookOf(name)) : this.#names.get(foldName(name));
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
  get ended(): [server: string, id: string][] {
    if (this.#now - this.#since < LEASE_MS) return [];
    const others = new Set([...this.people.map(({ server }) => server), ...this.#unheard]);
    const ended = [...others].filter((server) => this.#now - (this.#leases.get(server) ?? 0) > LEASE_MS);
    return ended.map((server) => [server, `gone.${server}.${this.#leases.get(server)}`]);
  }

  /**
   * Applies a message and returns its events. If its name belongs to another participant, a new name is refused, and
   * lines get another name.
   */
  receive({ s, late, events }: Message): Map<number, Participant> {
    const refused = new Map<number, Participant>();
    const lines = events.flatMap((event) => "texts" in event ? event.texts : []).length;
    const isLate = (late || this.#gone.has(s)) && s !== this.own;
    if (isLate && lines > 0) this.room.announce(note(lines === 1 ? "bus-late-one" : "bus-late", String(lines)));
    for (const [at, event] of events.entries()) {
      const known = "id" in event ? this.#people.get(`${s}.${event.id}`) : undefined;
      if (event.k === "join") {
        const from = known ?? new RemoteMember(s, event.id, "");
        if (!this.#name(from, event.name)) refused.set(at, from);
      } else if (event.k === "leave" && known) this.#remove(known, event.how, event.text);
      else if (event.k === "gone") {
        this.#listed.add(event.server);
        this.#gone.add(event.server);
        if (event.server === this.own) this.room.announce(note("bus-gone"));
        this.drop(event.server);
      } else if (event.k === "here") {
        this.#listed.add(s);
        this.#gone.delete(s);
        this.drop(s, "left", new Set(event.ids));
      } else if ("texts" in event) {
        // One here may have taken the name in the break.
        const isHere = late && s !== this.own && this.room.findAlike(event.name) !== undefined;
        const isTaken = isHere || (this.#ownerOf(event.name) ?? known) !== known;
        const name = isTaken ? `${event.name}@${tagOf(s)}` : event.name;
        // It has left, or had another name as it said so.
        const from = known?.name === name ? known : new RemoteMember(s, event.id, name);
        if (isTaken) refused.set(at, from);
        this.#apply(from, { kind: event.k, from, texts: event.texts });
      }
    }
    this.#arrive();
    return refused;
  }

  /** Removes the participants of a server, or of all servers, except those with certain numbers. */
  drop(server?: string, how: LeaveCode = "server", kept: ReadonlySet<number> = new Set()): void {
    for (const one of this.#people.values()) {
      if ((server === undefined || one.server === server) && !kept.has(one.id)) this.#remove(one, how);
    }
  }

  /** The participant with a name, or with one that looks like it. Names that servers give may look alike. */
  #ownerOf(name: string): RemoteMember | undefined {
    return this.#names.get(foldName(name)) ?? (isTagged(name) ? undefined : this.#looks.get(lookOf(name)));
  }

  /** Gives a participant a name, and adds one that is new; false when another participant has the name or one like it. */
  #name(from: RemoteMember, name: string): boolean {
    const { server, id, name: before } = from;
    if ((this.#ownerOf(name) ?? from) !== from) return false;
    if (!this.#leases.has(server)) this.#leases.set(server, this.#now);
    if (before !== "" && before !== name) this.#apply(from, { kind: "rename", from, to: name });
    this.#forget(from);
    this.#names.set(foldName(name), from);
    this.#looks.set(lookOf(name), from);
    this.#people.set(`${server}.${id}`, from);
    from.name = name;
    if (before === "") this.#apply(from, { kind: "join", from });
    return true;
  }

  #remove(from: RemoteMember, how: LeaveCode, text?: string): void {
    this.#people.delete(`${from.server}.${from.id}`);
    this.#forget(from);
    this.#apply(from, { kind: "leave", from, how, text });
  }

  #forget(from: RemoteMember): void {
    const look = lookOf(from.name);
    this.#names.delete(foldName(from.name));
    if (this.#looks.get(look) === from) this.#looks.delete(look);
  }

  #apply({ server }: RemoteMember, action: RoomAction): void {
    if (server !== this.own) this.room.apply(action);
  }

  #arrive(): void {
    if (this.#since < Infinity && this.#unheard.length === 0) this.arrived.resolve();
  }

  /** Servers with a lease when the connection began, neither listed nor announced as gone since. */
  get #unheard(): string[] {
    const fresh = [...this.#leases].filter(([server, time]) => server !== this.own && time >= this.#since - LEASE_MS);
    return fresh.map(([server]) => server).filter((server) => !this.#listed.has(server));
  }

  get #now(): number {
    return this.#leases.get(this.own) ?? 0;
  }
}
