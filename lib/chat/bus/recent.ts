/**
 * What people here said a moment ago. It came back, so that they believe that everybody heard it; a server that was out of
 * reach may say later that it did not.
 *
 * @module
 */

import type { Home } from "./contract.ts";
import type { Person } from "../member.ts";
import { amountOf } from "./alone.ts";

/** Milliseconds that a server which lost its way has to come back and say what it missed: it tries every five seconds. */
const RECENT_MS = 30_000;

/** Bytes of messages that are remembered for it: ten seconds of a room that talks as fast as one server can. */
const RECENT_LIMIT = 4 * 1024 * 1024;

/** What somebody here said. */
export interface Words {
  /** The number of the message. */
  readonly n: number;
  /** Milliseconds of `performance.now()` when it was sent. */
  readonly at: number;
  /** Its bytes. */
  readonly size: number;
  /** Who said it. */
  readonly who: Person;
  /** The number of the first line, counting all that they have said. */
  readonly line: number;
  /** The lines. */
  readonly texts: readonly string[];
}

/** What was said a moment ago. */
export class Recent {
  readonly #home: Home;
  #list: Words[] = [];
  #size = 0;
  /** The number of the last words that were forgotten. */
  #forgotten = 0;

  /** Remembers nothing; `home` is told of what was not heard. */
  constructor(home: Home) {
    this.#home = home;
  }

  /** Something came back, and had its turn. */
  add(words: Words): void {
    this.#list.push(words);
    this.#size += words.size;
    // Half of it at once: to take away one after the other would cost as much each time.
    if (this.#size > RECENT_LIMIT) this.#forget(this.#list.length >> 1);
  }

  /** Forgets what was said long ago. */
  trim(): void {
    const now = performance.now();
    const kept = this.#list.findIndex(({ at }) => now - at < RECENT_MS);
    this.#forget(kept < 0 ? this.#list.length : kept);
  }

  /**
   * Tells people what of their words was not heard elsewhere; of each word once.
   *
   * @param first the number of the first message that did not come
   * @param last that of the last one
   */
  regret(first: number, last: number): void {
    const isMissed = ({ n }: Words) => n >= first && n <= last;
    const missed = this.#list.filter(isMissed);
    if (missed.length > 0) this.#keep(this.#list.filter((words) => !isMissed(words)));
    for (const { who, texts } of runsOf(missed)) {
      this.#home.tell(who, `Another server was out of reach and did not hear ${amountOf(texts)}`);
    }
    if (first > this.#forgotten) return;
    this.#home.announce("Another server was out of reach and did not hear all that was said here a moment ago");
    this.#forgotten = 0;
  }

  #forget(count: number): void {
    this.#forgotten = this.#list[count - 1]?.n ?? this.#forgotten;
    this.#keep(this.#list.slice(count));
  }

  #keep(list: Words[]): void {
    this.#list = list;
    this.#size = list.reduce((sum, { size }) => sum + size, 0);
  }
}

/** Joins what somebody said in a row: of lines between which there are others that they were told of, each is named. */
function runsOf(list: readonly Words[]): Iterable<Pick<Words, "who" | "texts">> {
  const runs: { readonly who: Person; readonly line: number; readonly texts: string[] }[] = [];
  const latest = new Map<Person, (typeof runs)[number]>();
  for (const { who, line, texts } of list) {
    let run = latest.get(who);
    if (!run || run.line + run.texts.length !== line) {
      latest.set(who, run = { who, line, texts: [] });
      runs.push(run);
    }
    run.texts.push(...texts);
  }
  return runs;
}
