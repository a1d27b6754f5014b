/**
 * Decides when messages posted to many peers are written. A line of a chat is a write for each reader. Lines that
 * arrive faster than these writes go out together: a round of writes is followed by a pause as long as the round, in
 * which the server reads, and messages posted meanwhile wait for the next round. In a small room the pause is too short
 * to be noticed.
 *
 * @module
 */

import type { Outbox } from "./outbox.ts";

/** The longest pause in milliseconds: readers must not notice that a line waited. */
const PAUSE_MAX_MS = 50;

/** Batches the writes of all peers of a server. */
export class WriteBatcher {
  #due: Pick<Outbox, "start">[] = [];
  /** When the next round may begin, in milliseconds of `performance.now()`. */
  #pauseUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /** Starts an outbox in the next round. */
  add(outbox: Pick<Outbox, "start">): void {
    if (this.#stopped) return outbox.start();
    if (this.#due.push(outbox) > 1) return;
    const pause = this.#pauseUntil - performance.now();
    if (pause > 0) this.#timer = setTimeout(() => this.#run(), pause);
    else queueMicrotask(() => this.#run());
  }

  /** Ends the rounds: delayed writes start now, and later ones at once. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#run();
  }

  #run(): void {
    const due = this.#due;
    this.#due = [];
    const began = performance.now();
    for (const outbox of due) outbox.start();
    const now = performance.now();
    this.#pauseUntil = now + Math.min(now - began, PAUSE_MAX_MS);
  }
}
