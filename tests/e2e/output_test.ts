/** What goes to stdout and what goes to stderr, for people and for programs. */

import { assertEquals, assertMatch } from "@std/assert";
import { eventsOf } from "../fetch/program.ts";
import { type Ending, linux, needs, spawnSockeye } from "../support/harness.ts";
import { Host, utf8, writeAll } from "../support/sockets.ts";

const ESC = "\x1b";

/** Runs a client to its end with a server that gives back what it gets. */
async function echoed(args: readonly string[], env: Record<string, string> = {}): Promise<Ending> {
  await using server = spawnSockeye(["server", "echo", "0"]);
  await using client = spawnSockeye(["client", String(await server.port()), ...args], { env });
  return await client.status();
}

Deno.test("client tells on stderr what happens and gives on stdout what it got", async () => {
  const { stdout, stderr } = await echoed(["--send", "你好\n"]);
  assertEquals(stdout, "你好\n");
  assertMatch(stderr, /^Connected to 127\.0\.0\.1:\d+\nConnection closed by the peer; 7 B in, 7 B out, .*\n$/);
});

Deno.test("server --json tells where it listens, who came and what was said", async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--json", "--once"]);
  const port = await server.port();
  await spawnSockeye(["client", String(port), "--send", "你好"]).ends(0);
  const { stdout, stderr } = await server.ends(0);
  const events = eventsOf(stdout);
  assertEquals([events[0]?.event, events[0]?.address], ["listen", `tcp://127.0.0.1:${port}`]);
  assertEquals(events.find(({ event }) => event === "recv")?.text, "你好");
  assertEquals(events.find(({ event }) => event === "close")?.received, 6);
  assertEquals([events.at(-1)?.event, events.at(-1)?.peers, stderr], ["done", 1, ""]);
});

const COLOURS: readonly (readonly [args: string[], env: Record<string, string>, coloured: boolean])[] = [
  [[], {}, false],
  [["--color", "always"], {}, true],
  [["--color", "always"], { NO_COLOR: "1" }, false],
  [["--color", "auto"], { FORCE_COLOR: "1" }, false],
  [["--color", "never"], {}, false],
];

for (const [args, env, coloured] of COLOURS) {
  const name = [...args, ...Object.keys(env)].join(" ") || "without flags";
  Deno.test(`client ${name} ${coloured ? "colours" : "does not colour"} a pipe`, async () => {
    const { stdout, stderr } = await echoed(["--send", "hi", ...args], env);
    assertEquals(stderr.includes(ESC), coloured, stderr);
    assertEquals(stdout, "hi", "what came stays as it is");
  });
}

Deno.test("client into a pipe whose reader leaves ends quietly with 0", needs(["sh", "head"]), async () => {
  await using host = new Host(async (conn) => {
    const lines = utf8("a line of some length\n".repeat(1000));
    for (let took = true; took;) took = await writeAll(conn, lines).then(() => true, () => false);
  });
  const via = `{ "$@"; echo "code=$?" >&2; } | head -1`;
  await using client = spawnSockeye(["client", String(host.port)], { via });
  const { stdout, stderr } = await client.status();
  assertEquals(stdout, "a line of some length\n");
  assertMatch(stderr, /^Connected to .*\n(Connection .*\n)?code=0\n$/);
});

Deno.test("client onto a full disk ends with 9 and one line", needs(["sh"], linux), async () => {
  await using host = Host.saying("something\n");
  await using client = spawnSockeye(["client", String(host.port), "-q"], { via: `exec "$@" >/dev/full` });
  assertMatch((await client.ends(9)).stderr, /^sockeye: Cannot write to stdout: [^\n]+\n$/);
});
