/**
 * Keeps the process alive when NATS resets a connection that the library has already given up.
 *
 * @module
 */

/** Milliseconds after the last bus was closed in which a reset may still come. */
export const RESET_MS = 5_000;

/**
 * Ignores resets of connections while a bus is open. When NATS refuses a login it resets the connection. The library has
 * dropped its error handler by then, so Deno takes the reset for an uncaught error (with 2.9.6 in four of ten refusals) and
 * would end the process.
 */
export class ResetGuard {
  readonly #target: EventTarget;
  /** Buses that are open. */
  #buses = 0;
  /** Removes the listener; undefined while a bus is open or no listener is there. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Listens to nothing yet. `target` is where uncaught errors are reported. */
  constructor(target: EventTarget = globalThis) {
    this.#target = target;
  }

  /** A bus is opened. Listeners are compared by the target, so a second bus adds none. */
  begin(): void {
    this.#buses++;
    clearTimeout(this.#timer);
    this.#target.addEventListener("error", ignoreReset);
  }

  /** A bus is closed for good. The listener goes some time after the last one: a reset may come late. */
  end(): void {
    if (--this.#buses > 0) return;
    this.#timer = setTimeout(() => this.#target.removeEventListener("error", ignoreReset), RESET_MS);
    Deno.unrefTimer(Number(this.#timer));
  }
}

/** The guard of this process. */
export const resetGuard: ResetGuard = new ResetGuard();

function ignoreReset(event: Event): void {
  const { code, syscall } = ((event as ErrorEvent).error ?? {}) as { code?: string; syscall?: string };
  if (code === "ECONNRESET" && syscall === "read") event.preventDefault();
}
