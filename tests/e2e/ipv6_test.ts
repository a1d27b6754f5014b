/** Which addresses a server listens on, and which clients reach it there. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { hasIpv6, needs, spawnSockeye } from "../support/harness.ts";
import { connect, PROMPT_MS, within, Witness } from "../support/sockets.ts";

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
  assertEquals(server.stderr.includes("This machine only"), false);
});

Deno.test("server [::1]:0 is reached over IPv6 only", ignore, async () => {
  await using server = spawnSockeye(["server", "echo", "[::1]:0"]);
  const port = await server.port();
  assertMatch(server.stderr, /^Listening on tcp:\/\/\[::1\]:\d+ /);
  await server.stderrLine(/^This machine only; /);
  await reachable("::1", port);
  await assertRejects(() => connect(port, "127.0.0.1"), Deno.errors.ConnectionRefused);
});

for (const [scheme, path, shown] of [["", "", ""], ["ws://", "/p", "ws://"]] as const) {
  Deno.test(`server ${scheme}0${path} is for this machine only and says how to open it`, async () => {
    await using server = spawnSockeye(["server", "echo", `${scheme}0${path}`]);
    const port = await server.port();
    const bound = `${scheme || "tcp://"}127\\.0\\.0\\.1:${port}${path}`;
    await server.stderrLine(new RegExp(`^Listening on ${bound} `));
    await server.stderrLine(new RegExp(`^This machine only; ${shown}:${port}${path} opens it`));
    using _conn = await connect(port, "127.0.0.1");
  });
}

for (const scheme of ["", "udp://"]) {
  for (const listen of ["127.0.0.1:0", "[::1]:0", ":0"]) {
    Deno.test(`client ${scheme}localhost finds what listens on ${listen}`, ignore, async () => {
      await using server = spawnSockeye(["server", "echo", `${scheme}${listen}`]);
      const port = await server.port();
      const hosts = listen === ":0" ? ["localhost", "[::1]", "127.0.0.1"] : ["localhost"];
      for (const host of hosts) {
        const args = ["client", `${scheme}${host}:${port}`, "--send", "hello", "--expect", "hello"];
        await using client = spawnSockeye(args);
        const { code, stderr } = await within(client.status(), PROMPT_MS, host);
        assertEquals(code, 0, stderr);
      }
    });
  }
}
