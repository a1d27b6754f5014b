/**
 * Fairness among clients that all send at the same time. In one turn of the event loop Tokio, below Deno, lets a limited number
 * of reads succeed, and prefers sockets that became readable since the turn before: a client that was answered and asks again.
 * With more busy clients than that, others would wait for seconds. So after a full turn the clients that were served wait in a
 * queue before they are read from again, until every other client had a turn; then the queue is released, some at a time.
 *
 * @module
 */

/** Reads that make a turn full: Tokio's budget of operations in one turn. */
const FULL_READS = 128;

/** Clients that are released from the queue after a turn: half of a full turn, so that newcomers find room in it. */
const RELEASED = 64;

/** Milliseconds without a read after which all other clients count as served: the shortest time that timers know. */
const QUIET_MS = 1;

/** Decides for all peers of a server. */
export class FairScheduler {
  #peers = 0;
  /** Reads of this turn. */
  #reads = 0;
  /** Whether the last turn was full and left out some clients. */
  #full = false;
  /** Clients that wait for their next read. */
  #queue: (() => void)[] = [];
  /** Runs while the queue is not empty. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether a turn has ended since the timer was set. */
  #active = false;
  #stopped = false;

  /** Registers a peer. */
  enter(): void {
    this.#peers++;
  }

  /** Unregisters a peer. */
  leave(): void {
    this.#peers--;
  }

  /**
   * Counts a read that brought something. All reads that complete in one turn of the event loop call this before the first
   * microtask queued here runs.
   */
  served(): void {
    if (this.#reads++ === 0) queueMicrotask(() => this.#endTurn());
  }

  /** Asks for the next read: a promise to wait for if it is the turn of other clients. */
  next(): Promise<void> | undefined {
    if (this.#stopped || (!this.#full && this.#queue.length === 0)) return undefined;
    return new Promise((resolve) => {
      this.#queue.push(resolve);
      this.#timer ??= setTimeout(() => this.#checkQuiet(), QUIET_MS);
    });
  }

  /** Releases every client and holds back no other. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const go of this.#queue.splice(0)) go();
  }

  #endTurn(): void {
    this.#full = this.#reads >= FULL_READS && this.#reads < this.#peers;
    this.#reads = 0;
    this.#active = true;
    if (!this.#full) this.#release();
  }

  /** Without reads no turn ends: then every other client has been served. */
  #checkQuiet(): void {
    if (!this.#active) this.#release();
    this.#active = false;
    this.#timer = this.#queue.length > 0 ? setTimeout(() => this.#checkQuiet(), QUIET_MS) : undefined;
  }

  #release(): void {
    for (const go of this.#queue.splice(0, RELEASED)) go();
  }
}
