/** `check` against a server that is right and one that is not. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { fails } from "../support/failing.ts";
import { needs, spawnSockeye, tool } from "../support/harness.ts";
import { shell } from "./trials.ts";

/** Takes what one recv() brings for a whole message, and closes. */
const WRONG = `import socket, sys
server = socket.create_server(("127.0.0.1", 0), backlog=128)
print(server.getsockname()[1], flush=True)
while True:
    client, _ = server.accept()
    client.sendall(client.recv(1024))
    client.close()
`;

/** A wrong server, and its port. */
async function wrong() {
  const program = tool("python3", ["-u", "-c", WRONG]);
  const [port] = await program.stdoutLine(/^\d+$/);
  return { program, port, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

Deno.test("check echo finds nothing wrong with the echo server", async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = String(await server.port());
  const { stdout } = await spawnSockeye(["check", "echo", port, "--json", "--seed", "7"]).ends(0);
  const events: Record<string, unknown>[] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const cases = events.filter(({ event }) => event === "case");
  assertEquals(
    cases.map(({ id, verdict }) => [id, verdict]),
    Array.from({ length: 15 }, (_, i) => [`echo/${i + 1}`, "ok"]),
  );
  const { verdicts, seed, code } = events.at(-1) ?? {};
  assertEquals([verdicts, seed, code], [{ ok: 15, weak: 0, fail: 0, unknown: 0 }, 7, 0]);
});

Deno.test(
  "check echo/4 shows the smallest cut that a wrong server fails, and how to see it",
  needs(["python3"]),
  async () => {
    await using server = await wrong();
    const { port } = server;
    const { stdout } = await spawnSockeye(["check", "echo/4", port, "--seed", "7", "--lang", "en"]).ends(10);
    assertMatch(stdout, /^ {2}FAIL {2}echo\/4 {2}a message that arrives in two pieces: 18 of 18 cuts$/m);
    assertMatch(stdout, /^ {8}sent {6}"h" \|/m);
    assertMatch(stdout, /^ {8}received {2}"h", then FIN\n {20}\^ byte 1: the connection was closed here$/m);
    assertMatch(stdout, new RegExp(`^ {8}again {5}sockeye check echo/4 ${port} --seed 7$`, "m"));
    const [, hand = ""] = /^ +(sockeye client .*)$/m.exec(stdout) ?? [];
    assertStringIncludes(hand, "--cut 1");
    assertEquals((await shell(hand, Number(port)).status()).stdout, "h");
  },
);

Deno.test("check speaks Chinese", needs(["python3"]), async () => {
  await using server = await wrong();
  const { stdout } = await spawnSockeye(["check", "echo/4", server.port, "--lang", "zh"]).ends(10);
  assertMatch(stdout, /^ {2}失败 {2}echo\/4 {2}.*：18 种切法中有 18 种出错$/m);
  assertMatch(stdout, /^ {8}原因 {2}/m);
  assertMatch(stdout, /^0 项通过，1 项失败，用时 .*\n详细说明：sockeye check --explain echo\/4 --lang zh\n$/m);
});

Deno.test("check --junit writes a file, or says at once that it cannot", async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = String(await server.port());
  await using folder = await Folder.make();
  const options = { cwd: folder.path, only: ["--allow-net", "--allow-write"] };
  await spawnSockeye(["check", "echo/1", port, "--junit", "report.xml"], options).ends(0);
  assertMatch(await Deno.readTextFile(folder.at("report.xml")), /<testcase classname="echo" name="echo\/1 /);
  await fails(["check", "echo/1", port, "--junit", "no/report.xml"], 9, ['Cannot write "no/report.xml": '], options);
});

Deno.test("check ends with Ctrl-C, and says what it knows", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using check = spawnSockeye(["check", "echo", String(silent.addr.port)]);
  using _conn = await silent.accept();
  await check.ends(130, "SIGINT");
});

Deno.test("check names the permissions that it lacks", async () => {
  const options = { only: [] };
  await fails(
    ["check", "echo", "9000"],
    13,
    [/: Cannot connect to .*: the permission is missing; add --allow-net /],
    options,
  );
  const line = ["check", "client/echo", "9000", "--junit", "x"];
  await fails(line, 13, [/permissions are missing; add --allow-net --allow-write /], options);
});

Deno.test("check --list and --explain need no address and no permission", async () => {
  const options = { only: [] };
  const { stdout } = await spawnSockeye(["check", "--list", "chat/*", "--json"], options).ends(0);
  const ids = stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ event }) => event === "case");
  assertEquals(ids.length, 10);
  assert(ids.every(({ id, title, verdict }) => id.startsWith("chat/") && title !== "" && verdict === undefined));
  const page = await spawnSockeye(["check", "--explain", "echo/4", "--lang", "zh"], options).ends(0);
  assertMatch(page.stdout, /^echo\/4: [^]*^规定 [^]*^错误写法\n {4}[^]*^正确写法\n {4}/m);
});

Deno.test("check segments plays what a recording says", async () => {
  await using folder = await Folder.make();
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = String(await server.port());
  const options = { cwd: folder.path, permissions: ["--allow-net", "--allow-read", "--allow-write"] };
  const talk = ["client", port, "--send", "one\n", "--expect", "one", "--send", "two\n", "--expect", "two"];
  await spawnSockeye([...talk, "--record", "talk.pcapng"], options).ends(0);
  const line = ["check", "segments/1", port, "--from", "talk.pcapng", "--lang", "en"];
  assertMatch((await spawnSockeye(line, options).ends(0)).stdout, /^1 ok, 0 failed/m);
  await fails([...line, "--stream", "2"], 2, ["There is no stream 2: the capture has 1 stream"], options);
});
