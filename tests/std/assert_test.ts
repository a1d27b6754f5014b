/** The contract of the assertions: what passes, what fails, and how the failure reads. */

import * as std from "@std/assert";
import { assert, assertEquals, AssertionError, assertNotEquals, assertRejects, assertThrows } from "@std/assert";

const EQUAL: [string, unknown, unknown][] = [
  ["strings", "a", "a"],
  ["NaN", NaN, NaN],
  ["zeros of either sign", 0, -0],
  ["zeros of either sign inside", { a: [0] }, { a: [-0] }],
  ["nested objects", { a: 1, b: { c: ["d"] } }, { b: { c: ["d"] }, a: 1 }],
  ["objects with and without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["symbol keys", { [Symbol.for("k")]: 1 }, { [Symbol.for("k")]: 1 }],
  ["dates", [new Date(5), new Date("x")], [new Date(5), new Date("x")]],
  ["patterns", /a/g, /a/g],
  ["URLs", new URL("https://a.test/"), new URL("https://a.test")],
  ["bytes of different buffers", new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2])],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([1]).buffer],
  ["sets in any order", new Set([1, new Set([2, 3])]), new Set([new Set([3, 2]), 1])],
  ["maps in any order", new Map([["a", [1]], ["b", [2]]]), new Map([["b", [2]], ["a", [1]]])],
];

for (const [name, a, b] of EQUAL) {
  Deno.test(`assertEquals() takes ${name} as equal`, () => {
    assertEquals(a, b);
    assertEquals(b, a);
    assertThrows(() => assertNotEquals(a, b), AssertionError, "not to be: ");
  });
}

class Left {
  value = 1;
}
class Right {
  value = 1;
}

