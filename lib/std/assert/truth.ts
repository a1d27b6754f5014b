import { ending } from "./_text.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that a value is truthy.
 *
 * @param expr The value that must hold.
 * @param msg The message of the error.
 * @throws {AssertionError} If it is falsy.
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/**
 * Fails in any case, for places that must not be reached.
 *
 * @param msg A note for the error.
 * @returns Never.
 * @throws {AssertionError} Always.
 */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${ending(msg)}`);
}

/**
 * Asserts that a text contains another.
 *
 * @param actual The text to search.
 * @param expected The text to find in it.
 * @param msg A note for the error.
 * @throws {AssertionError} If it is not there.
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${ending(msg)}`);
}

/**
 * Asserts that a text matches a pattern.
 *
 * @param actual The text to test.
 * @param expected The pattern.
 * @param msg A note for the error.
 * @throws {AssertionError} If it does not match.
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${ending(msg)}`);
}

/**
 * Asserts that a value is an instance of a class.
 *
 * @typeParam T The type of the instances.
 * @param actual The value to test.
 * @param expectedType The class.
 * @param msg A note for the error.
 * @throws {AssertionError} If it is not.
 */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: abstract new (...args: never[]) => T,
  msg = "",
): asserts actual is T {
  if (actual instanceof expectedType) return;
  const found = typeOf(actual);
  const but = found === expectedType.name ? "" : ` but was ${found === "function" ? "not an instance" : `"${found}"`}`;
  throw new AssertionError(`Expected object to be an instance of "${expectedType.name}"${but}${ending(msg)}`);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "Object" : typeof value;
}
