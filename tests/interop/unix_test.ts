/** The file of a Unix socket: who makes it, who may use it, and when it goes. Streams are in `streams_test.ts`. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fails, FILES } from "../support/failing.ts";
import { needs, type Program, spawnSockeye, tool } from "../support/harness.ts";
import { PROMPT_MS, readAll, utf8, within, writeAll } from "../support/sockets.ts";
import { type Folder, inFolder } from "../fetch/helpers.ts";

const unix = Deno.build.os !== "windows";

/** A test with the path of a socket that is not there yet. */
function test(name: string, programs: readonly string[], play: (path: string, folder: Folder) => Promise<void>): void {
  inFolder(name, (folder) => play(folder.at("a socket"), folder), needs(programs, unix));
}

function start(path: string, ...args: string[]): Program {
  return spawnSockeye(["server", "echo", `unix:${path}`, ...args], { permissions: FILES });
}

async function ready(server: Program): Promise<void> {
  await server.stderrLine(/^Listening on unix:/);
}

async function serve(path: string, ...args: string[]): Promise<Program> {
  const server = start(path, ...args);
  await ready(server);
  return server;
}

/** Who reaches the server at this path gets an echo. */
async function reachable(path: string): Promise<void> {
  (await greeted(path)).close();
}

async function greeted(path: string): Promise<Deno.UnixConn> {
  const conn = await Deno.connect({ transport: "unix", path });
  await writeAll(conn, "hello");
  assertEquals(await within(readAll(conn, 5), PROMPT_MS, "The echo"), utf8("hello"));
  return conn;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

test("a path may have 107 bytes and no more", [], async (_path, folder) => {
  const longest = folder.at("x".repeat(107 - utf8(folder.at("")).length));
  await using _server = await serve(longest);
  await reachable(longest);
  await fails(["server", "echo", `unix:${longest}x`], 2, [/Bad address .*: the path has 108 bytes, 107 at most$/m]);
  await fails(["client", `unix:${longest}x`], 2, [/Bad address .*: the path has 108 bytes, 107 at most$/m]);
});

test("a socket of somebody else is not taken away either", ["nc"], async (path) => {
  await using nc = tool("nc", ["-v", "-l", "-k", "-U", path], { stdin: "piped" });
  await nc.stderrLine(/^Bound on /);
  await nc.stderrLine(/^Listening on /);
  await fails(["server", "echo", `unix:${path}`], 4, ["the address is in use"]);
  assert((await Deno.lstat(path)).isSocket);
});

for (const dead of [true, false]) {
  test(
    `of three servers at once on ${dead ? "a dead socket" : "a free path"} one gets it`,
    [],
    async (path, folder) => {
      for (let round = 0; round < 3; round++) {
        if (dead) await leaveDead(path);
        await using first = start(path);
        await using second = start(path);
        await using third = start(path);
        const servers = [first, second, third];
        const outcome = (server: Program) => ready(server).then(() => undefined, () => server.status());
        const outcomes = await Promise.all(servers.map(outcome));
        const losers = outcomes.filter((outcome) => outcome !== undefined);
        for (const { code, stderr } of losers) {
          assertEquals(code, 4);
          assertMatch(stderr, /^sockeye: Cannot listen on unix:\/.*: the address is in use; [^\n]+\n$/);
        }
        assertEquals(losers.length, 2);
        await reachable(path);
        assertEquals(await folder.names(), ["a socket"]);
        servers[outcomes.indexOf(undefined)]?.signal("SIGTERM");
        await Promise.all(servers.map((server) => server.status()));
        assertEquals(await folder.names(), []);
      }
    },
  );
}

async function leaveDead(path: string): Promise<void> {
  await using dead = await serve(path);
  dead.signal("SIGKILL");
  await dead.status();
  assert((await Deno.lstat(path)).isSocket);
}

/** What is granted for a path; the first does not allow a folder beside it. */
const LISTS: Readonly<Record<string, (path: string, folder: string) => readonly string[]>> = {
  "the path alone": (path) => [`--allow-net=unix:${path}`, `--allow-read=${path}`, `--allow-write=${path}`],
  "its folder": (_path, folder) => ["--allow-net", `--allow-read=${folder}`, `--allow-write=${folder}`],
};

for (const [what, granted] of Object.entries(LISTS)) {
  inFolder(
    `server unix: with permissions for ${what} replaces a dead socket only, for its owner alone`,
    async (folder) => {
      const path = folder.at("socket");
      const options = { permissions: granted(path, folder.path), via: `umask 000; exec "$@"` };
      const begin = () => spawnSockeye(["server", "echo", `unix:${path}`], options);
      await leaveDead(path);
      await fails(["client", `unix:${path}`], 4, [/nothing listens there \(connection refused\)$/m]);
      await using first = begin();
      await ready(first);
      assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o600);
      await reachable(path);
      await fails(["server", "echo", `unix:${path}`], 4, [/the address is in use/]);
      await reachable(path);
      await Deno.remove(path);
      await using second = begin();
      await ready(second);
      first.signal("SIGTERM");
      assertEquals((await within(first.status(), PROMPT_MS, "The end")).code, 143);
      await reachable(path);
      second.signal("SIGTERM");
      assertEquals([(await second.status()).code, await folder.names()], [143, []]);
    },
    needs(["sh"], unix),
  );
}

