/**
 * Programs that the tests compile as sockeye is compiled. They run where a compiled program is tested, for there
 * the compiler works.
 */

import { assert, assertEquals } from "@std/assert";
import { compileStage } from "../../../scripts/compile.ts";
import { run } from "../../../scripts/compile/run.ts";
import { makeStage } from "../../../scripts/compile/stage.ts";
import { hostTarget } from "../../../scripts/compile/targets.ts";
import { ROOT } from "../../../scripts/root.ts";
import { compiled, tool } from "../../support/harness.ts";
import { Program } from "../../support/program.ts";
import { connect, readAll, writeAll } from "../../support/sockets.ts";
import { inFolder } from "../../fetch/helpers.ts";

const ignore = compiled === undefined;

/** What a mode with a bug might try, each as a function body; only the network is permitted. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  write: `Deno.writeTextFileSync("stolen", "x")`,
  "write by node": `process.getBuiltinModule("fs").writeFileSync("stolen", "x")`,
  read: `Deno.readTextFileSync("/etc/passwd")`,
  "read by node": `process.getBuiltinModule("fs").readFileSync("/etc/passwd")`,
  list: `[...Deno.readDirSync("/")]`,
  remove: `Deno.removeSync("sockeye")`,
  run: `new Deno.Command("true").outputSync()`,
  "run by node":
    `{ const r = process.getBuiltinModule("child_process").spawnSync("true"); if (r.error) throw r.error; }`,
  env: `Deno.env.get("HOME")`,
  "env that fetch may have": `Deno.env.get("http_proxy")`,
  sys: `Deno.hostname()`,
  ffi: `Deno.dlopen("libc.so.6", {})`,
  ask: `if (Deno.permissions.requestSync({ name: "write" }).state !== "granted") throw new Error("refused")`,
  net: `Deno.listen({ port: 0 }).close()`,
};

/** Code for a mode that tries everything and answers with the results. */
const INTRUDER = `
import process from "node:process";
const attempts = {${
  Object.entries(ATTEMPTS).map(([name, code]) => `${JSON.stringify(name)}: () => {${code}}`).join(",")
}};
function tryAll() {
  return Object.entries(attempts).map(([name, attempt]) => {
    try { attempt(); return name + ": done"; } catch (error) { return name + ": " + error.name; }
  }).join("\\n");
}`;

async function hideIntruder(source: string): Promise<void> {
  const path = `${source}/lib/modes/echo.ts`;
  const text = await Deno.readTextFile(path);
  const turned = text.replace("peer.send(bytes)", "peer.send(new TextEncoder().encode(tryAll()))");
  assert(turned !== text, "echo is not written as this test thinks");
  await Deno.writeTextFile(path, turned + INTRUDER);
}

inFolder("a mode that tries everything can use only the network in the compiled server", async (folder) => {
  const program = folder.at("sockeye");
  await using stage = await makeStage(ROOT, { deno: Deno.execPath(), commit: "", change: hideIntruder });
  await compileStage(stage, hostTarget(), program);
  await using server = new Program([program, "server", "echo", "0"], { cwd: folder.path, env: { http_proxy: "x" } });
  using client = await connect(await server.port());
  await writeAll(client, "go");
  await client.closeWrite();
  const lines = new TextDecoder().decode(await readAll(client)).split("\n");
  assertEquals(lines.map((line) => line.split(": ", 1)[0]), Object.keys(ATTEMPTS));
  assertEquals(lines.filter((line) => line.endsWith(": done")), ["net: done"], lines.join("\n"));
  assertEquals(await folder.names(), ["sockeye"]);
  await server.ends(143, "SIGTERM");
}, { ignore });

inFolder("deno task compile works in a folder with a blank and more in its name", async (folder) => {
  const checkout = folder.at("a b, 你好");
  await Deno.mkdir(checkout);
  const sources = [
    "deno.json",
    "main.ts",
    "lib",
    "scripts",
    "docs",
    "README.md",
    "README.zh-CN.md",
    "LICENSE",
    "CHANGELOG.md",
  ];
  await run("cp", ["-r", ...sources.map((name) => `${ROOT}/${name}`), checkout]);
  const { stdout, stderr } = await tool(Deno.execPath(), ["task", "--quiet", "compile"], { cwd: checkout }).ends(0);
  assertEquals(stderr, "");
  assertEquals(stdout.split("\n")[0]?.replace(/ {2}\d+ bytes$/, ""), `${checkout}/dist/sockeye`);
  await tool(`${checkout}/dist/sockeye`, ["--version"]).ends(0);
}, { ignore });

/** Starts of each program: so many that a short load of the machine does not change the median. */
const ROUNDS = 15;

/** How many times as long as an empty program it may take: 1.5 is the aim, the rest is for busy machines. */
const SLOWER = 2;

inFolder("compiled sockeye starts in the time of an empty program", async (folder) => {
  await folder.put("empty.js", "");
  const flags = ["--quiet", "--no-config", "--no-prompt", "--no-code-cache"];
  await run(Deno.execPath(), ["compile", ...flags, "--output", folder.at("empty"), "empty.js"], { cwd: folder.path });
  const programs = [folder.at("empty"), compiled ?? ""];
  const times: number[][] = programs.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, program] of programs.entries()) {
      const start = performance.now();
      await new Deno.Command(program, { args: ["--version"] }).output();
      times[i]?.push(performance.now() - start);
    }
  }
  const [empty = 0, own = 0] = times.map((all) => all.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0);
  assert(own < SLOWER * empty, `${own.toFixed(1)} ms, an empty program ${empty.toFixed(1)} ms`);
}, { ignore });
