/** The contract of the assertions: what passes, what fails, and how the failure reads. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";

/** Asserts that an assertion fails with a text in its message. */
function fails(fn: () => unknown, message: string): void {
  assertThrows(fn, AssertionError, message);
}

const EQUAL: [string, unknown, unknown][] = [
  ["strings", "a", "a"],
  ["NaN", NaN, NaN],
  ["zeros of either sign", 0, -0],
  ["zeros of either sign inside", { a: [0] }, { a: [-0] }],
  ["nested objects", { a: 1, b: { c: ["d"] } }, { b: { c: ["d"] }, a: 1 }],
  ["objects with and without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["symbol keys", { [Symbol.for("k")]: 1 }, { [Symbol.for("k")]: 1 }],
  ["dates", new Date(5), new Date(5)],
  ["invalid dates", new Date("x"), new Date("x")],
  ["patterns", /a/g, /a/g],
  ["URLs", new URL("https://a.test/"), new URL("https://a.test")],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ["bytes of different buffers", new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2])],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([1]).buffer],
  ["sets in any order", new Set([1, new Set([2, 3])]), new Set([new Set([3, 2]), 1])],
  ["maps in any order", new Map([["a", [1]], ["b", [2]]]), new Map([["b", [2]], ["a", [1]]])],
  ["maps with object keys", new Map([[{ x: 1 }, true]]), new Map([[{ x: 1 }, true]])],
];

for (const [name, a, b] of EQUAL) {
  Deno.test(`assertEquals() takes ${name} as equal`, () => {
    assertEquals(a, b);
    assertEquals(b, a);
    fails(() => assertNotEquals(a, b), "not to be: ");
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
    fails(() => assertEquals(a, b), "Values are not equal.");
  });
}

Deno.test("assertEquals() ends on circular structures", () => {
  const a: { self?: unknown } = {};
  a.self = a;
  const b: { self?: unknown } = {};
  b.self = b;
  assertEquals(a, b);
});

Deno.test("assertEquals() names both values and the note", () => {
  fails(
    () => assertEquals(1, 2, "note"),
    "Values are not equal: note\n\n\n    [Diff] Actual / Expected\n\n\n-   1\n+   2\n",
  );
  fails(() => assertEquals({ a: 1, b: 2 }, { b: 2, a: 3 }), "    {\n-     a: 1,\n+     a: 3,\n      b: 2,\n    }");
});

Deno.test("assertNotEquals() names both values", () => {
  fails(() => assertNotEquals(1, 1), "Expected actual: 1 not to be: 1.");
  fails(() => assertNotEquals(1, 1, "note"), "Expected actual: 1 not to be: 1: note");
});

Deno.test("assertStrictEquals() compares by identity", () => {
  const one = { a: 1 };
  assertStrictEquals(one, one);
  assertStrictEquals(NaN, NaN);
  fails(() => assertStrictEquals(one, { a: 1 }), "Values have the same structure but are not reference-equal.");
  fails(() => assertStrictEquals(0, -0), "Values are not strictly equal.");
  fails(() => assertStrictEquals(1, 2, "note"), "Values are not strictly equal: note");
});

Deno.test("assert() accepts what is truthy and narrows the type", () => {
  const value: string | undefined = ["text"][0];
  assert(value);
  assertEquals(value.length, 4);
  fails(() => assert(0), "");
  fails(() => assert("", "note"), "note");
});

Deno.test("fail() always throws", () => {
  fails(() => fail(), "Failed assertion.");
  fails(() => fail("note"), "Failed assertion: note");
});

Deno.test("AssertionError has its own name and keeps the cause", () => {
  const error = new AssertionError("text", { cause: "why" });
  assertEquals([error.name, error.message, error.cause], ["AssertionError", "text", "why"]);
  assertInstanceOf(error, Error);
});

Deno.test("assertStringIncludes() finds a part of a text", () => {
  assertStringIncludes("Hello", "ello");
  fails(() => assertStringIncludes("Hello", "world"), 'Expected actual: "Hello" to contain: "world".');
});

