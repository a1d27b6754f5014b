import { equal } from "./_equal.ts";
import { contrast, ending, show } from "./_text.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that two values have the same content.
 *
 * @typeParam T The type of both values.
 * @param actual The value found.
 * @param expected The value wanted.
 * @param msg A note for the error.
 * @throws {AssertionError} If they differ.
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(`Values are not equal${ending(msg)}${contrast(actual, expected)}`);
}

/**
 * Asserts that two values differ in content.
 *
 * @typeParam T The type of both values.
 * @param actual The value found.
 * @param expected The value it must not have.
 * @param msg A note for the error.
 * @throws {AssertionError} If they are equal.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(`Expected actual: ${show(actual)} not to be: ${show(expected)}${ending(msg)}`);
}

/**
 * Asserts that two values are one and the same, as `Object.is` sees it.
 *
 * @typeParam T The type of the expected value.
 * @param actual The value found.
 * @param expected The value wanted.
 * @param msg A note for the error.
 * @throws {AssertionError} If they are not the same.
 */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const text = show(actual);
  if (text === show(expected)) {
    throw new AssertionError(
      `Values have the same structure but are not reference-equal${ending(msg)}\n\n${text}\n`,
    );
  }
  throw new AssertionError(`Values are not strictly equal${ending(msg)}${contrast(actual, expected)}`);
}
