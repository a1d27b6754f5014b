/**
 * What people are told of a break: once that the other servers are out of reach; with the first words of each that only those
 * here heard them, and that it goes on so; and when the way is open again how much of theirs nobody else heard.
 *
 * @module
 */

import type { Home } from "./contract.ts";
import type { Person } from "../member.ts";
import { quote } from "../../printable.ts";

/** What those are told who are alone, or come while they are. */
export const OUT_OF_REACH = "The other servers are out of reach: only those at this one hear you";

/** What somebody said that only those here heard. */
interface Words {
  count: number;
  /** How many of them they were told of. */
  readonly told: number;
  readonly first: string;
  last: string;
}

/** A break, as those who are here know of it. */
export class Alone {
  readonly #home: Home;
  readonly #words = new Map<Person, Words>();
  #on = false;

  /** The others are in reach. */
  constructor(home: Home) {
    this.#home = home;
  }

  /** Whether those here believe that they are alone. */
  get on(): boolean {
    return this.#on;
  }

  /**
   * The others are out of reach.
   *
   * @param told whether those here know already: they were told as they came
   */
  begin(told = false): void {
    if (!this.#on && !told) this.#home.announce(OUT_OF_REACH);
    this.#on = true;
  }

  /** Only those here heard words of somebody here. */
  heard(who: Person, texts: readonly string[]): void {
    const words = this.#words.get(who);
    const last = quote(texts.at(-1) ?? "");
    if (words) {
      words.count += texts.length;
      words.last = last;
      return;
    }
    const goesOn = this.#on ? ", and only they hear you until the other servers are in reach" : "";
    this.#home.tell(who, `Only those at this server heard ${amountOf(texts)}${goesOn}`);
    if (this.#on) this.#words.set(who, { count: texts.length, told: texts.length, first: quote(texts[0] ?? ""), last });
  }

  /** Somebody is gone, and need not be told. */
  forget(who: Person): void {
    this.#words.delete(who);
  }

  /** What is said from now on is sent to the others. */
  pause(): void {
    for (const [who, { count, told, first, last }] of this.#words) {
      if (count === told) continue;
      this.#home.tell(who, `Only those at this server heard ${count} lines of yours, from ${first} to ${last}`);
    }
    this.#words.clear();
  }

  /** The others are in reach. */
  end(): void {
    if (this.#on) this.#home.announce("The other servers are in reach");
    this.#on = false;
  }
}

/**
 * Lines as a note about them calls them.
 *
 * @param texts one line or more
 * @returns the first one, and how many more there are
 */
export function amountOf([first = "", ...more]: readonly string[]): string {
  return quote(first) + (more.length > 0 ? ` and ${more.length} more` : "");
}
