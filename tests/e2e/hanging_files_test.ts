/** A file that does not open, a named pipe here, holds up no signal, and nothing listens before all files are open. */

import { assertEquals, assertLess } from "@std/assert";
import { type Folder, inFolder } from "../fetch/helpers.ts";
import { serveRaw } from "../fetch/server.ts";
import { compiled, linux, needs, type Program, spawnSockeye, tool } from "../support/harness.ts";
import { ports } from "../support/process.ts";

const permissions = ["--allow-net", "--allow-read", "--allow-write"];

/** Commands that open a named pipe; the one of a fetch gets an answer first. */
const COMMANDS = [
  "server chat 0 --log pipe",
  "server echo tls://0 --cert pipe --key pipe",
  "server chat 0 --bus tls://localhost --bus-ca pipe",
  "client 9 --file pipe",
  "client tls://localhost:9 --ca pipe",
  "fetch http://localhost:9/ -d @pipe",
  "fetch https://localhost:9/ --ca pipe",
  "server echo 0 --record pipe",
  "tap 0 9 --record pipe",
  "client 9 --record pipe",
  "fetch URL -o - --record pipe",
  "fetch URL -o pipe",
  "fetch URL -o - -q --header-output pipe",
] as const;

/** Waits until a process waits for the other end of a named pipe, where the system tells. */
async function waitsForPipe({ pid }: Program): Promise<void> {
  const look = `for i in $(seq 200); do grep -qs wait_for_partner /proc/${pid}/task/*/wchan && exit; sleep 0.02; done`;
  await tool("sh", ["-c", look]).ends(0);
}

async function obeysSignal(folder: Folder, start: (args: string[]) => Program, command: string): Promise<void> {
  await tool("mkfifo", [folder.at("pipe")]).ends(0);
  await using site = serveRaw((exchange) => exchange.answer("200 OK", [], "hello"));
  await using program = start(command.replace("URL", site.url().href).split(" "));
  await waitsForPipe(program);
  // A recording is replaced by a server that has its port: one that runs already keeps its own.
  if (!command.includes("--record")) {
    assertEquals(await ports(program), [], "nothing listens before all other files are open");
  }
  const since = performance.now();
  const { stderr } = await program.ends(143, "SIGTERM");
  // A second, and what a busy machine adds.
  assertLess(performance.now() - since, 5_000);
  assertEquals(stderr.includes("sockeye:"), false, stderr);
}

for (const command of COMMANDS) {
  inFolder(`sockeye ${command} obeys a signal while the pipe does not open`, async (folder) => {
    await obeysSignal(folder, (args) => spawnSockeye(args, { only: permissions, cwd: folder.path }), command);
  }, needs(["sh", "mkfifo", "seq", "grep"], linux));
}

inFolder("a compiled sockeye obeys a signal while a pipe does not open", async (folder) => {
  const start = (args: string[]) => tool(compiled ?? "", args, { cwd: folder.path });
  await obeysSignal(folder, start, "server chat 0 --log pipe");
}, needs(["sh", "mkfifo", "seq", "grep"], linux && compiled !== undefined));

inFolder("server chat refuses one file for --log and --history-file, by whatever name", async (folder) => {
  await Deno.symlink("room", folder.at("link"));
  for (const [log, history] of [["room", "./room"], ["link", "room"], ["room", "link"], [folder.at("room"), "room"]]) {
    const args = ["server", "chat", "0", "--log", log ?? "", "--history-file", history ?? ""];
    const { stderr } = await spawnSockeye(args, { permissions, cwd: folder.path }).ends(2);
    assertEquals(stderr, `sockeye: Options --log and --history-file both name "${log}"\n`);
  }
}, needs([], linux));

inFolder("server chat that cannot listen leaves no log", async (folder) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const args = ["server", "chat", String(listener.addr.port), "--log", "room.log"];
  await spawnSockeye(args, { permissions, cwd: folder.path }).ends(4);
  listener.close();
  assertEquals(await folder.names(), []);
});

inFolder(
  "server chat names what is wrong with a device in the same way for --log and --history-file",
  async (folder) => {
    for (const [option, doing] of [["--log", "write"], ["--history-file", "keep the history in"]] as const) {
      const { stderr } = await spawnSockeye(["server", "chat", "0", option, "/dev/full"], { permissions }).ends(13);
      assertEquals(
        stderr.startsWith(`sockeye: Cannot ${doing} "/dev/full": files below /dev, /proc and /sys `),
        true,
        stderr,
      );
    }
    await tool("mkfifo", [folder.at("pipe")]).ends(0);
    const args = ["server", "chat", "0", "--history-file", "pipe"];
    const { stderr } = await spawnSockeye(args, { permissions, cwd: folder.path }).ends(9);
    assertEquals(stderr, `sockeye: Cannot keep the history in "pipe": it is no file\n`);
  },
  needs(["mkfifo"], linux),
);
