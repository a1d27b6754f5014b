// deno-lint-ignore-file no-console -- it speaks to the test that has started it
/**
 * The long form of the test of the bus: two hundred people, and a server that is stopped for ten seconds, some times over.
 * `deno run -A tests/soak/bus_soak.ts [ROUNDS]`
 *
 * @module
 */

import { converse } from "../chat/bus/talk.ts";

const rounds = Number(Deno.args[0] ?? 5);
for (let round = 1; round <= rounds; round++) {
  const start = performance.now();
  await converse({ members: round % 2 === 0 ? 70 : 20, freezeMs: 5_000 });
  console.log(`round ${round} of ${rounds}: ${Math.round((performance.now() - start) / 1_000)} s`);
}