test("a server whose socket was removed ends as usual", [], async (path) => {
  await using server = await serve(path);
  await Deno.remove(path);
  server.signal("SIGTERM");
  const { code, stderr } = await server.status();
  assertEquals([code, stderr.includes("sockeye:")], [143, false], stderr);
});

test("what is no socket is not touched", [], async (path, folder) => {
  const letter = await folder.put("letter", "dear reader");
  const nothing = await folder.put("nothing", "");
  await Deno.mkdir(folder.at("folder"));
  await Deno.symlink(letter, folder.at("link"));
  await Deno.symlink(folder.at("nowhere"), folder.at("dangling"));
  await leaveDead(path);
  await Deno.symlink(path, folder.at("link to a dead socket"));
  const before = await folder.names();
  for (const name of before.filter((name) => name !== "a socket")) {
    const place = `unix:${folder.at(name)}`;
    await fails(["server", "echo", place], 4, [
      /^sockeye: Cannot listen on unix:.*: there is a file that is not a socket$/m,
    ]);
  }
  assertEquals(await folder.names(), before);
  assertEquals([await Deno.readTextFile(letter), await Deno.readTextFile(nothing)], ["dear reader", ""]);
  await fails(["client", `unix:${letter}`], 4, [/^sockeye: Cannot connect to unix:.*: .+$/m]);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`the socket is gone after ${signal}, and its clients hear the end`, [], async (path) => {
    await using server = await serve(path);
    using conn = await greeted(path);
    server.signal(signal);
    assertEquals(await within(readAll(conn), PROMPT_MS, "The end"), new Uint8Array());
    await conn.closeWrite();
    const { code } = await server.status();
    assertEquals([code, await exists(path)], [signal === "SIGINT" ? 130 : 143, false]);
  });
}

test("the socket is gone after --once, as soon as the one client is there", [], async (path) => {
  await using server = await serve(path, "--once");
  using conn = await greeted(path);
  assertEquals(await exists(path), false);
  await conn.closeWrite();
  await server.ends(0);
});

test("a datagram socket at the path is told as one", ["python3"], async (path) => {
  const script = `import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
time.sleep(60)`;
  await using python = tool("python3", ["-c", script, path]);
  await python.stdoutLine(/^bound$/);
  await fails(["client", `unix:${path}`], 4, [/: a datagram socket lives at that path$/m]);
  await fails(["server", "echo", `unix:${path}`], 4, [/: a datagram socket lives at that path$/m]);
  assert((await Deno.lstat(path)).isSocket);
});
