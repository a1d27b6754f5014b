/** An output that is not read, a full pipe or a stopped terminal, holds up no client, no signal and no end. */

import { assert, assertEquals } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { eventsOf } from "../fetch/program.ts";
import {
  eventually,
  freePort,
  needs,
  sockeyeCommand,
  spawnSockeye,
  standsStill,
  tool,
  UNREAD,
} from "../support/harness.ts";
import { connect, Host, readAll, readText, utf8, Witness, writeAll } from "../support/sockets.ts";
import { Terminal } from "../support/terminal.ts";

/** Makes a pipe that nothing reads of any stream: of stderr, or of both. */
const STDERR_UNREAD = `mkfifo pipe && exec "$@" 2<>pipe`;
const NOTHING_READ = `mkfifo pipe && exec "$@" 1<>pipe 2>&1`;

/** More than a pipe and the output together hold. */
const CHUNK = 256 * 1024;
const CHUNKS = 24;
const TEXT = utf8("0123456789abcdef\n".repeat(CHUNK / 17));

const ignore = needs(["sh", "mkfifo"]);

/** Sends megabytes to a server and reads what comes back. */
async function flood(port: number, echoes: boolean): Promise<void> {
  using conn = await connect(port);
  for (let i = 0; i < CHUNKS; i++) {
    const answer = echoes && readAll(conn, TEXT.length);
    await writeAll(conn, TEXT);
    await answer;
  }
  await conn.closeWrite();
  await readAll(conn);
}

/** A server that says its port in a pipe that nothing reads. */
async function dialled(port: number): Promise<Deno.TcpConn> {
  while (true) {
    const conn = await connect(port).catch(() => undefined);
    if (conn) return conn;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const [mode, ...args] of [["echo", "-v"], ["reply", "--text", "x", "-x"], ["discard"]] as const) {
  inFolder(`server ${mode} serves on when nothing reads what it shows`, async (folder) => {
    const port = freePort();
    const options = { via: NOTHING_READ, cwd: folder.path };
    await using server = spawnSockeye(["server", mode, String(port), ...args], options);
    using first = await dialled(port);
    await flood(port, mode === "echo");
    await first.closeWrite();
    await readAll(first);
    await server.ends(143, "SIGTERM");
  }, ignore);
}

inFolder("server echo -v shows what comes when only stderr is not read", async (folder) => {
  const port = freePort();
  await using server = spawnSockeye(["server", "echo", String(port), "-v"], { via: STDERR_UNREAD, cwd: folder.path });
  using conn = await dialled(port);
  for (let i = 1; i <= 3; i++) {
    const line = `line ${i} ${"x".repeat(40_000)}\n`;
    await writeAll(conn, line);
    assertEquals(await readText(conn, line), line);
    await server.stdoutLine(new RegExp(`< line ${i} x+$`));
  }
  await conn.closeWrite();
  await server.ends(143, "SIGTERM");
}, ignore);

inFolder("server --json waits a second for its reader, then counts what is lost", async (folder) => {
  const port = freePort();
  const options = { via: UNREAD, cwd: folder.path };
  await using server = spawnSockeye(["server", "echo", String(port), "--json"], options);
  using first = await dialled(port);
  await flood(port, true);
  // It is read again.
  await using reader = tool("cat", [folder.at("pipe")]);
  using witness = await Witness.join(port);
  const told = async () => {
    await witness.getsEcho();
    return /"skipped":[1-9]/.test(reader.stdout);
  };
  assert(await eventually(told), "nothing was told of what was lost");
  await first.closeWrite();
  server.signal("SIGTERM");
  await witness.getsFin();
  await reader.stdoutLine(/"event":"done"/);
  await server.ends(143);
  for (const line of reader.stdout.trimEnd().split("\n")) JSON.parse(line);
}, ignore);

inFolder("client gives all data though nothing reads stderr, and ends", async (folder) => {
  await using host = new Host(async (conn) => {
    for (let i = 0; i < 4; i++) await writeAll(conn, TEXT);
    await conn.closeWrite();
    await readAll(conn);
  });
  const via = `mkfifo pipe && exec 3<>pipe && head -c 65536 /dev/zero >&3 && exec "$@" 2>&3`;
  await using client = spawnSockeye(["client", String(host.port), "--send", "x", "-v"], { via, cwd: folder.path });
  const { stdout } = await client.ends(0);
  assertEquals(stdout.length, 4 * TEXT.length);
}, needs(["sh", "mkfifo", "head"]));

inFolder("client waits for the reader of its data, also with --json, and loses none", async (folder) => {
  let sent = 0;
  await using host = new Host(async (conn) => {
    for (let i = 0; i < CHUNKS; i++, sent++) await writeAll(conn, TEXT);
    await conn.closeWrite();
    await readAll(conn);
  });
  const options = { via: UNREAD, cwd: folder.path };
  await using client = spawnSockeye(["client", String(host.port), "--json", "--send", "x"], options);
  await standsStill(() => sent);
  await using reader = tool("cat", [folder.at("pipe")]);
  await client.ends(0);
  const { stdout } = await reader.status();
  const received = eventsOf(stdout).filter(({ event }) => event === "recv");
  assertEquals(received.reduce((sum, { bytes }) => sum + Number(bytes), 0), CHUNKS * TEXT.length);
}, needs(["sh", "mkfifo", "cat"]));

Deno.test(
  "server echo at a terminal serves on after Ctrl-S, and shows on after Ctrl-Q",
  needs(["tmux", "sh"]),
  async () => {
    const port = freePort();
    await using terminal = await Terminal.open(sockeyeCommand(["server", "echo", String(port)]));
    await terminal.shows(/^Listening on /);
    await terminal.press("C-s");
    await flood(port, true);
    using witness = await Witness.join(port);
    await terminal.press("C-q");
    const shown = async () => {
      await witness.getsEcho();
      return (await terminal.screen()).some((line) => / < witness \d/.test(line));
    };
    assert(await eventually(shown), "nothing is shown after Ctrl-Q");
    await terminal.press("C-c");
    await witness.getsFin();
    await terminal.ended(130);
  },
);
