/**
 * Fairness among clients that all have something to say. In one turn of its loop the runtime serves a limited number of
 * sockets, and first those that have news since the turn before: a client that was answered and asks again. Where more clients
 * than that are busy, others would wait for seconds. So those who were served in a full turn stand in a line before they are
 * read from again, until everybody else had a turn; then the line moves on, some at a time.
 *
 * @module
 */

/** Reads that make a turn full: after so many operations Tokio, below Deno, lets no more of them succeed. */
const FULL = 128;

/** How many of the line are read from again after a turn: half of what fits into one, the rest is for whoever comes. */
const RETURNING = 64;

/** Milliseconds without a turn after which nobody else is expected: timers know no shorter time. */
const LOOK_MS = 1;

/** Decides for all peers of a server. */
export class Turns {
  #peers = 0;
  /** Reads of this turn. */
  #reads = 0;
  /** The last turn was full, and not everybody was in it. */
  #full = false;
  #line: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A turn has ended since the timer was set. */
  #turning = false;

  /** One more peer is read from. */
  enter(): void {
    this.#peers++;
  }

  /** One less. */
  leave(): void {
    this.#peers--;
  }

  /** A read has brought something. All reads of a turn are told of before the first microtask that is queued here. */
  served(): void {
    if (this.#reads++ === 0) queueMicrotask(() => this.#endTurn());
  }

  /**
   * Asked before the next read.
   *
   * @returns a promise when others come first
   */
  next(): Promise<void> | undefined {
    if (!this.#full && this.#line.length === 0) return undefined;
    return new Promise((resolve) => {
      this.#line.push(resolve);
      this.#timer ??= setTimeout(() => this.#look(), LOOK_MS);
    });
  }

  /** Nobody waits any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#full = false;
    for (const go of this.#line.splice(0)) go();
  }

  #endTurn(): void {
    this.#full = this.#reads >= FULL && this.#reads < this.#peers;
    this.#reads = 0;
    this.#turning = true;
    if (!this.#full) this.#moveOn();
  }

  /** No turn ends where nobody is served: then everybody has been. */
  #look(): void {
    if (!this.#turning) this.#moveOn();
    this.#turning = false;
    this.#timer = this.#line.length > 0 ? setTimeout(() => this.#look(), LOOK_MS) : undefined;
  }

  #moveOn(): void {
    for (const go of this.#line.splice(0, RETURNING)) go();
  }
}
