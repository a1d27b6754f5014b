/** Which addresses a server listens on, and who can reach it. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { hasIpv6, needs, spawnSockeye } from "../support/harness.ts";
import { connect, within, Witness } from "../support/sockets.ts";

/** Some containers have no IPv6. */
const ignore = needs([], hasIpv6);

/** Someone who reaches the server at this address gets an echo. */
async function reachable(hostname: string, port: number): Promise<void> {
  using witness = new Witness(await connect(port, hostname));
  await witness.getsEcho();
}

Deno.test("server :0 is reached over IPv4 and over IPv6", ignore, async () => {
  await using server = spawnSockeye(["server", "echo", ":0"]);
  const port = await server.port();
  await reachable("127.0.0.1", port);
  await reachable("::1", port);
  await server.stderrLine(/^#1 127\.0\.0\.1:\d+ connected$/);
  await server.stderrLine(/^#2 \[::1\]:\d+ connected$/);
  assertEquals(server.stderr.includes("this machine only"), false);
});

Deno.test("server [::1]:0 is reached over IPv6 only", ignore, async () => {
  await using server = spawnSockeye(["server", "echo", "[::1]:0"]);
  const port = await server.port();
  assertMatch(server.stderr, /^Listening on tcp:\/\/\[::1\]:\d+ .*this machine only/);
  await reachable("::1", port);
  await assertRejects(() => connect(port, "127.0.0.1"), Deno.errors.ConnectionRefused);
});

Deno.test("server 0 is for this machine only and says how to open it", async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = await server.port();
  await server.stderrLine(
    new RegExp(`^Listening on tcp://127\\.0\\.0\\.1:${port} .*this machine only; :${port} opens it`),
  );
  await reachable("127.0.0.1", port);
});

Deno.test("client reaches a server by an IPv6 address and by name", ignore, async () => {
  await using server = spawnSockeye(["server", "echo", ":0"]);
  const port = await server.port();
  for (const address of [[`[::1]:${port}`], ["::1", String(port)], ["localhost", String(port)], [`:${port}`]]) {
    await using client = spawnSockeye(["client", ...address, "--send", "你好"]);
    const { code, stdout, stderr } = await within(client.status(), 10_000, address.join(" "));
    assertEquals([code, stdout], [0, "你好"], stderr);
  }
});
