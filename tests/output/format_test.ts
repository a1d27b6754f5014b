import { assertEquals, assertMatch } from "@std/assert";
import { clock, dayOf, duration, minuteOf, size } from "../../lib/output/format.ts";
import { plural } from "../../lib/wording.ts";

Deno.test("size() rounds to two digits, and counts in powers of 1024", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [10_189, "10 KiB"],
    [1_048_575, "1 MiB"],
    [3_052_453, "2.9 MiB"],
    [3 * 1024 ** 3, "3 GiB"],
  ];
  assertEquals(cases.map(([bytes]) => size(bytes)), cases.map(([, text]) => text));
});

Deno.test("duration() rounds to two digits or two units", () => {
  const cases: [number, string][] = [
    [0.4, "0 ms"],
    [999.4, "999 ms"],
    [999.6, "1 s"],
    [1_834, "1.8 s"],
    [9_960, "10 s"],
    [59_700, "1 min"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h"],
    [7_500_000, "2 h 5 min"],
    [90_000_000, "1 d 1 h"],
  ];
  assertEquals(cases.map(([ms]) => duration(ms)), cases.map(([, text]) => text));
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
  assertEquals([dayOf, minuteOf].map((part) => part(new Date(2026, 0, 31, 8, 5))), ["2026-01-31", "08:05"]);
  assertMatch(clock(new Date()), /^\d\d:\d\d:\d\d\.\d{3}$/);
});
