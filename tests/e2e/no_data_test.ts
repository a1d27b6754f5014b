/** `--no-data`, and what is never shown. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { spawnSockeye } from "../support/harness.ts";
import { connect, readAll, readText, writeAll } from "../support/sockets.ts";

const SAID = "geheim";

/** What servers with these arguments show of a client that says something. */
async function shown(args: readonly string[], before = ""): Promise<string> {
  await using server = spawnSockeye(["server", ...args]);
  using client = await connect(await server.port());
  await readText(client, before);
  await writeAll(client, `${SAID}\n`);
  await client.closeWrite();
  await readAll(client);
  const { stdout, stderr } = await server.ends(143, "SIGTERM");
  return stdout + stderr;
}

const WELCOME = "*** You are user1; nobody else is here. /help lists the commands\n";

for (const flags of [[], ["--json"], ["-v"], ["--json", "-v"], ["--frame", "line"]]) {
  for (const [mode, before] of [["echo", ""], ["chat", WELCOME]] as const) {
    const args = [mode, "0", ...flags];
    Deno.test(`server ${args.join(" ")} --no-data tells of a client, not of what it says`, async () => {
      const told = await shown([...args, "--no-data"], before);
      assert(!told.includes(SAID), told);
      assertMatch(told, flags.includes("--json") ? /"event":"close".*"received":7/ : /^#1 \S+ left: .*; 7 B in/m);
    });
  }
}

Deno.test("server --no-data refuses --hex", async () => {
  const { stderr } = await spawnSockeye(["server", "echo", "0", "-x", "--no-data"]).ends(2);
  assertEquals(stderr, "sockeye: Options --no-data and --hex do not go together\n");
});

const ASKED = "*** This room has a password. Please type it\n";

for (const flags of [["--json", "-v"], ["-v"], ["-x"], ["-x", "--frame", "gap:50ms"]]) {
  Deno.test(`server chat ${flags.join(" ")} does not show what is typed as a password`, async () => {
    await using server = spawnSockeye(["server", "chat", "0", "--password", "xyzzyq", ...flags]);
    using client = await connect(await server.port());
    assertEquals(await readText(client, ASKED), ASKED);
    const wrong = "*** That is not the password\n";
    await writeAll(client, "wrong-word\n");
    assertEquals(await readText(client, wrong), wrong);
    // Cut anywhere, and with more behind it.
    await writeAll(client, "xyz");
    await writeAll(client, "zyq\n");
    assertEquals(await readText(client, WELCOME), WELCOME);
    await writeAll(client, "hello all\n");
    await server.stdoutLine(/hello all/);
    await client.closeWrite();
    const { stdout, stderr } = await server.ends(143, "SIGTERM");
    for (const secret of ["wrong-word", "xyzzyq", "xyz", "zyq"]) {
      assert(!(stdout + stderr).includes(secret), stdout + stderr);
    }
  });
}

Deno.test("tap --no-data tells of connections, not of what passes", async () => {
  await using target = spawnSockeye(["server", "echo", "0"]);
  await using tap = spawnSockeye(["tap", "0", String(await target.port()), "--no-data", "-v"]);
  using client = await connect(await tap.port());
  await writeAll(client, SAID);
  await client.closeWrite();
  await readAll(client);
  const { stdout, stderr } = await tap.ends(143, "SIGTERM");
  assert(!(stdout + stderr).includes(SAID), stdout + stderr);
  assertMatch(stderr, /^#1 .* closed: .*; 6 B up, 6 B down, /m);
});
