/**
 * Waiting that can be cut short.
 *
 * @module
 */

/**
 * Waits.
 *
 * @param ms milliseconds; a time that has passed is no wait
 * @param signal ends the wait; its reason is thrown
 */
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
 * Calls back after some time. The first `setTimeout` of a process loads Node's timers, which takes a third as long again as to
 * start; this does not, but what is taken back costs some memory until its time has come. So it is for the way to a first
 * answer.
 *
 * @param ms milliseconds
 * @param act what to call
 * @returns takes it back
 */
export function callAfter(ms: number, act: () => void): () => void {
  const signal = AbortSignal.timeout(Math.ceil(ms));
  signal.addEventListener("abort", act, { once: true });
  return () => signal.removeEventListener("abort", act);
}

/** A signal with a limit in time. */
export interface TimeLimit {
  /** Aborts when the outer one does, with its reason, or when time is up. */
  readonly signal: AbortSignal;
  /** Ends the limit. */
  cancel(): void;
}

/**
 * Limits work in time. `AbortSignal.any` with `AbortSignal.timeout` says the same, but its timer cannot be taken back, and
 * there is more of it to compile on the way to a first answer.
 *
 * @param ms milliseconds
 * @param outer ends the work sooner
 * @param reason what the signal has for a reason when time is up
 * @returns the limit; cancel it when the work is done
 */
export function limitTime(ms: number, outer?: AbortSignal, reason?: unknown): TimeLimit {
  const controller = new AbortController();
  const stop = () => controller.abort(outer?.reason);
  const forget = callAfter(ms, () => controller.abort(reason));
  outer?.addEventListener("abort", stop, { once: true });
  if (outer?.aborted) stop();
  const cancel = () => {
    forget();
    outer?.removeEventListener("abort", stop);
  };
  return { signal: controller.signal, cancel };
}

/**
 * Waits for work that cannot be cut short; when the wait is, nobody hears any more what becomes of it.
 *
 * @param work what is waited for
 * @param signal ends the wait; its reason is thrown
 * @returns what the work comes to
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

/**
 * Waits for work, but not for ever.
 *
 * @param work what is waited for
 * @param ms milliseconds
 * @returns whether the work has settled, one way or the other, in that time
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
