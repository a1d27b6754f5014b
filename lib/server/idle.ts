/**
 * Notices that a peer has been silent for too long.
 *
 * @module
 */

/** One timer a peer, set again only when it fires: a busy peer costs a clock reading, not a timer, for each message. */
export class IdleWatch {
  readonly #limit: number;
  readonly #onIdle: () => void;
  #active = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Begins to watch.
   *
   * @param limit milliseconds of silence
   * @param onIdle called when they are over, and again as long as nothing happens: it may not be enough to ask a peer to go
   */
  constructor(limit: number, onIdle: () => void) {
    this.#limit = limit;
    this.#onIdle = onIdle;
    this.#timer = setTimeout(() => this.#look(), limit);
  }

  /** The peer has done something. */
  touch(): void {
    this.#active = performance.now();
  }

  /** Watches no longer. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const rest = this.#active + this.#limit - performance.now();
    this.#timer = setTimeout(() => this.#look(), rest > 0 ? rest : this.#limit);
    if (rest <= 0) this.#onIdle();
  }
}
