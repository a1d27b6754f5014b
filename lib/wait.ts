/**
 * Waits with a limit in time or a signal that ends them.
 *
 * @module
 */

/** Waits for some time; a negative time is 0. If the signal aborts first, its reason is thrown. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, Math.max(0, ms));
  const stop = () => over.reject(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await over.promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Calls a function after some time; returns a function that cancels the call. The first `setTimeout` of a process loads
 * Node's timers, which adds a third to the start-up time. This function does not, but a cancelled call keeps its memory
 * until its time has come. Use it on the path to a command's first answer.
 */
export function callAfter(ms: number, act: () => void): () => void {
  const signal = AbortSignal.timeout(Math.ceil(ms));
  signal.addEventListener("abort", act, { once: true });
  return () => signal.removeEventListener("abort", act);
}

/** The same where it is done often: a timer, which costs no memory once it is cancelled. */
export function callLater(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/**
 * Waits until work has settled, but not longer than so many milliseconds. It has the timer of {@linkcode callAfter}; use
 * it at the start and the end of a command, and {@linkcode settledWithin} in what runs long or often.
 */
export async function settledOr(work: Promise<unknown>, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = callAfter(ms, late.resolve);
  await Promise.race([work.catch(() => {}), late.promise]);
  cancel();
}

/** A signal with a time limit. */
export interface TimeLimit {
  /** Aborts when the time is up, or when the outer signal does, with the outer signal's reason. */
  readonly signal: AbortSignal;
  /** Removes the limit; the signal never aborts after that. */
  cancel(): void;
}

/**
 * Makes a signal that aborts after some time, or when the outer signal does; cancel it when the work is done.
 * `AbortSignal.any` with `AbortSignal.timeout` does the same, but its timer cannot be cancelled, and it makes the
 * engine compile more code before a command's first answer.
 *
 * @param call the timer: {@linkcode callLater} where limits are made often. Default {@linkcode callAfter}
 *
 * @example
 * ```ts ignore
 * const limit = limitTime(5_000, signal, new SockeyeError("timeout", "No answer in 5 s"));
 * try {
 *   return await connect({ signal: limit.signal });
 * } finally {
 *   limit.cancel();
 * }
 * ```
 */
export function limitTime(ms: number, outer?: AbortSignal, reason?: unknown, call = callAfter): TimeLimit {
  const controller = new AbortController();
  const stop = () => controller.abort(outer?.reason);
  const forget = call(ms, () => controller.abort(reason));
  outer?.addEventListener("abort", stop, { once: true });
  if (outer?.aborted) stop();
  const cancel = () => {
    forget();
    outer?.removeEventListener("abort", stop);
  };
  return { signal: controller.signal, cancel };
}

/**
 * Waits for work that cannot be aborted itself. If the signal ends the wait, its reason is thrown; the work goes on and
 * its result is ignored.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = Promise.withResolvers<never>();
  const stop = () => over.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([over.promise, work]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Milliseconds that work on files gets after a signal: a healthy disk is done by then, and the signal is obeyed in a second. */
const FILES_GRACE_MS = 400;

/**
 * Waits for work on files, which cannot be aborted: a named pipe may never be opened at its other end, a disk in the network
 * may never answer. After the signal it has {@linkcode FILES_GRACE_MS} more; then the signal's reason is thrown, the work goes
 * on and its result is ignored.
 */
export async function unlessHung<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await unlessAborted(work, signal);
  } catch (error) {
    if (signal.aborted && await settledWithin(work, FILES_GRACE_MS)) return await work;
    throw error;
  }
}

/**
 * Whether work was fulfilled or rejected within so many milliseconds.
 *
 * @example
 * ```ts ignore
 * if (!await settledWithin(peer.flush(), 1_000)) peer.kick("it does not read");
 * ```
 */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(late.resolve, ms, false);
  try {
    return await Promise.race([work.then(() => true, () => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
