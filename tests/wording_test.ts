import { assertEquals } from "@std/assert";
import { byteLimit, didYouMean } from "../lib/wording.ts";

const WORDS = ["echo", "reply", "talk", "discard"];

Deno.test("didYouMean() finds a word with a letter more, less, changed or swapped", () => {
  for (const typo of ["echoo", "ech", "eche", "ehco", "ECHO"]) {
    assertEquals(String(didYouMean(typo, WORDS)), ' - did you mean "echo"?', typo);
  }
});

Deno.test("didYouMean() allows a long word more mistakes than a short one", () => {
  assertEquals(String(didYouMean("diskart", WORDS)), ' - did you mean "discard"?');
  assertEquals(String(didYouMean("tilt", WORDS)), "");
});

Deno.test("didYouMean() takes the nearest", () => {
  assertEquals(String(didYouMean("--cert", ["--client", "--certs", "--cort-x"])), ' - did you mean "--certs"?');
});

Deno.test("didYouMean() does not count dashes as letters", () => {
  assertEquals(String(didYouMean("--abc", ["--axy"])), "");
  assertEquals(String(didYouMean("--idel", ["--idle", "--time"])), ' - did you mean "--idle"?');
});

Deno.test("didYouMean() says nothing when nothing is near", () => {
  assertEquals(String(didYouMean("bogus", WORDS)), "");
  assertEquals(String(didYouMean("echo", [])), "");
});

Deno.test("byteLimit() gives a limit exactly, in the largest unit that can", () => {
  const cases: [number, string][] = [
    [0, "0 bytes"],
    [1, "1 byte"],
    [1_000, "1000 bytes"],
    [1_024, "1 KiB"],
    [1_025, "1025 bytes"],
    [2 ** 20, "1 MiB"],
    [2 ** 20 + 1_024, "1025 KiB"],
  ];
  for (const [bytes, expected] of cases) assertEquals(byteLimit(bytes), expected);
});
