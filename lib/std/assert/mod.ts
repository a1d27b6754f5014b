/**
 * Stand-in for the part of `@std/assert` that the tests use.
 *
 * @module
 */

import { AssertionError, failure } from "./_failure.ts";
import { diff, equal, show } from "./_values.ts";

export { AssertionError } from "./_failure.ts";
export { assertRejects, assertThrows } from "./throws.ts";

/** Asserts that a value is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Asserts that two values have the same content. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) throw failure("Values are not equal", msg, diff(actual, expected));
}

/** Asserts that two values differ in content. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) throw failure(`Expected actual: ${show(actual)} not to be: ${show(expected)}`, msg);
}

/** Asserts that two values are the same by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const text = show(actual);
  if (text !== show(expected)) throw failure("Values are not strictly equal", msg, diff(actual, expected));
  throw failure("Values have the same structure but are not reference-equal", msg, `\n\n${text}\n`);
}

/** Asserts that a text contains another. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) throw failure(`Expected actual: "${actual}" to contain: "${expected}"`, msg);
}

/** Asserts that a text matches a pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) throw failure(`Expected actual: "${actual}" to match: "${expected}"`, msg);
}

/** Asserts that a value is an instance of a class. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: abstract new (...args: never[]) => T,
  msg = "",
): asserts actual is T {
  if (actual instanceof expectedType) return;
  const found = typeName(actual);
  const but = found === expectedType.name ? "" : ` but was ${found === "function" ? "not an instance" : `"${found}"`}`;
  throw failure(`Expected object to be an instance of "${expectedType.name}"${but}`, msg);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "Object" : typeof value;
}

/** Asserts that one value is greater than another; `msg` replaces the usual message. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) throw outOfOrder(actual, ">", expected, msg);
}

/** Asserts that one value is at least another. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) throw outOfOrder(actual, ">=", expected, msg);
}

/** Asserts that one value is less than another. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) throw outOfOrder(actual, "<", expected, msg);
}

/** Asserts that one value is at most another. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) throw outOfOrder(actual, "<=", expected, msg);
}

function outOfOrder(actual: unknown, relation: string, expected: unknown, msg?: string): AssertionError {
  return new AssertionError(msg ?? `Expect ${show(actual)} ${relation} ${show(expected)}`);
}
