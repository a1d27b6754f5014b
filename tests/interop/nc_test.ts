/** sockeye and nc (the OpenBSD one). */

import { needs, tool } from "../e2e/harness.ts";
import { asClient, asServer } from "./both.ts";

/** The traditional nc has no `-N`. */
const ignore = needs(["nc"], await isOpenBsd());

async function isOpenBsd(): Promise<boolean> {
  if (needs(["nc"]).ignore) return false;
  await using help = tool("nc", ["-h"]);
  return /-N\b/.test((await help.status()).stderr);
}

Deno.test("nc -N gets its stream back from server echo", ignore, async () => {
  await asClient((port, stdin) => tool("nc", ["-N", "127.0.0.1", String(port)], { stdin }));
});

Deno.test("nc -l -N and client exchange streams", ignore, async () => {
  await asServer((port, stdin) => tool("nc", ["-l", "-N", "127.0.0.1", String(port)], { stdin }));
});
