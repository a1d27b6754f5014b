/** `client --output`, and the source and family of its connection. */

import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { eventsOf } from "../fetch/program.ts";
import { hasSmallDisk } from "../fetch/small_disk.ts";
import { fails, FILES } from "../support/failing.ts";
import { freePort, hasIpv6, needs, python, spawnSockeye } from "../support/harness.ts";
import { Host, readAll, writeAll } from "../support/sockets.ts";

const HOST = "127.0.0.1";

inFolder("client --output saves the bytes that come and shows none", async (folder) => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);
  await using host = new Host(async (conn) => {
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  });
  const args = ["client", String(host.port), "-o", "got.bin"];
  const { stdout } = await spawnSockeye(args, { cwd: folder.path, permissions: FILES }).ends(0);
  assertEquals([stdout, await folder.names()], ["", ["got.bin"]]);
  assertEquals(await Deno.readFile(folder.at("got.bin")), bytes);
});

inFolder("client --output --json shows the events as well; after a failure the old file stays", async (folder) => {
  await folder.put("got", "old");
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = String(await server.port());
  const run = (...args: string[]) =>
    spawnSockeye(["client", port, "--send", "hi", "-o", "got", ...args], { cwd: folder.path, permissions: FILES });
  const failed = await run("--expect", "no", "--wait", "50ms").ends(10);
  assertMatch(failed.stderr, /^What came is in "got.part"$/m);
  assertEquals([await folder.get("got"), await folder.get("got.part")], ["old", "hi"]);
  const { stdout } = await run("--json", "--expect", "hi").ends(0);
  assertEquals(eventsOf(stdout).filter(({ event }) => event === "recv").map(({ text }) => text), ["hi"]);
  assertEquals([await folder.names(), await folder.get("got")], [["got"], "hi"]);
});

inFolder("client --output has what came before Ctrl-C under its name", async (folder) => {
  await using host = Host.saying("endless");
  const args = ["client", String(host.port), "-o", "got", "--json"];
  await using client = spawnSockeye(args, { cwd: folder.path, permissions: FILES, stdin: "piped" });
  await client.stdoutLine(/"text":"endless"/);
  await client.ends(130, "SIGINT");
  assertEquals([await folder.names(), await folder.get("got")], [["got"], "endless"]);
});

Deno.test("client --output ends with 9 on a full disk", needs(["sh"], hasSmallDisk), async () => {
  await using host = new Host(async (conn) => {
    for (let i = 0; i < 64; i++) await writeAll(conn, "x".repeat(16 * 1024));
    await readAll(conn);
  });
  const inner = `mount -t tmpfs -o size=64k small /mnt && exec "$@"`;
  const via = `exec unshare -rm sh -c '${inner}' sh "$@"`;
  await using client = spawnSockeye(["client", String(host.port), "-o", "/mnt/got"], { via, permissions: FILES });
  const { stderr } = await client.ends(9);
  assertMatch(stderr, /^sockeye: Cannot write "\/mnt\/got.part": No space left on device$/m);
});

Deno.test("client --source :PORT comes from that port, over TCP and UDP", needs(["python3"]), async () => {
  const [tcp, udp] = [freePort(), freePort()];
  await using server = spawnSockeye(["server", "echo", "0"]);
  const hello = ["--send", "hello", "--expect", "hello"];
  await spawnSockeye(["client", HOST, String(await server.port()), "--source", `:${tcp}`, ...hello]).ends(0);
  await server.stderrLine(new RegExp(`^#1 127\\.0\\.0\\.1:${tcp} connected$`));
  await using datagrams = python("udp_server", [HOST, 0, "utf-8"]);
  const [, port = ""] = await datagrams.stdoutLine(/^port (\d+)$/);
  const args = [
    "client",
    `udp://${HOST}:${port}`,
    "--source",
    `${HOST}:${udp}`,
    "--send",
    "hello",
    "--expect",
    "HELLO",
  ];
  await spawnSockeye(args).ends(0);
  const busy = Deno.listen({ hostname: HOST, port: 0 });
  await fails(["client", HOST, port, "--source", `${HOST}:${busy.addr.port}`], 4, ["the port is in use"]);
  busy.close();
});

Deno.test("client -4 and -6 choose the family of a name", needs([], hasIpv6), async () => {
  await using server = spawnSockeye(["server", "echo", ":0"]);
  const port = String(await server.port());
  for (const [flag, place] of [["-4", HOST], ["-6", "[::1]"]] as const) {
    const { stderr } = await spawnSockeye(["client", "localhost", port, flag, "--send", "x", "--expect", "x"]).ends(0);
    assertEquals(/^Connected to (.*)$/m.exec(stderr)?.[1], `${place}:${port}`);
  }
  await fails(["client", HOST, port, "-6"], 3, ["it has no IPv6 address"]);
});

Deno.test("fetch --source and -4 reach the server from there", async () => {
  const from: string[] = [];
  const port = freePort();
  await using web = Deno.serve({ hostname: HOST, port: 0, onListen: () => {} }, (_request, { remoteAddr }) => {
    from.push(`${remoteAddr.hostname}:${remoteAddr.port}`);
    return new Response("page");
  });
  const url = `http://localhost:${web.addr.port}/`;
  const { stdout } = await spawnSockeye(["fetch", url, "-o", "-", "-q", "-4", "--source", `:${port}`]).ends(0);
  assertEquals([stdout, from], ["page", [`${HOST}:${port}`]]);
});
