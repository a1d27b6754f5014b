/** The commands of `docs/scale.md`. The measurements take minutes: here they run with four clients and two lines. */

import { assertMatch } from "@std/assert";
import { ROOT } from "../../../scripts/root.ts";
import { needs, tool } from "../../support/harness.ts";
import { commandsOf } from "../../support/pages.ts";

for (const line of commandsOf("docs/scale.md")) {
  const [servers = "", ...figures] = line.replace("deno run --allow-all scripts/scale.ts ", "").split(" ");
  Deno.test(`docs/scale.md: ${line}`, needs(servers.startsWith("bus") ? ["cc", "nats-server"] : ["cc"]), async () => {
    const few = [servers.replace("4", "2"), "4", "2", "2", "2"].slice(0, 1 + figures.length);
    await using program = tool(Deno.execPath(), ["run", "--allow-all", "scripts/scale.ts", ...few], { cwd: ROOT });
    assertMatch((await program.ends(0)).stdout, /^\{"kind":/);
  });
}