Deno.test("assertMatch() tests a pattern", () => {
  assertMatch("port 80", /\d+/);
  fails(() => assertMatch("port", /\d+/), 'Expected actual: "port" to match: "/\\d+/".');
});

Deno.test("assertInstanceOf() tests the class and narrows the type", () => {
  const value: unknown = new Date(0);
  assertInstanceOf(value, Date);
  assertEquals(value.getTime(), 0);
  fails(() => assertInstanceOf(new Date(), RegExp), 'Expected object to be an instance of "RegExp" but was "Date".');
  fails(() => assertInstanceOf(null, Date), 'Expected object to be an instance of "Date" but was "null".');
  fails(() => assertInstanceOf(1, Date), 'Expected object to be an instance of "Date" but was "number".');
});

Deno.test("assertGreater() and its kin compare", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(1, 1);
  assertLess(1, 2);
  assertLessOrEqual(1, 1);
  fails(() => assertGreater(1, 1), "Expect 1 > 1");
  fails(() => assertGreaterOrEqual(0, 1), "Expect 0 >= 1");
  fails(() => assertLess(1, 1), "Expect 1 < 1");
  fails(() => assertLessOrEqual(1, 0), "Expect 1 <= 0");
  fails(() => assertLess(NaN, 1), "Expect NaN < 1");
  fails(() => assertLess(1, 1, "note"), "note");
});

Deno.test("assertThrows() returns what was thrown", () => {
  const error = assertThrows(() => JSON.parse("{"), SyntaxError);
  assertStringIncludes(error.message, "JSON");
  assertEquals(
    assertThrows(() => {
      throw "text";
    }),
    "text",
  );
});

Deno.test("assertThrows() fails if nothing or the wrong thing is thrown", () => {
  const typeError = () => {
    throw new TypeError("no");
  };
  fails(() => assertThrows(() => {}), "Expected function to throw.");
  fails(() => assertThrows(() => {}, "note"), "Expected function to throw: note");
  fails(
    () => assertThrows(typeError, RangeError),
    'Expected error to be instance of "RangeError", but was "TypeError".',
  );
  fails(() => assertThrows(typeError, TypeError, "yes"), 'Expected error message to include "yes", but got "no".');
  fails(() =>
    assertThrows(
      () => {
        throw "text";
      },
      Error,
    ), "A non-Error object was thrown.");
});

Deno.test("assertThrows() accepts a subclass, an abstract class and styled messages", () => {
  abstract class Base extends Error {}
  class Derived extends Base {}
  const styled = () => {
    throw new Derived("\x1b[31mred\x1b[39m text");
  };
  assertThrows(styled, Error);
  assertThrows(styled, Base, "red text");
});

Deno.test("assertRejects() resolves with what was rejected", async () => {
  const error = await assertRejects(() => Promise.reject(new RangeError("far")), RangeError, "far");
  assertEquals(error.message, "far");
  assertEquals(await assertRejects(() => Promise.reject("text")), "text");
});

Deno.test("assertRejects() fails if the promise resolves or rejects with the wrong thing", async () => {
  const failsLater = (fn: () => Promise<unknown>, message: string) => assertRejects(fn, AssertionError, message);
  await failsLater(() => assertRejects(() => Promise.resolve()), "Expected function to reject.");
  await failsLater(() => assertRejects(() => Promise.resolve(), "note"), "Expected function to reject: note");
  await failsLater(
    () => assertRejects(() => Promise.reject("text"), Error),
    "A non-Error object was rejected.",
  );
  await failsLater(
    () => assertRejects(() => Promise.reject(new Error("no")), TypeError),
    'Expected error to be instance of "TypeError", but was "Error".',
  );
});

Deno.test("assertRejects() fails if the function throws or returns no promise", async () => {
  const noPromise = (() => 1) as unknown as () => Promise<unknown>;
  const message = "Function throws when expected to reject.";
  await assertRejects(
    () =>
      assertRejects(() => {
        throw new Error("at once");
      }),
    AssertionError,
    message,
  );
  await assertRejects(() => assertRejects(noPromise), AssertionError, message);
});
