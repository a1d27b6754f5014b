/** A server that systemd starts when somebody connects. */

import { assertEquals } from "@std/assert";
import { needs, python, sockeyeCommand, spawnSockeye } from "../support/harness.ts";
import type { Program } from "../support/program.ts";
import { Witness } from "../support/sockets.ts";

const PERMISSIONS = ["--allow-net", "--allow-env=LISTEN_FDS,LISTEN_PID"];

const TOOLS = needs(["python3"], Deno.build.os !== "windows");

function activate(args: readonly string[], count = 1): Program {
  return python("activate", [count, ...sockeyeCommand(["server", ...args], { only: PERMISSIONS })]);
}

Deno.test("server serves on the socket that LISTEN_FDS passes, whatever its address says", TOOLS, async () => {
  await using server = activate(["echo", ":9000", "--max-per-host", "2"]);
  const port = await server.port();
  using one = await Witness.join(port);
  using two = await Witness.join(port);
  for (const witness of [one, two, one]) await witness.getsEcho();
  server.signal("SIGTERM");
  await Promise.all([one.getsFin(), two.getsFin()]);
  await server.ends(143);
});

for (const scheme of ["tls", "ws"]) {
  Deno.test(`server speaks ${scheme} on a socket that was passed`, TOOLS, async () => {
    await using server = activate(["echo", `${scheme}://9000`, "--once"]);
    const address = `${scheme}://127.0.0.1:${await server.port()}`;
    const words = ["client", address, "--send", "hi", "--expect", "hi", ...(scheme === "tls" ? ["-k"] : [])];
    await spawnSockeye(words).ends(0);
    await server.ends(0);
  });
}

for (
  const [args, count, why] of [
    [["echo", "0"], 2, "there are 2, a server takes one"],
    [["echo", "udp://0"], 1, "it is for tcp, tls, ws and wss, not for udp"],
  ] as const
) {
  Deno.test(`server ${args.join(" ")} cannot use ${count} passed sockets`, TOOLS, async () => {
    const { stderr } = await activate(args, count).ends(2);
    assertEquals(stderr, `sockeye: Cannot use the socket that LISTEN_FDS passes: ${why}\n`);
  });
}

Deno.test("server says that descriptor 3 is no socket", needs(["sh"], Deno.build.os !== "windows"), async () => {
  const via = `LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3</dev/null`;
  const { stderr } = await spawnSockeye(["server", "echo", "0"], { via, permissions: PERMISSIONS }).ends(4);
  assertEquals(stderr, "sockeye: Cannot listen on descriptor 3: it is no TCP socket that listens\n");
});
