/** `check echo` finds the one mistake of each wrong server, and no other. */

import { assertEquals } from "@std/assert";
import { misjudgedOf } from "../../support/check/expected.ts";
import { WRONG_ECHO } from "../../support/check/wrong_streams.ts";
import { needs } from "../../support/harness.ts";

Deno.test("check finds the mistakes of wrong echo servers", needs(["python3", "node", "cc"]), async () => {
  assertEquals(await misjudgedOf(WRONG_ECHO), []);
});
