/** No verdict of `check` depends on how busy the machine is. */

import { assertEquals } from "@std/assert";
import { misjudgedWhenBusy } from "../../support/check/busy.ts";
import { needs } from "../../support/harness.ts";

const ROUNDS = 5;

Deno.test("check says the same five times on a busy machine", needs(["python3", "node"]), async () => {
  for (let round = 1; round <= ROUNDS; round++) assertEquals(await misjudgedWhenBusy(), [], `round ${round}`);
});
