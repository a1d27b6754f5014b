/**
 * What a room has said in this run of the server, numbered, and who is in it: a page that was away for a while says how far
 * it had got, and gets the rest.
 *
 * @module
 */

import { escapeControls } from "../../printable.ts";
import { parseLine, type Said } from "./lines.ts";

/** Lines and characters that are kept at most: hours of talk, and no more memory than two slow readers cost. */
const LINES_MAX = 10_000;
const LENGTH_MAX = 1024 * 1024;

/** Something that all were told. */
export interface Entry {
  /** Its number in this run, from 1. */
  readonly n: number;
  /** When, in milliseconds since 1970. */
  readonly t: number;
  /** As everybody reads it. */
  readonly line: string;
  /** What it means. */
  readonly said: Said;
  /** Characters that it takes. */
  readonly cost: number;
  /** All of this as a message: made once, however many pages it goes to. It says who is here if no other line tells. */
  readonly message: string;
}

/** Somebody who hears what all are told as soon as it is said. */
export interface Witness {
  /** The address by which the room knows them. */
  readonly peer: string;
  /**
   * Hears it.
   *
   * @param entry what was said
   * @param own whether it is by or about themselves; the room does not send them that
   */
  hear(entry: Entry, own: boolean): void;
}

/** Who said a line, or whom it is about. */
export type From = { readonly address: string } | "operator" | undefined;

/** Keeps what is said. */
export class Record {
  /** Tells one run of the server from the next: numbers begin anew. */
  readonly run: string = crypto.randomUUID();
  /** Whether people elsewhere talk on while this server is away. */
  readonly shared: boolean;
  readonly #entries: Entry[] = [];
  #names: Set<string>;
  #people: (() => readonly string[]) | undefined;
  readonly #witnesses = new Set<Witness>();
  #length = 0;
  #last = 0;

  /**
   * Begins with nothing said.
   *
   * @param names of those who are there from the beginning
   * @param shared whether people elsewhere talk on while this server is away
   */
  constructor(names: readonly string[] = [], shared = false) {
    this.#names = new Set(names);
    this.shared = shared;
  }

  /** Number of the last line; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** The names of all who are here. */
  get names(): string[] {
    return [...this.#names];
  }

  /**
   * Has a room to ask: some lines tell of many who come or go, and do not name them all.
   *
   * @param people gives the names of all who are here
   */
  meet(people: () => readonly string[]): void {
    this.#people = people;
    this.#names = new Set(people());
  }

  /**
   * Notes a line. To be called for each that all are told, in their order, before they are sent to anybody.
   *
   * @param line without its end
   * @param from who said it, or whom it is about
   */
  add(line: string, from: From): void {
    const text = line.isWellFormed() ? line : escapeControls(line);
    const said = parseLine(text);
    const entry = entryOf(++this.#last, text, said, this.#count(said) ? this.names : undefined);
    this.#entries.push(entry);
    this.#length += entry.cost;
    this.#forgetOld();
    const address = typeof from === "object" ? from.address : undefined;
    for (const witness of [...this.#witnesses]) witness.hear(entry, witness.peer === address);
  }

  /**
   * What was said after a line.
   *
   * @param n its number
   * @returns the entries that are still there; `gap` when some are not
   */
  after(n: number): { readonly entries: readonly Entry[]; readonly gap: boolean } {
    const first = this.#entries[0]?.n ?? this.#last + 1;
    return { entries: this.#entries.slice(Math.max(0, n + 1 - first)), gap: n + 1 < first };
  }

  /** Begins to tell somebody. */
  attach(witness: Witness): void {
    this.#witnesses.add(witness);
  }

  /** Ends it. */
  detach(witness: Witness): void {
    this.#witnesses.delete(witness);
  }

  #forgetOld(): void {
    let old = 0;
    while (this.#entries.length - old > LINES_MAX || this.#length > LENGTH_MAX) {
      this.#length -= this.#entries[old++]?.cost ?? 0;
    }
    if (old > 0) this.#entries.splice(0, old);
  }

  /** Whether others are here now than can be known from what was said. */
  #count(said: Said): boolean {
    if (said.kind === "join") this.#names.add(said.name);
    else if (said.kind === "leave") this.#names.delete(said.name);
    else if (said.kind === "rename") this.#names.delete(said.name) && this.#names.add(said.to);
    else if (said.kind === "note" && this.#people) {
      const before = this.#names;
      this.#names = new Set(this.#people());
      return before.symmetricDifference(this.#names).size > 0;
    }
    return false;
  }
}

function entryOf(n: number, line: string, said: Said, here: readonly string[] | undefined): Entry {
  const t = Date.now();
  const cost = line.length + (here?.join().length ?? 0);
  return { n, t, line, said, cost, message: JSON.stringify({ n, t, ...said, ...(here && { here }) }) };
}
