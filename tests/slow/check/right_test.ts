/** `check` fails no correct program, of whatever make. */

import { assertEquals } from "@std/assert";
import { mapAtOnce } from "../../support/check/expected.ts";
import { RIGHT } from "../../support/check/right.ts";
import { needs } from "../../support/harness.ts";

Deno.test("check fails no correct program", needs(["python3", "node", "cc", "socat", "ncat", "nginx"]), async () => {
  const failed = await mapAtOnce(RIGHT, async ({ name, suite, judge, mayFail = [] }) => {
    const { verdicts, reasons } = await judge();
    const bad = [...verdicts].filter(([id, verdict]) => verdict === "fail" && !mayFail.includes(id));
    return bad.map(([id]) => `${suite}/${id} of ${name}: ${reasons.get(id)}`);
  });
  assertEquals(failed.flat(), []);
});
