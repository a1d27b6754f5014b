/** sockeye and socat. */

import { needs, tool } from "../support/harness.ts";
import { asClient, asServer } from "../support/both.ts";

const ignore = needs(["socat"]);

Deno.test("socat -t 3 gets its stream back from server echo", ignore, async () => {
  await asClient((port, stdin) => tool("socat", ["-t", "3", "-", `TCP:127.0.0.1:${port}`], { stdin }));
});

Deno.test("socat -t 3 and client exchange streams", ignore, async () => {
  await asServer((port, stdin) => tool("socat", ["-t", "3", `TCP-LISTEN:${port},bind=127.0.0.1`, "-"], { stdin }));
});