const DIFFERENT: [string, unknown, unknown][] = [
  ["a number and its text", 1, "1"],
  ["null and undefined", null, undefined],
  ["different keys", { a: 1 }, { b: 1 }],
  ["undefined and missing", { a: undefined, b: undefined }, { a: undefined }],
  ["undefined under different names", { a: undefined }, { b: undefined }],
  ["different lengths", [1, 2], [1, 2, 3]],
  ["different order", [1, 2], [2, 1]],
  ["instances of different classes", new Left(), new Right()],
  ["an instance and a plain object", new Left(), { value: 1 }],
  ["different bytes", new Uint8Array([1, 2]), new Uint8Array([2, 1])],
  ["different buffers", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  ["different patterns", /a/, /b/],
  ["different dates", new Date(1), new Date(2)],
  ["different URLs", new URL("https://a.test"), new URL("https://a.test/b")],
  ["different sets", new Set([{ a: 1 }]), new Set([{ a: 2 }])],
  ["different map values", new Map([["a", 1]]), new Map([["a", 2]])],
  ["different map keys", new Map([["a", 1]]), new Map([["b", 1]])],
];

for (const [name, a, b] of DIFFERENT) {
  Deno.test(`assertNotEquals() takes ${name} as different`, () => {
    assertNotEquals(a, b);
    assertNotEquals(b, a);
    assertThrows(() => assertEquals(a, b), AssertionError, "Values are not equal.");
  });
}

const one = { a: 1 };

/** Assertions that hold. */
const HOLD: (() => void)[] = [
  () => assert("text"),
  () => std.assertStrictEquals(one, one),
  () => std.assertStrictEquals(NaN, NaN),
  () => std.assertStringIncludes("Hello", "ello"),
  () => std.assertMatch("port 80", /\d+/),
  () => std.assertInstanceOf(new Date(0), Date),
  () => std.assertGreater(2, 1),
  () => std.assertGreaterOrEqual(1, 1),
  () => std.assertLess(1, 2),
  () => std.assertLessOrEqual(1, 1),
];

for (const hold of HOLD) Deno.test(`it holds: ${hold}`, hold);

/** Assertions that fail, and what their messages are or contain. */
const FAIL: [fn: () => void, message: string][] = [
  [() => assert(0), ""],
  [() => assert("", "note"), "note"],
  [() => assertEquals(1, 2, "note"), "not equal: note\n\n\n    [Diff] Actual / Expected\n\n\n-   1\n+   2\n"],
  [() => assertEquals({ a: 1, b: 2 }, { b: 2, a: 3 }), "    {\n-     a: 1,\n+     a: 3,\n      b: 2,\n    }"],
  [() => assertNotEquals(1, 1), "Expected actual: 1 not to be: 1."],
  [() => assertNotEquals(1, 1, "note"), "Expected actual: 1 not to be: 1: note"],
  [() => std.assertStrictEquals(one, { a: 1 }), "Values have the same structure but are not reference-equal."],
  [() => std.assertStrictEquals(0, -0), "Values are not strictly equal."],
  [() => std.assertStrictEquals(1, 2, "note"), "Values are not strictly equal: note"],
  [() => std.assertStringIncludes("Hello", "world"), 'Expected actual: "Hello" to contain: "world".'],
  [() => std.assertMatch("port", /\d+/), 'Expected actual: "port" to match: "/\\d+/".'],
  [() => std.assertInstanceOf(new Date(), RegExp), 'object to be an instance of "RegExp" but was "Date".'],
  [() => std.assertInstanceOf(null, Date), 'object to be an instance of "Date" but was "null".'],
  [() => std.assertInstanceOf(1, Date), 'object to be an instance of "Date" but was "number".'],
  [() => std.assertGreater(1, 1), "Expect 1 > 1"],
  [() => std.assertGreaterOrEqual(0, 1), "Expect 0 >= 1"],
  [() => std.assertLess(1, 1), "Expect 1 < 1"],
  [() => std.assertLess(NaN, 1), "Expect NaN < 1"],
  [() => std.assertLess(1, 1, "note"), "note"],
  [() => std.assertLessOrEqual(1, 0), "Expect 1 <= 0"],
  [() => assertThrows(() => {}, Error), "Expected function to throw."],
  [() => assertThrows(() => {}, Error, "", "note"), "Expected function to throw: note"],
  [() => assertThrows(throwing(new TypeError()), RangeError), 'instance of "RangeError", but was "TypeError".'],
  [() => assertThrows(throwing(new Error("no")), Error, "yes"), 'message to include "yes", but got "no".'],
  [() => assertThrows(throwing("text"), Error), "A non-Error object was thrown."],
];

function throwing(error: unknown): () => never {
  return () => {
    throw error;
  };
}

for (const [fn, message] of FAIL) {
  Deno.test(`it fails: ${fn}`, () => void assertThrows(fn, AssertionError, message));
}

Deno.test("AssertionError has its own name and keeps the cause", () => {
  const error = new AssertionError("text", { cause: "why" });
  assertEquals([error.name, error.message, error.cause], ["AssertionError", "text", "why"]);
});

Deno.test("assertThrows() takes a subclass and ignores styles in messages", () => {
  const error = new RangeError("\x1b[31mred\x1b[39m text");
  assertEquals(assertThrows(throwing(error), Error, "red text") === error, true);
});

Deno.test("assertRejects() resolves with what was rejected", async () => {
  const error = await assertRejects(() => Promise.reject(new RangeError("far")), RangeError, "far");
  assertEquals(error.message, "far");
  assertEquals(await assertRejects(() => Promise.reject("text")), "text");
});

const REJECT: [fn: () => Promise<unknown>, message: string][] = [
  [() => assertRejects(() => Promise.resolve()), "Expected function to reject."],
  [() => assertRejects(() => Promise.reject("text"), Error), "A non-Error object was rejected."],
  [() => assertRejects(() => Promise.reject(new Error()), TypeError), 'of "TypeError", but was "Error".'],
  [() => assertRejects(throwing(new Error())), "Function throws when expected to reject."],
  [() => assertRejects((() => 1) as unknown as () => Promise<unknown>), "Function throws when expected to reject."],
];

for (const [fn, message] of REJECT) {
  Deno.test(`it fails: ${fn}`, async () => void await assertRejects(fn, AssertionError, message));
}
