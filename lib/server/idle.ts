/**
 * Finds peers that have been silent for too long.
 *
 * @module
 */

/** Looks at a peer within its limit. */
const LOOKS = 8;

/** One timer for each peer, which looks now and then whether anything moved: a message costs a number, no clock and no new timer. */
export class IdleWatch {
  /** Looks that found nothing; the first one after a message may come at once and does not count. */
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
    }, limit / LOOKS);
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
