/**
 * What others said and is not heard here: it was lost when a way broke, or came when its turn was over. Whoever said it is
 * told, since those there believe that everybody heard it.
 *
 * @module
 */

import { type Body, GAPS_MAX } from "./wire.ts";

/** Milliseconds for which a gap is told to those who come or ask: twice as long as servers remember what they sent. */
const GAP_MS = 60_000;

/** Messages of one server, by their numbers. */
interface Gap {
  readonly server: string;
  readonly first: number;
  last: number;
  /** When it was noticed. */
  readonly at: number;
}

/** The gaps. */
export class Gaps {
  readonly #publish: (body: Body) => void;
  #list: Gap[] = [];
  #owes = false;

  /** Knows of none; `publish` tells all other servers something. */
  constructor(publish: (body: Body) => void) {
    this.#publish = publish;
  }

  /** Messages of a server are not heard here. */
  note(server: string, first: number, last: number): void {
    this.owe();
    // Many lines that come late are one gap. When there are more than can be told, too much is told rather than too little.
    const before = this.#list.findLast((gap) => gap.server === server);
    if (before && (before.last + 1 === first || this.#list.length >= GAPS_MAX)) before.last = last;
    else this.#list.push({ server, first, last, at: performance.now() });
  }

  /** What is not heard here is to be told again. */
  owe(): void {
    this.#owes = true;
  }

  /** Tells it with the next beat: all that was noticed until then at once. */
  pay(): void {
    if (this.#owes) this.tell();
  }

  /** Tells what is not heard here, as far as those who sent it may still know what it was. */
  tell(): void {
    this.#owes = false;
    const now = performance.now();
    this.#list = this.#list.filter(({ at }) => now - at < GAP_MS).slice(-GAPS_MAX);
    if (this.#list.length === 0) return;
    this.#publish({ k: "missed", gaps: this.#list.map(({ server, first, last }) => [server, first, last]) });
  }
}
