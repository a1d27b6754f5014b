/**
 * Lets `check` judge programs on a busy machine again and again, fifty times at least: no verdict changes. Prints its figures.
 *
 *     deno test --allow-all tests/soak/check_soak.ts
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { misjudgedWhenBusy } from "../support/check/busy.ts";
import { needs } from "../support/harness.ts";
import { rounds } from "./soak.ts";

const ROUNDS_MIN = 50;

Deno.test("soak: check says the same each time", needs(["python3", "node"]), async () => {
  const wrong: string[] = [];
  let count = 0;
  for (const round of rounds(ROUNDS_MIN)) {
    wrong.push(...(await misjudgedWhenBusy()).map((line) => `round ${round}: ${line}`));
    count = round;
  }
  // deno-lint-ignore no-console
  console.log(JSON.stringify({ rounds: count, changed: wrong.length }));
  assertEquals(wrong, []);
});
