/**
 * Stand-in for the part of `@std/assert` that the tests use.
 *
 * Without the `links` entry in the root `deno.json` the published package takes its place.
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { assertEquals, assertNotEquals, assertStrictEquals } from "./equality.ts";
export { assertGreater, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "./order.ts";
export { assertRejects, assertThrows } from "./throws.ts";
export { assert, assertInstanceOf, assertMatch, assertStringIncludes, fail } from "./truth.ts";
