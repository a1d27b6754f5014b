/**
 * Comparing two values and showing how they differ.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";

/**
 * Compares two values without circular references by content. Plain objects and arrays are walked here because the
 * published package, unlike `isDeepStrictEqual`, sees no difference between 0 and -0, nor between `{}` and an object
 * without a prototype.
 */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || prototypeOf(a) !== prototypeOf(b)) return false;
  const isPlain = prototypeOf(a) === Object.prototype || Array.isArray(a);
  return isPlain ? haveSameProperties(a, b) : isDeepStrictEqual(a, b);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function prototypeOf(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function haveSameProperties(a: object, b: object): boolean {
  const keys = enumerableKeys(a);
  return keys.length === enumerableKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(Reflect.get(a, key), Reflect.get(b, key)));
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}

/** Shows a value in full, keys in order, so that equal values read the same. */
export function show(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    compact: false,
    trailingComma: true,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
  });
}

/** Shows the lines in which two values differ, between the lines that both begin and end with. */
export function diff(actual: unknown, expected: unknown): string {
  const left = show(actual).split("\n");
  const right = show(expected).split("\n");
  const head = sharedLength(left, right);
  const tail = sharedLength(left.slice(head).reverse(), right.slice(head).reverse());
  const lines = [
    ...left.slice(0, head).map((line) => `    ${line}`),
    ...left.slice(head, left.length - tail).map((line) => `-   ${line}`),
    ...right.slice(head, right.length - tail).map((line) => `+   ${line}`),
    ...left.slice(left.length - tail).map((line) => `    ${line}`),
  ];
  return `\n\n\n    [Diff] Actual / Expected\n\n\n${lines.join("\n")}\n`;
}

/** Counts the lines two texts have in common from the start. */
function sharedLength(left: string[], right: string[]): number {
  const end = left.findIndex((line, i) => line !== right[i]);
  return end < 0 ? left.length : end;
}
