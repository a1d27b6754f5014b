/** The launcher of the package for npm, with a stand-in for Deno; `tests/slow/scripts/npm_install_test.ts` installs it. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { COMMANDS } from "../../lib/cli/table.ts";
import { launchTable, NPM_PACKAGE, packNpm } from "../../scripts/compile/npm.ts";
import { ROOT } from "../../scripts/root.ts";
import { Folder } from "../fetch/helpers.ts";
import { needs, tool } from "../support/harness.ts";

const wordsOf = (line: string) => line.split(" ").filter((word) => word !== "");

const FITS = needs(["node", "tar"], Deno.build.os !== "windows");

/** An unpacked package whose Deno is a shell script. */
async function unpack(deno: string): Promise<Folder> {
  const folder = await Folder.make();
  await Deno.mkdir(folder.at("bundle"));
  await folder.put("bundle/main.js", "");
  const texts = new Map([["sockeye.1", "manual"], ["completions/_sockeye", "completions"]]);
  const path = await packNpm({ root: ROOT, program: folder.at("bundle"), texts }, folder.path);
  assertEquals(path, folder.at(`sockeye-net-sockeye-${config.version}.tgz`));
  await tool("tar", ["xzf", path], { cwd: folder.path }).ends(0);
  await Deno.mkdir(folder.at("package/node_modules/deno"), { recursive: true });
  const script = await folder.put("deno", `#!/bin/sh\n${deno}\n`);
  await Deno.chmod(script, 0o755);
  const api = `exports.runInstall = () => ${JSON.stringify(script)};`;
  await folder.put("package/node_modules/deno/install_api.cjs", api);
  return folder;
}

const PROXY_VARIABLES = config.permissions.compiled.env.filter((name) => /_proxy$/i.test(name));

/** Command lines, and the permissions besides that to read the program. */
const LINES: readonly (readonly [line: string, flags: string])[] = [
  ["", ""],
  ["--version", ""],
  ["help server", ""],
  ["bogus", ""],
  ["-e server", ""],
  ["server 0", "--allow-env=LISTEN_FDS,LISTEN_PID --allow-net --allow-read=/proc"],
  ["-q --color never server 0", "--allow-env=LISTEN_FDS,LISTEN_PID --allow-net --allow-read=/proc"],
  ["server chat 0 --log=room.log", "--allow-env=LISTEN_FDS,LISTEN_PID --allow-net --allow-read=/proc --allow-write"],
  ["server chat 0 --history-file x", "--allow-env=LISTEN_FDS,LISTEN_PID --allow-net --allow-read --allow-write"],
  ["server echo 0 --workers 2", "--allow-env=LISTEN_FDS,LISTEN_PID --allow-net --allow-read=/proc"],
  ["server unix:x", "--allow-env=LISTEN_FDS,LISTEN_PID --allow-net --allow-read --allow-write"],
  ["client 9 --file x", "--allow-net --allow-read"],
  ["client udp://9 --join 239.1.2.3%lo", "--allow-net --allow-read=/proc --allow-sys=networkInterfaces"],
  ["client 9 -qo x", "--allow-net --allow-read --allow-write"],
  ["server discard 0 --output=x", "--allow-env=LISTEN_FDS,LISTEN_PID --allow-net --allow-read --allow-write"],
  ["server reply 0 --file x", "--allow-env=LISTEN_FDS,LISTEN_PID --allow-net --allow-read"],
  ["probe localhost 9", "--allow-net"],
  ["check echo 9", "--allow-net"],
  ["check echo 9 --junit x", "--allow-net --allow-write"],
  ["check segments 9 --from x", "--allow-net --allow-read"],
  ["fetch http://a/", `--allow-net --allow-read --allow-write --allow-env=${PROXY_VARIABLES}`],
  ["cert", "--allow-write"],
  ["cert --force", "--allow-read --allow-write"],
  ["man", ""],
];

Deno.test("the launcher grants each command line what it takes, and nothing else", FITS, async () => {
  await using folder = await unpack("");
  const lines = LINES.map(([line]) => wordsOf(line));
  const code = `const { permissionsFor } = require("./launch.cjs");
    console.log(JSON.stringify(${JSON.stringify(lines)}.map(permissionsFor)))`;
  const { stdout } = await tool("node", ["-e", code], { cwd: folder.at("package") }).ends(0);
  const own = `--allow-read=${folder.at("package/program")}`;
  for (const [i, granted] of (JSON.parse(stdout) as string[][]).entries()) {
    const [line = "", flags = ""] = LINES[i] ?? [];
    assertEquals(granted.filter((flag) => flag !== own).sort(), wordsOf(flags).sort(), line);
  }
});

Deno.test("the launcher hands every argument to the program, after flags that keep Deno to itself", FITS, async () => {
  await using folder = await unpack(`printf '%s\\n' "$@"`);
  const args = ["client", "9", "--send", "a b", "--no-prompt", ""];
  const { stdout } = await tool(folder.at("package/launch.cjs"), args, { cwd: folder.path }).ends(0);
  const words = stdout.slice(0, -1).split("\n");
  const at = words.indexOf(folder.at("package/program/main.js"));
  assertEquals(words.slice(at + 1), args);
  for (const flag of ["--no-prompt", "--no-config", "--allow-net"]) assert(words.slice(0, at).includes(flag), flag);
});

Deno.test("the launcher passes streams, the exit code and a signal on", FITS, async () => {
  await using folder = await unpack(`read line; echo "out $line"; echo err >&2; exit 7`);
  const launch = folder.at("package/launch.cjs");
  const { stdout, stderr } = await tool(launch, [], { stdin: { content: "in\n" } }).ends(7);
  assertEquals([stdout, stderr], ["out in\n", "err\n"]);
  await using stopped = await unpack(`trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done`);
  await using program = tool(stopped.at("package/launch.cjs"), []);
  await program.stdoutLine(/^ready$/);
  await program.ends(9, "SIGTERM");
  await using killed = await unpack(`kill -KILL $$`);
  assertEquals((await tool(killed.at("package/launch.cjs"), []).status()).code, 128 + 9);
});

Deno.test("the launcher says in one line that there is no Deno", FITS, async () => {
  await using folder = await unpack("");
  await Deno.remove(folder.at("package/node_modules"), { recursive: true });
  const { stderr } = await tool(folder.at("package/launch.cjs"), ["server"]).ends(9);
  assertMatch(stderr, /^sockeye: Cannot find Deno: [^\n]+\n$/);
});

Deno.test("the package names its program, its manual page and its Deno", FITS, async () => {
  await using folder = await unpack("");
  const manifest = JSON.parse(await Deno.readTextFile(folder.at("package/package.json")));
  assertEquals([manifest.name, manifest.version], [NPM_PACKAGE, config.version]);
  assertEquals([manifest.bin, manifest.man], [{ sockeye: "launch.cjs" }, ["./sockeye.1"]]);
  assertEquals(manifest.dependencies, { deno: `^${Deno.version.deno}` });
  assertStringIncludes(await Deno.readTextFile(folder.at("package/completions/_sockeye")), "completions");
});

Deno.test("launchTable() has every command", async () => {
  assertEquals(Object.keys((await launchTable()).commands), COMMANDS.map(({ name }) => name));
});
