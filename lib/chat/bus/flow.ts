/**
 * How much may be on its way. Whoever writes waits when the bus is slow, and who pours out text waits earlier. A server whose
 * readers are behind asks the others to hold those who pour out text, as it would do with its own.
 *
 * @module
 */

/** Bytes on their way from which writers wait. */
const WINDOW = 512 * 1024;

/** The same for those who pour out text: they leave room for people. */
const POURING_WINDOW = 128 * 1024;

/** Milliseconds that those who pour out text wait for readers of another server: it must not keep them for ever. */
const HOLD_MS = 2_000;

/** The state of it. */
export class Flow {
  readonly #holds = new Map<string, ReturnType<typeof setTimeout>>();
  #size = 0;
  #changed = Promise.withResolvers<void>();

  /** Something is on its way. */
  add(bytes: number): void {
    this.#size += bytes;
  }

  /** It has arrived, or will not. */
  done(bytes: number): void {
    this.#size -= bytes;
    this.#wake();
  }

  /** A server asks to hold those who pour out text, or does not any more. */
  hold(server: string, on: boolean): void {
    clearTimeout(this.#holds.get(server));
    if (on) this.#holds.set(server, setTimeout(() => this.hold(server, false), HOLD_MS));
    else if (this.#holds.delete(server)) this.#wake();
  }

  /** Nobody asks for anything any more. */
  release(): void {
    for (const server of [...this.#holds.keys()]) this.hold(server, false);
  }

  /**
   * Whether a writer must wait.
   *
   * @param pouring whether it writes more than people do
   */
  full(pouring: boolean): boolean {
    return this.#size > (pouring ? POURING_WINDOW : WINDOW) || (pouring && this.#holds.size > 0);
  }

  /** Settles when something has changed. */
  ready(): Promise<void> {
    return this.#changed.promise;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
