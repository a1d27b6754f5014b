import { stripVTControlCharacters } from "node:util";
import { ending } from "./_text.ts";
import { AssertionError } from "./assertion_error.ts";

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** What the arguments after the function ask for. */
interface Wanted<E extends Error> {
  type?: ErrorClass<E> | undefined;
  includes?: string | undefined;
  msg?: string | undefined;
}

/**
 * Asserts that a function throws.
 *
 * @param fn The function to call.
 * @param msg A note for the error.
 * @returns What it threw.
 * @throws {AssertionError} If it returns.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Asserts that a function throws an error of a class, with a text in its message.
 *
 * @typeParam E The type of the error.
 * @param fn The function to call.
 * @param ErrorClass The class the error must have.
 * @param msgIncludes The text its message must contain.
 * @param msg A note for the error.
 * @returns The error it threw.
 * @throws {AssertionError} If it returns or throws something else.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  first?: ErrorClass<E> | string,
  second?: string,
  third?: string,
): unknown {
  const wanted = readArguments(first, second, third);
  try {
    fn();
  } catch (error) {
    checkError(error, wanted, "thrown");
    return error;
  }
  throw new AssertionError(`Expected function to throw${ending(wanted.msg)}`);
}

/**
 * Asserts that the promise a function returns rejects.
 *
 * @param fn The function to call.
 * @param msg A note for the error.
 * @returns What it rejected with.
 * @throws {AssertionError} If it resolves, or if the function throws or returns no promise.
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/**
 * Asserts that the promise a function returns rejects with an error of a class, with a text in its message.
 *
 * @typeParam E The type of the error.
 * @param fn The function to call.
 * @param ErrorClass The class the error must have.
 * @param msgIncludes The text its message must contain.
 * @param msg A note for the error.
 * @returns The error it rejected with.
 * @throws {AssertionError} If it resolves, rejects with something else, throws or returns no promise.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  first?: ErrorClass<E> | string,
  second?: string,
  third?: string,
): Promise<unknown> {
  const wanted = readArguments(first, second, third);
  const promise = callForPromise(fn, wanted.msg);
  try {
    await promise;
  } catch (error) {
    checkError(error, wanted, "rejected");
    return error;
  }
  throw new AssertionError(`Expected function to reject${ending(wanted.msg)}`);
}

function readArguments<E extends Error>(
  first: ErrorClass<E> | string | undefined,
  second: string | undefined,
  third: string | undefined,
): Wanted<E> {
  return typeof first === "string" ? { msg: first } : { type: first, includes: second, msg: third };
}

/** A function that throws on its own is a bug in the caller's promise, so it must not pass for a rejection. */
function callForPromise(fn: () => PromiseLike<unknown>, msg: string | undefined): PromiseLike<unknown> {
  let cause: unknown;
  try {
    const result = fn();
    if (typeof result?.then === "function") return result;
  } catch (error) {
    cause = error;
  }
  throw new AssertionError(`Function throws when expected to reject${ending(msg)}`, { cause });
}

function checkError<E extends Error>(error: unknown, { type, includes, msg }: Wanted<E>, how: string): void {
  if (!type) return;
  if (!(error instanceof Error)) throw new AssertionError(`A non-Error object was ${how}${ending(msg)}`);
  if (!(error instanceof type)) {
    const found = error.constructor?.name;
    throw new AssertionError(
      `Expected error to be instance of "${type.name}", but was "${found}"${ending(msg)}`,
      { cause: error },
    );
  }
  if (includes && !stripVTControlCharacters(error.message).includes(stripVTControlCharacters(includes))) {
    throw new AssertionError(
      `Expected error message to include ${JSON.stringify(includes)}, but got ${JSON.stringify(error.message)}${
        ending(msg)
      }`,
      { cause: error },
    );
  }
}
