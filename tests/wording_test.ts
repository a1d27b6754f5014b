import { assertEquals } from "@std/assert";
import { didYouMean } from "../lib/wording.ts";

const WORDS = ["echo", "reply", "talk", "discard"];

Deno.test("didYouMean() finds a word with a letter more, less, changed or swapped", () => {
  for (const typo of ["echoo", "ech", "eche", "ehco", "ECHO"]) {
    assertEquals(didYouMean(typo, WORDS), ' - did you mean "echo"?', typo);
  }
});

Deno.test("didYouMean() allows a long word more mistakes than a short one", () => {
  assertEquals(didYouMean("diskart", WORDS), ' - did you mean "discard"?');
  assertEquals(didYouMean("tilt", WORDS), "");
});

Deno.test("didYouMean() takes the nearest", () => {
  assertEquals(didYouMean("--cert", ["--client", "--certs", "--cort-x"]), ' - did you mean "--certs"?');
});

Deno.test("didYouMean() does not count dashes as letters", () => {
  assertEquals(didYouMean("--abc", ["--axy"]), "");
  assertEquals(didYouMean("--idel", ["--idle", "--time"]), ' - did you mean "--idle"?');
});

Deno.test("didYouMean() says nothing when nothing is near", () => {
  assertEquals(didYouMean("bogus", WORDS), "");
  assertEquals(didYouMean("echo", []), "");
});
