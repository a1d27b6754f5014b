/**
 * Questions who is there, and answers at length: who is here, and what did not come. A question is short, and all servers
 * answer it, so all that happens once a second at most.
 *
 * @module
 */

import type { Gaps } from "./gaps.ts";
import type { Presence } from "./presence.ts";
import type { Body } from "./wire.ts";

/** Milliseconds between two answers, and between two questions. */
const PAUSE_MS = 1_000;

/** What is still to be answered. */
export class Answers {
  readonly #others: Presence;
  readonly #gaps: Gaps;
  readonly #publish: (body: Body) => void;
  #asked = -Infinity;
  #answered = -Infinity;
  #owed: "gaps" | "who" | undefined;

  /** Owes nothing; `others` and `gaps` give the answers, `publish` asks. */
  constructor(others: Presence, gaps: Gaps, publish: (body: Body) => void) {
    this.#others = others;
    this.#gaps = gaps;
    this.#publish = publish;
  }

  /** Everybody should say who is there. */
  ask(): void {
    const now = performance.now();
    if (now - this.#asked < PAUSE_MS) return;
    this.#asked = now;
    this.#publish({ k: "ask" });
  }

  /** Somebody is to get an answer: now, or when {@linkcode Answers.pay} is called later. */
  owe(what: "gaps" | "who"): void {
    if (this.#owed !== "who") this.#owed = what;
    this.pay();
  }

  /** Gives the answer that is owed, if the last one was not a moment ago. */
  pay(): void {
    const now = performance.now();
    if (!this.#owed || now - this.#answered < PAUSE_MS) return;
    this.#answered = now;
    if (this.#owed === "who") this.#others.tellWho(false);
    this.#gaps.tell();
    this.#owed = undefined;
  }
}
