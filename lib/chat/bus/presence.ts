/**
 * Who is at which server: what the messages of others mean for the room, and what they are told of the people here.
 *
 * @module
 */

import type { Home } from "./contract.ts";
import type { Person } from "../member.ts";
import { foldName } from "../names.ts";
import { type Far, MISSING_MAX, Roster, type Server } from "./roster.ts";
import { type Body, ENTRIES_MAX, type Entry, type Message } from "./wire.ts";

/** Milliseconds after which a silent server is gone: some beats may be late on a busy machine. */
const SILENCE_MS = 5_000;

/** Answers at length between two beats: whoever speaks on the bus could have as many as it likes. */
const ANSWERS_MAX = 10;

/** Names that a line about many people gives. */
const NAMED = 3;

/** The other servers as the room sees them. */
export class Presence {
  /** The servers and their people. */
  readonly roster = new Roster();
  /** Those who have left here, as the others have not heard yet. */
  readonly leaving = new Set<Person>();
  readonly #id: string;
  readonly #home: Home;
  readonly #publish: (body: Body) => void;
  readonly #ids = new WeakMap<Person, number>();
  #lastId = 0;
  #owes = false;
  /** Answers since the last beat. */
  #answers = 0;
  /** Those here who were asked to take another name, and the name. */
  readonly #yielding = new WeakMap<Person, string>();
  /** Those who have come under a name that they must give up: they are told of when they have another one. */
  readonly #untold = new WeakSet<Person>();

  /**
   * Knows nobody.
   *
   * @param id this server
   * @param home the room
   * @param publish tells all other servers something
   */
  constructor(id: string, home: Home, publish: (body: Body) => void) {
    this.#id = id;
    this.#home = home;
    this.#publish = publish;
  }

