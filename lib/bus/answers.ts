/**
 * Answers at length: who is here, and what did not come. A question is short, and all servers answer it, so they do that once
 * a second at most.
 *
 * @module
 */

import type { Gaps } from "./gaps.ts";
import type { Presence } from "./presence.ts";

/** Milliseconds between two answers. */
const ANSWER_MS = 1_000;

/** What is still to be answered. */
export class Answers {
  readonly #others: Presence;
  readonly #gaps: Gaps;
  #answered = -Infinity;
  #owed: "gaps" | "who" | undefined;

  /** Owes nothing; `others` and `gaps` give the answers. */
  constructor(others: Presence, gaps: Gaps) {
    this.#others = others;
    this.#gaps = gaps;
  }

  /** Somebody is to get an answer: now, or when {@linkcode Answers.pay} is called later. */
  owe(what: "gaps" | "who"): void {
    if (this.#owed !== "who") this.#owed = what;
    this.pay();
  }

  /** Gives the answer that is owed, if the last one was not a moment ago. */
  pay(): void {
    const now = performance.now();
    if (!this.#owed || now - this.#answered < ANSWER_MS) return;
    this.#answered = now;
    if (this.#owed === "who") this.#others.tellWho(false);
    this.#gaps.tell();
    this.#owed = undefined;
  }
}
