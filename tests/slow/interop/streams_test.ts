/**
 * sockeye and nc (the OpenBSD one), ncat, socat and Python: a stream each way, whose ends are told, over TCP and over
 * Unix sockets; and what they hear and say in a chat.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../../fetch/helpers.ts";
import { asClient, asServer, chatsWith, exchangeWords } from "../../support/both.ts";
import { Chatter } from "../../support/chatter.ts";
import { FILES } from "../../support/failing.ts";
import { needs, type Program, python, spawnSockeye, type StartOptions, tool } from "../../support/harness.ts";

const HOST = "127.0.0.1";

/** The words that start a program: as a client or as a server, at a port or at a path. They end their halves. */
type Start = (place: string) => string[];

interface Peer {
  readonly connects: Start;
  readonly listens: Start;
  readonly connectsToPath: Start;
  readonly listensAtPath: Start;
}

const PEERS: Readonly<Record<string, Peer>> = {
  nc: {
    connects: (port) => ["-N", HOST, port],
    listens: (port) => ["-l", "-N", HOST, port],
    connectsToPath: (path) => ["-N", "-U", path],
    listensAtPath: (path) => ["-l", "-N", "-U", path],
  },
  ncat: {
    connects: (port) => [HOST, port],
    listens: (port) => ["-l", HOST, port],
    connectsToPath: (path) => ["-U", path],
    listensAtPath: (path) => ["-l", "-U", path],
  },
  socat: {
    connects: (port) => ["-t", "3", "-", `TCP:${HOST}:${port}`],
    listens: (port) => ["-t", "3", `TCP-LISTEN:${port},bind=${HOST}`, "-"],
    connectsToPath: (path) => ["-t", "3", "-", `UNIX-CONNECT:${path}`],
    listensAtPath: (path) => ["-t", "3", `UNIX-LISTEN:${path}`, "-"],
  },
  python3: {
    connects: (port) => ["half_close_client", HOST, port, "utf-8"],
    listens: (port) => ["half_close_server", HOST, port, "utf-8"],
    connectsToPath: (path) => ["unix_half_close", "connect", path],
    listensAtPath: (path) => ["unix_half_close", "listen", path],
  },
};

function start(name: string, words: readonly string[], stdin: StartOptions["stdin"] = "piped"): Program {
  const [script = "", ...args] = words;
  return name === "python3" ? python(script, args, { stdin }) : tool(name, words, { stdin });
}

/** A test with a program and the path of a socket that is not there yet; the traditional nc has no `-N`. */
function test(name: string, program: string, play: (path: string) => Promise<void>): void {
  const fits = program !== "nc" || hasOpenBsdNc;
  inFolder(name, (folder) => play(folder.at("a socket")), needs([program], fits));
}

const hasOpenBsdNc = await (async () => {
  if (needs(["nc"]).ignore) return false;
  await using help = tool("nc", ["-h"]);
  return /-N\b/.test((await help.status()).stderr);
})();

for (const [name, peer] of Object.entries(PEERS)) {
  test(`${name} gets its stream back from server echo`, name, async () => {
    await asClient((port, stdin) => start(name, peer.connects(String(port)), stdin));
  });

  test(`${name} and client exchange streams`, name, async () => {
    await asServer((port, stdin) => start(name, peer.listens(String(port)), stdin));
  });

  test(`${name} gets its stream back from server echo unix:`, name, async (path) => {
    const place = { args: [`unix:${path}`], permissions: FILES };
    await asClient((_port, stdin) => start(name, peer.connectsToPath(path), stdin), place);
  });

  const losesEnds = name === "nc" || name === "ncat";
  test(`${name} and client unix: exchange ${losesEnds ? "words" : "streams"}`, name, async (path) => {
    if (losesEnds) return await exchangesWords(path, start(name, peer.listensAtPath(path)));
    const place = { args: [`unix:${path}`], permissions: FILES };
    await asServer((_port, stdin) => start(name, peer.listensAtPath(path), stdin), () => place);
  });
}

/** nc and ncat may lose the end of a long answer over a Unix socket, whatever program reads it. */
async function exchangesWords(path: string, listening: Program): Promise<void> {
  await using server = listening;
  const args = ["client", `unix:${path}`, "--retry", "100"];
  await using client = spawnSockeye(args, { permissions: FILES, stdin: "piped" });
  await exchangeWords(client, server);
  await client.closeStdin();
  await server.closeStdin();
  const [mine, its] = await Promise.all([client.status(), server.status()]);
  assertEquals([mine.code, mine.stdout, its.code], [0, "one!\n第二个!\n", 0], mine.stderr);
}

for (const [name, ...flags] of [["nc", "-N"], ["ncat"], ["ncat", "--crlf"]] as const) {
  const command = [name, ...flags].join(" ");
  test(`${command} joins server chat, hears and says`, name, async () => {
    const eol = command.endsWith("--crlf") ? "\r\n" : "\n";
    await chatsWith((port) => start(name, [...flags, HOST, String(port)]), eol);
  });
}

for (const content of ["a whole line\n", "no line end"]) {
  test(`nc -N says ${JSON.stringify(content)} in server chat and leaves`, "nc", async () => {
    await using server = spawnSockeye(["server", "chat", "0"]);
    const port = await server.port();
    await using other = await Chatter.join(port);
    await using nc = start("nc", ["-N", HOST, String(port)], { content });
    await other.hears(/^\*\*\* user2 left$/);
    assertEquals(other.heard.slice(1), ["*** user2 joined", `<user2> ${content.trimEnd()}`, "*** user2 left"]);
    assertMatch((await nc.ends(0)).stdout, /^\*\*\* You are user2; .*\n$/);
  });
}
