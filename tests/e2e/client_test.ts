/** What a client sends, what it waits for, and how it ends. */

import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { freePort, needs, python, spawnSockeye, standsStill, UNREAD } from "../support/harness.ts";
import { Host, PROMPT_MS, readAll, within, writeAll } from "../support/sockets.ts";

const HOST = "127.0.0.1";

Deno.test("client waits for the answer that comes a second after its end of input", needs(["python3"]), async () => {
  await using server = python("late_server", [HOST, 0, "utf-8"]);
  const [, port = ""] = await server.stdoutLine(/^port (\d+)$/);
  await using client = spawnSockeye(["client", port], { stdin: { content: "问题" } });
  assertEquals((await client.ends(0)).stdout, "late answer to 问题");
});

Deno.test("client ends when the peer closes, though its input goes on", async () => {
  await using host = new Host((conn) => writeAll(conn, "bye\n"));
  assertEquals((await spawnSockeye(["client", String(host.port)], { stdin: "piped" }).ends(0)).stdout, "bye\n");
});

Deno.test("client sends all of its input to a peer that ends its own half first", async () => {
  const content = "all of it ".repeat(200_000);
  await using host = new Host(async (conn) => {
    await writeAll(conn, "I listen\n");
    await conn.closeWrite();
    return (await readAll(conn)).length;
  });
  const { stdout } = await spawnSockeye(["client", String(host.port)], { stdin: { content } }).ends(0);
  assertEquals(await host.done, content.length);
  assertEquals(stdout, "I listen\n");
});

Deno.test("client --retry waits for a port that opens later", async () => {
  const port = freePort();
  const args = ["--retry", "100", "--send", "at last", "-v"];
  await using client = spawnSockeye(["client", String(port), ...args]);
  await client.stderrLine(/refused.*again in \d+ ms/);
  await using server = spawnSockeye(["server", "echo", String(port)]);
  assertEquals((await client.ends(0)).stdout, "at last");
  await server.stderrLine(/#1 .* left/);
});

const endings: Record<string, { code: number; says: RegExp; args: (port: number) => string[] }> = {
  "connection refused": { code: 4, says: /refused/, args: () => [String(freePort())] },
  "an unknown host": { code: 3, says: /nosuch\.invalid.*no address/, args: () => ["nosuch.invalid", "80"] },
  "--idle": { code: 5, says: /0\.2 s \(idle timeout\)/, args: (port) => [String(port), "--idle", "200ms"] },
  "--wait without --expect": { code: 0, says: /wait/, args: (port) => [String(port), "--wait", "0"] },
};

for (const [what, { code, says, args }] of Object.entries(endings)) {
  Deno.test(`client ends with ${code} after ${what}`, async () => {
    await using host = Host.saying("");
    await using client = spawnSockeye(["client", ...args(host.port)], { stdin: code === 0 ? "null" : "piped" });
    const ending = await client.status();
    assertMatch(ending.stderr, says);
    assertEquals(ending.stderr.match(/^sockeye: /gm)?.length ?? 0, code === 0 ? 0 : 1, ending.stderr);
    assertEquals(ending.code, code);
  });
}

Deno.test("client ends with 1 when the connection is reset", needs(["python3"]), async () => {
  await using server = python("reset_server", [HOST, 0, "utf-8"]);
  const [, port = ""] = await server.stdoutLine(/^port (\d+)$/);
  await using client = spawnSockeye(["client", port, "--send", "hello"]);
  assertMatch((await client.ends(1)).stderr, /^sockeye: .*reset by the peer\n/m);
});

for (const [peer, chunks] of [["goes on", Infinity], ["has ended", 4]] as const) {
  const name = `client ends on SIGINT though nobody reads its output, when the peer ${peer}`;
  inFolder(name, async (folder) => {
    let sent = 0;
    await using host = new Host(async (conn) => {
      const chunk = new Uint8Array(64 * 1024);
      for (let i = 0; i < chunks; i++) sent += await conn.write(chunk);
    });
    await using client = spawnSockeye(["client", String(host.port)], { via: UNREAD, cwd: folder.path });
    await client.stderrLine(/^Connected to /);
    await standsStill(() => sent);
    client.signal("SIGINT");
    assertEquals((await within(client.status(), PROMPT_MS, "The end")).code, 130);
  }, needs(["sh", "mkfifo"]));
}

for (const [signal, expected] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`client ends with ${expected} on ${signal}, and what came is not lost`, async () => {
    await using host = Host.saying("first words");
    await using client = spawnSockeye(["client", String(host.port)], { stdin: "piped" });
    await client.stdoutText(/first words/);
    const { stderr } = await client.ends(expected, signal);
    assertEquals(stderr.includes("sockeye:"), false, stderr);
  });
}
