import { assertEquals, assertMatch } from "@std/assert";
import { clock, duration, size } from "../../lib/output/format.ts";
import { plural } from "../../lib/wording.ts";

Deno.test("size() counts in powers of 1024", () => {
  assertEquals([0, 1, 999, 1024, 1536, 1024 ** 2, 3 * 1024 ** 3].map(size), [
    "0 B",
    "1 B",
    "999 B",
    "1 kiB",
    "1.5 kiB",
    "1 MiB",
    "3 GiB",
  ]);
});

Deno.test("duration() gives milliseconds only below ten seconds", () => {
  assertEquals([0, 0.4, 12, 1_234, 9_999, 10_400, 61_000, 3_600_000].map(duration), [
    "0ms",
    "0ms",
    "12ms",
    "1s 234ms",
    "9s 999ms",
    "10s",
    "1m 1s",
    "1h",
  ]);
});

Deno.test("plural() adds an s to all but one", () => {
  assertEquals([0, 1, 2].map((count) => plural(count, "connection")), [
    "0 connections",
    "1 connection",
    "2 connections",
  ]);
});

Deno.test("clock() gives local time with all its zeros", () => {
  assertEquals(clock(new Date(2026, 0, 31, 8, 5, 9, 7)), "08:05:09.007");
  assertMatch(clock(new Date()), /^\d\d:\d\d:\d\d\.\d{3}$/);
});
