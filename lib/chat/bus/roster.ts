/**
 * The other servers of a room and their people, as far as this server has heard. Who speaks on the bus may invent servers and
 * people: there is room for a limited number of both.
 *
 * @module
 */

import type { Person } from "../member.ts";
import { foldName } from "../names.ts";
import type { Entry } from "./wire.ts";

/** Servers that are known at a time. */
const SERVERS_MAX = 256;

/** People that are known at a time, of all servers. */
const PEOPLE_MAX = 100_000;

/** Messages of a server that may be missing at once: a count that is further on, or further back, was not its own. */
export const MISSING_MAX = 100_000;

/** Somebody at another server. */
export class Far implements Person {
  /** The id of their server. */
  readonly server: string;
  /** Their number there. */
  readonly id: number;
  #name: string;
  #folded: string;

  /** Knows somebody. */
  constructor(server: string, id: number, name: string) {
    this.server = server;
    this.id = id;
    this.#name = name;
    this.#folded = foldName(name);
  }

  /** What they are called now. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.#folded = foldName(name);
  }

  /** What names are compared by. */
  get folded(): string {
    return this.#folded;
  }

  /** The room speaks to people elsewhere through the bus alone. */
  hear(): boolean {
    return true;
  }
}

/** Another server. */
export interface Server {
  /** Its id. */
  readonly id: string;
  /** Its people by their numbers. */
  readonly people: Map<number, Far>;
  /** Its count of messages so far. */
  n: number;
  /** Its time when it was heard last: it says nothing earlier any more. */
  clock: number;
  /** Milliseconds of `performance.now()` when it was heard last. */
  heard: number;
  /** Whether its people are known: it has said who they are. */
  known: boolean;
}

/** The servers. */
export class Roster {
  readonly #servers = new Map<string, Server>();
  /** The last messages of servers that are gone: when they come back it is seen what did not come meanwhile. */
  readonly #counts = new Map<string, number>();
  /** Times to which servers that were too slow must come before they are known again. */
  readonly #behind = new Map<string, number>();
  /** The people of servers that were here when the way broke, and may come back. */
  readonly #absent = new Map<string, Map<number, Far>>();
  #count = 0;

  /** All of them. */
  get servers(): Iterable<Server> {
    return this.#servers.values();
  }

  /** All of their people. */
  get people(): Far[] {
    return [...this.#servers.values()].flatMap(({ people }) => [...people.values()]);
  }

  /**
   * A server that speaks. It is not known before it is added.
   *
   * @param id its id
   * @param n its count of messages
   * @returns undefined when there are too many
   */
  meet(id: string, n: number): Server | undefined {
    const met = this.#servers.get(id);
    if (met || this.#servers.size >= SERVERS_MAX) return met;
    const count = this.#counts.get(id) ?? n;
    return {
      id,
      people: this.#absent.get(id) ?? new Map<number, Far>(),
      // A count that it never had must not keep it out: somebody else may have spoken in its name.
      n: count < n && n - count <= MISSING_MAX ? count : n - 1,
      clock: 0,
      heard: performance.now(),
      known: false,
    };
  }

  /** A server is known. */
  addServer(server: Server): void {
    if (this.has(server)) return;
    this.#servers.set(server.id, server);
    this.#count += server.people.size;
  }

  /** Whether a server has not gone since it was met. */
  has(server: Server): boolean {
    return this.#servers.get(server.id) === server;
  }

  /** Somebody came, or was not known yet; undefined when there are too many. */
  add(server: Server, [id, name]: Entry): Far | undefined {
    const known = server.people.get(id);
    if (known) {
      known.name = name;
      return known;
    }
    if (this.#count >= PEOPLE_MAX) return undefined;
    const far = new Far(server.id, id, name);
    server.people.set(id, far);
    this.#count++;
    return far;
  }

  /** Somebody is gone. */
  remove(server: Server, id: number): void {
    if (server.people.delete(id)) this.#count--;
  }

  /** A server is gone, and its people with it. */
  drop(server: Server): void {
    if (!this.#servers.delete(server.id)) return;
    this.#absent.delete(server.id);
    this.#count -= server.people.size;
    note(this.#counts, server.id, server.n);
  }

  /** A server is too slow, and must come to a time before it is known again. */
  leaveBehind({ id }: Server, time: number): void {
    note(this.#behind, id, time);
  }

  /** Whether a server that was too slow is still; once it is not, that is forgotten. */
  isBehind(id: string, time: number): boolean {
    const late = time < (this.#behind.get(id) ?? 0);
    if (!late) this.#behind.delete(id);
    return late;
  }

  /** All are out of reach, and may come back: who does as they were is not told of. */
  clear(): void {
    for (const server of [...this.#servers.values()]) {
      this.drop(server);
      if (this.#absent.size < SERVERS_MAX) this.#absent.set(server.id, server.people);
    }
  }

  /** Whether a server that was out of reach has not said yet who is there. */
  get incomplete(): boolean {
    return this.#absent.size > 0;
  }

  /** A server says who is there; true when it was out of reach. */
  isBack(server: Server): boolean {
    return this.#absent.delete(server.id);
  }

  /** Those who are still out of reach do not come back. */
  forgetAbsent(): Far[] {
    const lost = [...this.#absent].flatMap(([id, people]) => this.#servers.has(id) ? [] : [...people.values()]);
    this.#absent.clear();
    return lost;
  }

  /** Who has a name, however it is written, besides one person. */
  find(name: string, but?: Person): Far | undefined {
    const folded = foldName(name);
    for (const { people } of this.#servers.values()) {
      for (const far of people.values()) if (far.folded === folded && far !== but) return far;
    }
    return undefined;
  }
}

/** Notes something of a server; of more than can be known at a time the oldest is forgotten. */
function note(notes: Map<string, number>, id: string, value: number): void {
  notes.delete(id);
  const [oldest] = notes.keys();
  if (notes.size >= SERVERS_MAX && oldest !== undefined) notes.delete(oldest);
  notes.set(id, value);
}
