import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { asSource, formatSource, requireFamily, type Source } from "../../lib/transport/local.ts";
import { familyOf, resolve } from "../../lib/transport/resolve.ts";

const GOOD: readonly (readonly [text: string, source: Source, written?: string])[] = [
  ["127.0.0.2", { host: "127.0.0.2" }],
  ["::1", { host: "::1" }],
  ["fe80::1%eth0", { host: "fe80::1%eth0" }],
  [":5000", { port: 5000 }],
  [":http-alt", { port: 8080 }, ":8080"],
  ["127.0.0.2:5000", { host: "127.0.0.2", port: 5000 }],
  ["[::1]:5000", { host: "::1", port: 5000 }],
  ["[::1]", { host: "::1" }, "::1"],
];

for (const [text, source, written = text] of GOOD) {
  Deno.test(`asSource() reads ${text}`, () => {
    assertEquals(asSource(text), source);
    assertEquals(formatSource(source), written);
  });
}

for (
  const text of ["", ":", "localhost", "localhost:5000", "127.0.0.2:", "[127.0.0.1]:1", "[::1]5", ":0", ":x", "1.2.3"]
) {
  Deno.test(`asSource() refuses "${text}"`, () => void assertThrows(() => asSource(text), Error));
}

Deno.test("requireFamily() refuses a source that cannot reach the host", () => {
  requireFamily({ host: "::1" }, "::2");
  requireFamily({ host: "127.0.0.1" }, "a.name");
  requireFamily({ port: 1 }, "::1");
  const error = assertThrows(() => requireFamily({ host: "::1" }, "127.0.0.1"), SockeyeError);
  assertEquals(error.message, "Cannot connect from ::1: the host has no address of that family");
});

Deno.test("resolve() gives the addresses of one family", async () => {
  const { signal } = new AbortController();
  assertEquals(await resolve("localhost", signal, 4), ["127.0.0.1"]);
  assertEquals(await resolve("localhost", signal, 6), ["::1"]);
  assertEquals(await resolve("::1", signal, 6), ["::1"]);
  const { kind, message } = await assertRejects(() => resolve("127.0.0.1", signal, 6), SockeyeError);
  assertEquals([kind, message], ["resolve", "Cannot connect to 127.0.0.1: it has no IPv6 address"]);
});

Deno.test("familyOf() refuses both at once", () => {
  assertEquals([familyOf({}), familyOf({ ipv4: true }), familyOf({ ipv6: true })], [undefined, 4, 6]);
  assertThrows(() => familyOf({ ipv4: true, ipv6: true }), SockeyeError, "Options -4 and -6 contradict each other");
});
