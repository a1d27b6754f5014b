/** What `check` waits for. */

import { assertEquals, assertMatch } from "@std/assert";
import { freePort, spawnSockeye } from "../../support/harness.ts";

Deno.test("check gives a port 15 s to open, and then says that nothing listens", async () => {
  const start = performance.now();
  const { stdout, stderr } = await spawnSockeye(["check", "echo", String(freePort())]).ends(4);
  assertEquals(stdout, "");
  assertMatch(stderr.trimEnd().split("\n").at(-1) ?? "", /^sockeye: .*127\.0\.0\.1:\d+/);
  assertEquals(Math.floor((performance.now() - start) / 15_000), 1);
});

Deno.test("check begins as soon as the port is open", async () => {
  const port = freePort();
  await using check = spawnSockeye(["check", "echo/1", String(port), "--lang", "en"]);
  await check.stderrLine(/./);
  await using _server = spawnSockeye(["server", "echo", String(port)]);
  assertMatch((await check.ends(0)).stdout, /^1 ok, 0 failed/m);
});
