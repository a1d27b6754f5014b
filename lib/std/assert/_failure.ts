/**
 * What every assertion throws.
 *
 * @module
 */

/** The error of a failed assertion. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** Makes the error of an assertion: a sentence without its full stop, the note of the caller, and details. */
export function failure(sentence: string, msg?: string, details?: string, options?: ErrorOptions): AssertionError {
  return new AssertionError(`${sentence}${msg ? `: ${msg}` : "."}${details ?? ""}`, options);
}
