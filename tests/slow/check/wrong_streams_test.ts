/** `check` finds the one mistake of each wrong server that replies and of each wrong client, and no other. */

import { assertEquals } from "@std/assert";
import { misjudgedOf } from "../../support/check/expected.ts";
import { WRONG_CLIENTS, WRONG_REPLY } from "../../support/check/wrong_streams.ts";
import { needs } from "../../support/harness.ts";

Deno.test("check finds the mistakes of wrong servers that reply", needs(["python3", "node"]), async () => {
  assertEquals(await misjudgedOf(WRONG_REPLY), []);
});

Deno.test("check finds the mistakes of wrong clients", needs(["python3"]), async () => {
  assertEquals(await misjudgedOf(WRONG_CLIENTS), []);
});
