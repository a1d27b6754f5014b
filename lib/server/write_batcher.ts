/**
 * When what is posted to many peers is written. A line of a chat is a write for each reader. Where lines come faster than
 * these writes are done, they go out together: a round of writes is followed by a rest that is as long as the round, in which
 * the server takes what comes, and what is posted meanwhile waits for the next round. A small room does not notice.
 *
 * @module
 */

/** Something that has bytes to write. */
export interface Startable {
  /** Begins to write; may be called when there is nothing. */
  start(): void;
}

/** The longest rest in milliseconds: nobody shall see that a line waited. */
const REST_MAX_MS = 50;

/** Decides for all peers of a server. */
export class Coalescer {
  #due: Startable[] = [];
  #restUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /**
   * Starts something in the next round.
   *
   * @param one what to start
   */
  add(one: Startable): void {
    if (this.#stopped) return one.start();
    if (this.#due.push(one) > 1) return;
    const rest = this.#restUntil - performance.now();
    if (rest > 0) this.#timer = setTimeout(() => this.#run(), rest);
    else queueMicrotask(() => this.#run());
  }

  /** No more rounds: what is due starts now, and what comes later at once. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#run();
  }

  #run(): void {
    const due = this.#due;
    this.#due = [];
    const began = performance.now();
    for (const one of due) one.start();
    const now = performance.now();
    this.#restUntil = now + Math.min(now - began, REST_MAX_MS);
  }
}