  /** Whether somebody else has a name, here or elsewhere. */
  isTaken(name: string, by: Person): boolean {
    if ((this.#home.find(name) ?? by) !== by || this.roster.find(name, by) !== undefined) return true;
    const folded = foldName(name);
    return [...this.leaving].some((one) => one !== by && foldName(one.name) === folded);
  }

  /** The number by which the others know somebody who is here. */
  idOf(who: Person): number {
    const known = this.#ids.get(who);
    if (known !== undefined) return known;
    this.#ids.set(who, ++this.#lastId);
    return this.#lastId;
  }

  /** Somebody has asked who is here. */
  owe(): void {
    this.#owes = true;
  }

  /** Answers with the next beat: a question is short, and all answer it at length. Asks, too, where that is not known. */
  pay(): void {
    this.#answers = 0;
    if ([...this.roster.servers].some(({ known }) => !known)) this.#publish({ k: "ask" });
    if (this.#owes) this.tellWho(false);
  }

  /** Answers now, unless that was done often enough since the last beat. */
  answer(): void {
    if (++this.#answers > ANSWERS_MAX) this.owe();
    else this.tellWho(false);
  }

  /** Tells all who is here; if need be in several messages. */
  tellWho(ask: boolean): void {
    this.#owes = false;
    const people = this.#home.people.map((who): Entry => [this.idOf(who), who.name]);
    this.#publish({ k: "here", people: people.slice(0, ENTRIES_MAX), ask });
    for (let at = ENTRIES_MAX; at < people.length; at += ENTRIES_MAX) {
      this.#publish({ k: "also", people: people.slice(at, at + ENTRIES_MAX) });
    }
  }

  /** Tells again when a claim that was on its way as a list was written has changed a name. */
  checkWho(people: readonly Entry[]): void {
    const told = new Map(people);
    if (this.#home.people.some((who) => (told.get(this.idOf(who)) ?? who.name) !== who.name)) this.tellWho(false);
  }

  /** Who is still out of reach does not come back. */
  complete(): void {
    this.#tell(this.roster.forgetAbsent(), "left with their server", "left with their server");
  }

  /**
   * Notes that a server speaks.
   *
   * @returns the server, and how many messages did not come that it sent before; `strange` for a count or a time that it
   * cannot have; undefined for a message that came before, or when there are too many servers
   */
  note({ s, n, c, k }: Message): { server: Server; lost: number } | "strange" | undefined {
    const server = this.roster.meet(s, n);
    if (!server) return undefined;
    if (Math.abs(n - server.n) > MISSING_MAX) return "strange";
    if (n <= server.n) return undefined;
    // Its clock never goes back.
    if (c < server.clock) return "strange";
    if (this.roster.isBehind(s, c)) return undefined;
    this.roster.addServer(server);
    const lost = n - server.n - 1;
    // What did not come may have been about its people.
    if (lost > 0) server.known = false;
    if (k === "here") server.known = true;
    server.n = n;
    server.heard = performance.now();
    return { server, lost };
  }

  /**
   * A server says who is there.
   *
   * @param server which one
   * @param entries who
   * @param comes whether it has just come to the bus
   */
  meet(server: Server, entries: readonly Entry[], comes: boolean): void {
    const gone = new Map(server.people);
    for (const [id] of entries) gone.delete(id);
    // More of them may follow.
    if (entries.length < ENTRIES_MAX) {
      for (const id of gone.keys()) this.roster.remove(server, id);
      this.#tell([...gone.values()], "left", "left");
    }
    const isBack = this.roster.isBack(server);
    this.greet(server, entries, "joined from another server", comes || isBack);
  }

  /**
   * People of a server are there.
   *
   * @param server which one
   * @param entries who
   * @param many what is said of more than a few
   * @param renames whether they may have other names than before; otherwise a claim that is on its way says so
   */
  greet(server: Server, entries: readonly Entry[], many = "joined", renames = false): void {
    const fresh: Far[] = [];
    let contested = false;
    for (const [id, name] of entries) {
      const known = server.people.get(id);
      const loses = this.#contest(server, name);
      contested ||= loses && this.#home.find(name) !== undefined;
      // They need not give it up if the other one has just left: that is asked in a moment.
      if (loses) server.known = false;
      // Under the old name until they have a new one.
      if (known && loses) continue;
      const before = known?.name;
      const far = this.roster.add(server, [id, name]);
      if (!far) break;
      if (loses) this.#untold.add(far);
      else if (this.#untold.delete(far) || before === undefined) fresh.push(far);
      else if (before !== name && renames) this.#home.announce(`${before} is ${name} now`);
    }
    this.#tell(fresh, "joined", many);
    // The others have heard of those here before, but perhaps not of this name.
    if (contested) this.answer();
  }

  /** Somebody there leaves. */
  part(server: Server, id: number, how: string): void {
    const who = server.people.get(id);
    if (!who) return;
    this.roster.remove(server, id);
    if (!this.#untold.has(who)) this.#home.happen({ does: "leave", who, how });
  }

  /** Somebody there claims a name. */
  rename(server: Server, id: number, name: string): void {
    const who = server.people.get(id);
    if (!who || this.isTaken(name, who)) return;
    if (!this.#untold.has(who)) this.#home.happen({ does: "name", who, name });
    who.name = name;
    if (this.#untold.delete(who)) this.#home.happen({ does: "join", who });
  }

  /** A server is gone, and its people with it. */
  drop(server: Server): void {
    if (!this.roster.has(server)) return;
    this.roster.drop(server);
    this.#tell([...server.people.values()], "left with their server", "left with their server");
  }

  /** A server is not waited for any more, until it has come to a time: else it would hold up all again with its next beat. */
  leaveBehind(server: Server, time: number): void {
    this.roster.leaveBehind(server, time);
    this.drop(server);
  }

  /**
   * Drops the servers that are silent.
   *
   * @param now when something came that shows that the way is open: on one that is closed all are silent
   */
  expire(now: number): void {
    for (const server of [...this.roster.servers]) if (now - server.heard > SILENCE_MS) this.drop(server);
  }

  /** Two have one name: the server with the smaller id keeps it. True when that is not the one which tells of it. */
  #contest(server: Server, name: string): boolean {
    const own = this.#home.find(name);
    if (!own) return (this.roster.find(name)?.server ?? server.id) < server.id;
    if (this.#id < server.id) return true;
    if (this.#yielding.get(own) !== own.name) this.#home.giveWay(own);
    this.#yielding.set(own, own.name);
    return false;
  }

  /** A few are told one by one, many in one line. */
  #tell(people: readonly Far[], how: string, many: string): void {
    if (people.length > NAMED) {
      const names = people.slice(0, NAMED).map(({ name }) => name).join(", ");
      return this.#home.announce(`${names} and ${people.length - NAMED} more ${many}`);
    }
    for (const who of people) {
      this.#home.happen(how === "joined" ? { does: "join", who } : { does: "leave", who, how });
    }
  }
}
