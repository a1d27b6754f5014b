/** The file of a Unix socket: who makes it, who may use it, and when it goes. Streams are in `streams_test.ts`. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fails, FILES } from "../../support/failing.ts";
import { needs, type Program, spawnSockeye, tool } from "../../support/harness.ts";
import { PROMPT_MS, readAll, utf8, within, writeAll } from "../../support/sockets.ts";
import { type Folder, inFolder } from "../../fetch/helpers.ts";

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

/** What is granted for a path alone: no folder beside it. */
const forPath = (path: string) => [`--allow-net=unix:${path}`, `--allow-read=${path}`, `--allow-write=${path}`];
const forFolder = (folder: string) => ["--allow-net", `--allow-read=${folder}`, `--allow-write=${folder}`];

/** What can be told of the path of a socket as often as it can be looked at: its mode, as long as it is a socket. */
async function modesOf(path: string, until: Promise<unknown>): Promise<Set<number>> {
  const modes = new Set<number>();
  let over = false;
  void until.finally(() => over = true);
  while (!over) {
    const { isSocket, mode } = await Deno.lstat(path).catch(() => ({ isSocket: false, mode: 0 }));
    if (isSocket) modes.add((mode ?? 0) & 0o777);
  }
  return modes;
}

for (const [umask, ends] of Object.entries({ "000": 4, "002": 4, "022": 143, "077": 143 })) {
  const name = `a path that must be bound directly with umask ${umask} ${ends === 4 ? "is refused" : "is served"}`;
  test(name, ["sh"], async (path) => {
    const options = { only: forPath(path), via: `umask ${umask}; exec "$@"` };
    await using server = spawnSockeye(["server", "echo", `unix:${path}`], options);
    const started = ready(server).then(() => server.signal("SIGTERM"), () => {});
    const modes = await modesOf(path, started);
    const { code, stderr } = await server.status();
    assertEquals([code, await exists(path)], [ends, false], stderr);
    if (ends === 4) assertMatch(stderr, /: others could connect before its mode is set; permit its folder too, /);
    // Others than the owner may never write, and so never connect.
    for (const mode of modes) assertEquals(mode & 0o022, 0, mode.toString(8));
  });
}

test(
  "a socket is bound in a private folder and moved to its path when it has its mode",
  ["strace", "sh"],
  async (path) => {
    for (const before of ["no socket", "a dead socket"]) {
      if (before === "a dead socket") await leaveDead(path);
      const calls = "mkdir,mkdirat,bind,chmod,fchmodat,link,linkat,rename,renameat,renameat2";
      const via = `umask 000; exec strace -f -qq -e trace=${calls} "$@"`;
      await using server = spawnSockeye(["server", "echo", `unix:${path}`], { permissions: FILES, via });
      await ready(server);
      const { stderr } = await server.ends(143, "SIGTERM");
      const made = [...stderr.matchAll(/(\w+)\(.*\) += 0$/gm)].map(([line, call]) =>
        `${call} ${/0\d+\)/.exec(line) ?? ""}`
      );
      const moves = before === "no socket" ? ["linkat "] : ["rename ", "linkat "];
      assertEquals(made, ["mkdir 0700)", "bind ", "chmod 0600)", ...moves], stderr);
      assert(!stderr.includes(`sun_path="${path}"`), stderr);
    }
  },
);

test("a socket that somebody serves is not taken away", [], async (path) => {
  await using _server = await serve(path);
  await reachable(path);
  await fails(["server", "echo", `unix:${path}`], 4, [/^sockeye: Cannot listen on unix:\/.*: the address is in use/]);
  await reachable(path);
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

for (const [what, umask] of [["the path alone", "022"], ["its folder", "000"]] as const) {
  inFolder(
    `server unix: with permissions for ${what} replaces a dead socket only, for its owner alone`,
    async (folder) => {
      const path = folder.at("socket");
      const permissions = umask === "022" ? forPath(path) : forFolder(folder.path);
      const options = { only: permissions, via: `umask ${umask}; exec "$@"` };
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
