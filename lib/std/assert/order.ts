import { show } from "./_text.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that one value is greater than another.
 *
 * @typeParam T The type of both values.
 * @param actual The value found.
 * @param expected The value it must exceed.
 * @param msg The message to use instead of the usual one.
 * @throws {AssertionError} If it is not greater.
 */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) throw misplaced(actual, ">", expected, msg);
}

/**
 * Asserts that one value is greater than another or equal to it.
 *
 * @typeParam T The type of both values.
 * @param actual The value found.
 * @param expected The least value allowed.
 * @param msg The message to use instead of the usual one.
 * @throws {AssertionError} If it is less.
 */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) throw misplaced(actual, ">=", expected, msg);
}

/**
 * Asserts that one value is less than another.
 *
 * @typeParam T The type of both values.
 * @param actual The value found.
 * @param expected The value it must stay below.
 * @param msg The message to use instead of the usual one.
 * @throws {AssertionError} If it is not less.
 */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) throw misplaced(actual, "<", expected, msg);
}

/**
 * Asserts that one value is less than another or equal to it.
 *
 * @typeParam T The type of both values.
 * @param actual The value found.
 * @param expected The greatest value allowed.
 * @param msg The message to use instead of the usual one.
 * @throws {AssertionError} If it is greater.
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) throw misplaced(actual, "<=", expected, msg);
}

function misplaced(actual: unknown, relation: string, expected: unknown, msg?: string): AssertionError {
  return new AssertionError(msg ?? `Expect ${show(actual)} ${relation} ${show(expected)}`);
}
