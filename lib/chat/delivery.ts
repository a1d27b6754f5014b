/**
 * How words get to those who are here. Everything that all are told goes through one function, so there is one order for
 * everybody.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";
import type { ChatHost } from "./host.ts";
import { History } from "./history.ts";
import { Lines } from "./lines.ts";
import { Member, type Person } from "./member.ts";
import { Pace } from "./back_pressure.ts";

/** What is delivered to all. */
export interface Delivered {
  /** Lines. */
  readonly texts: readonly string[];
  /** Who does not get them. */
  readonly but?: Person | undefined;
  /** Whose they are, for the person at the server. */
  readonly from?: Peer | "operator" | undefined;
  /** Whether newcomers get them too. */
  readonly kept: boolean;
}

/** The way to the clients of a room. */
export class Delivery {
  /** How far the readers are. */
  readonly pace: Pace;
  readonly #host: ChatHost;
  readonly #history: History;
  readonly #members: () => Iterable<Member>;
  readonly #drop: (member: Member) => void;

  /**
   * Delivers to whoever is here.
   *
   * @param host the server around the room
   * @param history lines that a newcomer gets
   * @param members the clients at the moment
   * @param drop sends away a client that does not read
   */
  constructor(host: ChatHost, history: number, members: () => Iterable<Member>, drop: (member: Member) => void) {
    this.#host = host;
    this.#history = new History(history, host.store);
    this.#members = members;
    this.#drop = drop;
    // What the person at the server sees is a reader too: a flood must not outrun the file that it goes to.
    const screen = { flush: () => host.written() };
    this.pace = new Pace(() => [screen, ...Array.from(members(), ({ peer }) => peer)]);
  }

  /** Lines for all. */
  toAll({ texts, but, from, kept }: Delivered): void {
    for (const text of texts) this.#host.show(text, from);
    if (kept) this.#history.add(texts);
    const lines = new Lines(texts);
    const stuck: Member[] = [];
    for (const member of this.#members()) {
      if (member !== but && !member.hear(lines)) stuck.push(member);
    }
    this.pace.posted(lines.length);
    // Only now, so that what is said about them comes after this for everybody.
    for (const member of stuck) this.#drop(member);
  }

  /** Lines for one. They count like those for all: they fill an outbox as well. */
  toOne(person: Person, texts: readonly string[]): void {
    const lines = new Lines(texts);
    if (!person.hear(lines) && person instanceof Member) this.#drop(person);
    else this.pace.posted(lines.length);
  }

  /** What was said before, for a newcomer. */
  toNewcomer(member: Member): void {
    const { lines } = this.#history;
    if (lines.length > 0) this.toOne(member, lines);
  }
}
