/**
 * Finds peers that have been silent for too long.
 *
 * @module
 */

/** One timer for each peer, set again only when it fires: a message costs a reading of the clock, not a new timer. */
export class IdleWatch {
  readonly #limit: number;
  readonly #onIdle: () => void;
  #active = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts to watch.
   *
   * @param limit milliseconds of silence
   * @param onIdle called after so much silence, and again after as much: a peer may ignore a graceful close
   */
  constructor(limit: number, onIdle: () => void) {
    this.#limit = limit;
    this.#onIdle = onIdle;
    this.#wait(limit);
  }

  /** Bytes came, or the system took some: a peer that takes bytes is not idle, however slow it is. */
  touch(): void {
    this.#active = performance.now();
  }

  /** Stops watching. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      const rest = this.#active + this.#limit - performance.now();
      this.#wait(rest > 0 ? rest : this.#limit);
      if (rest <= 0) this.#onIdle();
    }, ms);
  }
}
