/**
 * Answers at length: who is here, and what did not come. A question is short, and all servers answer it, so they do that once
 * a second at most.
 *
 * @module
 */

import type { Presence } from "./presence.ts";

/** Milliseconds between two answers. */
const ANSWER_MS = 1_000;

/** What is still to be answered. */
export class Answers {
  readonly #others: Presence;
  #answered = -Infinity;
  #owed: "gaps" | "who" | undefined;

  /** Owes nothing; `others` gives the answers. */
  constructor(others: Presence) {
    this.#others = others;
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
    // Who tells who is here tells what did not come as well.
    if (this.#owed === "who") this.#others.tellWho(false);
    else this.#others.tellGaps();
    this.#owed = undefined;
  }
}
