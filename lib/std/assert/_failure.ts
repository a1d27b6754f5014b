/**
 * What every assertion throws.
 *
 * @module
 */

/** The error of a failed assertion. */
export class AssertionError extends Error {
  /**
   * Makes an error named "AssertionError".
   *
   * @param message What did not hold.
   * @param options The `cause`, if there is one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/**
 * Makes the error of an assertion.
 *
 * @param sentence What did not hold, without its full stop.
 * @param msg The note of the caller, put behind the sentence.
 * @param details What follows the sentence and the note.
 * @param options The `cause`, if there is one.
 * @returns The error, to be thrown.
 */
export function failure(sentence: string, msg?: string, details?: string, options?: ErrorOptions): AssertionError {
  return new AssertionError(`${sentence}${msg ? `: ${msg}` : "."}${details ?? ""}`, options);
}
