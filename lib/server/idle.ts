/**
 * Finds peers that have been silent for too long.
 *
 * @module
 */

/** Looks at a peer within its limit: more would be more exact, and cost more with thousands of silent peers. */
const LOOKS = 8;

/** One interval timer for each peer, which looks whether anything moved. So a message needs neither a clock nor a new timer. */
export class IdleWatch {
  /**
   * Looks without a message before them. It begins at 1, since a whole interval lies before the first look; after a message at 0,
   * since the next look may follow at once.
   */
  #quiet = 1;
  readonly #timer: ReturnType<typeof setInterval>;

  /**
   * Starts to watch.
   *
   * @param limit milliseconds of silence; it is noticed at most an eighth later
   * @param onIdle called after so much silence, and again after as much: a peer may ignore a graceful close
   */
  constructor(limit: number, onIdle: () => void) {
    this.#timer = setInterval(() => {
      if (++this.#quiet <= LOOKS) return;
      this.#quiet = 1;
      onIdle();
    }, Math.ceil(limit / LOOKS)); // Timers drop fractions.
  }

  /** Bytes came, or the system took some: a peer that takes bytes is not idle, however slow it is. */
  touch(): void {
    this.#quiet = 0;
  }

  /** Stops watching. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
