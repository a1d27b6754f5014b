/**
 * Assertions about what a function throws or its promise rejects with.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { failure } from "./_failure.ts";

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** Asserts that a function throws an error of a class, with a text in its message; returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E {
  try {
    fn();
  } catch (error) {
    return checked(error, "thrown", ErrorClass, msgIncludes, msg);
  }
  throw failure("Expected function to throw", msg);
}

/** Asserts that the promise a function returns rejects, with anything; returns what it rejected with. */
export function assertRejects(fn: () => PromiseLike<unknown>): Promise<unknown>;
/** Asserts that it rejects with an error of a class, with a text in its message; returns the error. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const promise = callForPromise(fn, msg);
  try {
    await promise;
  } catch (error) {
    return ErrorClass ? checked(error, "rejected", ErrorClass, msgIncludes, msg) : error;
  }
  throw failure("Expected function to reject", msg);
}

/** A function that throws before it returns a promise has a bug of its own, which must not pass for a rejection. */
function callForPromise(fn: () => PromiseLike<unknown>, msg: string | undefined): PromiseLike<unknown> {
  let cause: unknown;
  try {
    const result = fn();
    if (typeof result?.then === "function") return result;
  } catch (error) {
    cause = error;
  }
  throw failure("Function throws when expected to reject", msg, "", { cause });
}

/** Checks the class and the message of an error, and gives it back with its type. */
function checked<E extends Error>(
  error: unknown,
  how: "thrown" | "rejected",
  type: ErrorClass<E>,
  includes?: string,
  msg?: string,
): E {
  if (!(error instanceof Error)) throw failure(`A non-Error object was ${how}`, msg);
  if (!(error instanceof type)) {
    const sentence = `Expected error to be instance of "${type.name}", but was "${error.constructor?.name}"`;
    throw failure(sentence, msg, "", { cause: error });
  }
  if (includes && !stripVTControlCharacters(error.message).includes(stripVTControlCharacters(includes))) {
    const [wanted, got] = [JSON.stringify(includes), JSON.stringify(error.message)];
    throw failure(`Expected error message to include ${wanted}, but got ${got}`, msg, "", { cause: error });
  }
  return error;
}
