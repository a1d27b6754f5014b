/** What `deno task compile` is told, and what goes into an archive. */

import config from "../../deno.json" with { type: "json" };
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { readOptions, UsageError } from "../../scripts/compile.ts";
import { COMMON_OPTIONS } from "../../lib/cli/command.ts";
import { SHELLS } from "../../lib/cli/completions/mod.ts";
import { placesOf } from "../../lib/cli/completions/places.ts";
import { COMMANDS, loadCommands } from "../../lib/cli/table.ts";
import { pack, printAll, writeSums } from "../../scripts/compile/archive.ts";
import { collectLicences } from "../../scripts/compile/licences.ts";
import { toFlags } from "../../scripts/compile/permissions.ts";
import { RunError } from "../../scripts/compile/run.ts";
import { findCommit } from "../../scripts/compile/stage.ts";
import { archiveName, hostTarget, TARGETS } from "../../scripts/compile/targets.ts";
import { ROOT } from "../../scripts/root.ts";
import { needs, tool } from "../support/harness.ts";
import { Folder, inFolder } from "../fetch/helpers.ts";

const MIT = `${ROOT}/LICENSE`;

const PLACES = placesOf(await loadCommands(), COMMON_OPTIONS);

Deno.test("readOptions() chooses dist/sockeye for this system by default", () => {
  assertEquals(readOptions([]), { targets: [hostTarget()], out: "dist", archive: true, js: false, npm: false });
  assertEquals(readOptions(["--all"])?.targets, [...TARGETS]);
  assertEquals(readOptions(["--help"]), undefined);
  const [first, second] = TARGETS;
  const given = readOptions(["--target", first, "--target", second, "--target", first, "--no-archive", "--out", "x"]);
  assertEquals(given, { targets: [first, second], out: "x", archive: false, js: false, npm: false });
  assertEquals(readOptions(["--js"])?.js, true);
  assertEquals(readOptions(["--npm"])?.npm, true);
});

Deno.test("readOptions() throws naming what it does not know", () => {
  assertThrows(() => readOptions(["--target", "amiga"]), UsageError, 'Unknown target "amiga"');
  assertThrows(() => readOptions(["--fast"]), UsageError, "--fast");
  assertThrows(() => readOptions(["--out"]), UsageError, "--out");
  for (const words of [["--all"], ["--target", TARGETS[0]]]) {
    for (const what of ["--js", "--npm"]) {
      assertThrows(() => readOptions([what, ...words]), UsageError, "it has no target");
    }
  }
});

Deno.test("toFlags() writes sets as flags, and an empty list as none", () => {
  assertEquals(toFlags({ net: true, run: false, env: ["A", "B"], sys: [] }), ["--allow-net", "--allow-env=A,B"]);
});

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

Deno.test("the compiled program carries net, files, the proxy variables and its own addresses, and nothing else", async () => {
  const { env, ...rest } = config.permissions.compiled;
  assertEquals(rest, { net: true, read: true, write: true, sys: ["networkInterfaces"] });
  // One file reads the variables of systemd, another one those that the file on proxies lists.
  const readers = await Array.fromAsync(sources(`${ROOT}/lib`), async (path) => {
    return /\bDeno\.env\b|\bprocess\.env\b|"node:process"/.test(await Deno.readTextFile(path)) ? [path] : [];
  });
  assertEquals(readers.flat().toSorted(), [`${ROOT}/lib/cli/commands/fetch.ts`, `${ROOT}/lib/cli/passed_socket.ts`]);
  const files = ["fetch/proxy.ts", "cli/passed_socket.ts"];
  const text = (await Promise.all(files.map((file) => Deno.readTextFile(`${ROOT}/lib/${file}`)))).join();
  const names = [...text.matchAll(/"(\w+_proxy|LISTEN_\w+)"/gi)].map(([, name]) => name);
  assertEquals(env.toSorted(), names.toSorted() as string[]);
});

Deno.test("the sets of permissions are for commands, and part of the compiled program's", () => {
  const { compiled, ...sets } = config.permissions;
  const all = toFlags(compiled);
  const wordsOf = (flag: string) => flag.split("=")[1]?.split(",") ?? [];
  const isPart = (flag: string) =>
    all.some((one) =>
      flag === one || flag.startsWith(`${one}=`) ||
      (flag.split("=")[0] === one.split("=")[0] && wordsOf(flag).every((word) => wordsOf(one).includes(word)))
    );
  for (const set of Object.values(sets)) for (const flag of toFlags(set)) assert(isPart(flag), flag);
  assertEquals(Object.keys(sets).filter((name) => !COMMANDS.some((command) => command.name === name)), []);
});

/** The plainest use of each command; ADDRESS is that of a web server, PORT its port. */
const PLAIN: Readonly<Record<string, string>> = {
  server: "server discard 0 --once",
  client: "client ADDRESS --send x --wait 10ms",
  probe: "probe 127.0.0.1 PORT",
  fetch: "fetch http://ADDRESS/ -o page",
  check: "check --list",
  cert: "cert localhost",
  completions: "completions bash",
  man: "man",
};

for (const { name } of COMMANDS) {
  const set = Object.keys(config.permissions).find((known) => known === name);
  Deno.test(`deno run ${set ? `-P=${set} ` : ""}main.ts ${name} has what the command needs`, async () => {
    await using folder = await Folder.make();
    await using web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("hi"));
    const { port } = web.addr;
    const line = PLAIN[name]?.replace("ADDRESS", `127.0.0.1:${port}`).replace("PORT", String(port));
    const words = line?.split(" ") ?? [];
    const start = ["run", "--config", `${ROOT}/deno.json`, ...set ? [`-P=${set}`] : [], `${ROOT}/main.ts`];
    await using program = tool(Deno.execPath(), [...start, ...words], { cwd: folder.path });
    if (name === "server") (await Deno.connect({ port: await program.port() })).close();
    await program.ends(0);
  });
}

inFolder("collectLicences() names every package of the lock file, and says each licence once", async (folder) => {
  const path = `${ROOT}/lib/deno.lock`;
  const text = await collectLicences(Deno.execPath(), path, MIT);
  const { npm }: { npm: Record<string, unknown> } = JSON.parse(await Deno.readTextFile(path));
  for (const key of Object.keys(npm)) assertStringIncludes(text, key.replace(/(?<=.)@/, " "));
  const parts = text.split(/^-{78}$/m).map((part) => part.trim().replace(/^.*\n/, ""));
  assertEquals(parts.length, new Set(parts).size);
  const other = await folder.put("lock", JSON.stringify({ npm: { "@no/where@1.0.0_x@2": {} } }));
  await assertRejects(() => collectLicences(Deno.execPath(), other, MIT), Error, "licence of @no/where 1.0.0");
});

inFolder("collectLicences() has the notice for packages of JSR too", async (folder) => {
  const lock = { jsr: { "@std/fmt@1.0.10": {}, "@std/cli@1.0.32": {} } };
  const text = await collectLicences(Deno.execPath(), await folder.put("lock", JSON.stringify(lock)), MIT);
  const licence = "MIT License\n\nCopyright 2018-2026 the Deno authors\n";
  assertStringIncludes(text, `\n@std/fmt 1.0.10, @std/cli 1.0.32\n\n${licence}`);
  assertStringIncludes(text, "The above copyright notice and this permission notice shall be included");
  assert(!text.includes("sockeye"), text);
  const other = await folder.put("lock", JSON.stringify({ jsr: { "@no/where@1.0.0": {} } }));
  await assertRejects(() => collectLicences(Deno.execPath(), other, MIT), Error, "licence of @no/where@1.0.0");
});

Deno.test("printAll() prints completions for every shell and the manual, and hides no failure", async () => {
  const printed = await printAll([Deno.execPath(), "run", `${ROOT}/main.ts`]);
  assertEquals([...printed.keys()].filter((name) => name.startsWith("completions/")).length, SHELLS.length);
  for (const { name, script } of SHELLS) assert([...printed.values()].includes(script(PLACES)), name);
  assertMatch(printed.get("sockeye.1") ?? "", /^\.TH |\n\.TH /);
  await assertRejects(() => printAll([Deno.execPath(), "eval", "Deno.exit(2)"]), RunError, "exit code 2");
});

inFolder("findCommit() finds none where there is no repository", async (folder) => {
  assertEquals(await findCommit(folder.path), "");
});

inFolder("findCommit() marks changes and sources that are not committed, nothing else", async (folder) => {
  const git = async (...args: string[]) => {
    const own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
    await tool("git", [...own, ...args], { cwd: folder.path }).ends(0);
  };
  await git("init", "-q");
  await Deno.mkdir(folder.at("lib"));
  await folder.put("main.ts", "1");
  await git("add", "main.ts");
  await git("commit", "-q", "-m", "x");
  const clean = await findCommit(folder.path);
  assertMatch(clean, /^[0-9a-f]{9,}$/);
  await folder.put("notes", "not compiled");
  assertEquals(await findCommit(folder.path), clean);
  // The sources of an archive that was unpacked in a repository are no commit of it.
  assertEquals(await findCommit(folder.at("lib")), "");
  await folder.put("lib/new.ts", "");
  assertEquals(await findCommit(folder.path), `${clean}+`);
  await Deno.remove(folder.at("lib/new.ts"));
  await folder.put("main.ts", "2");
  assertEquals(await findCommit(folder.path), `${clean}+`);
}, needs(["git"]));

for (const target of ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"] as const) {
  const programs = target.includes("windows") ? ["zip", "unzip"] : ["tar"];
  inFolder(`pack() makes an archive for ${target} whose checksum is right`, async (folder) => {
    const program = await folder.put("built", "the program");
    const texts = new Map([["sockeye.1", "manual"], ["completions/_sockeye", "completions"]]);
    const archive = await pack({ root: ROOT, program, texts, version: "1.2.3", target }, folder.path);
    const name = archiveName("1.2.3", target);
    assertEquals(archive, folder.at(name));
    const unpack = name.endsWith(".zip") ? ["unzip", "-q", name] : ["tar", "xzf", name];
    await tool(unpack[0] ?? "", unpack.slice(1), { cwd: folder.path }).ends(0);
    const inside = await Array.fromAsync(Deno.readDir(folder.at(`sockeye-1.2.3-${target}`)), ({ name }) => name);
    const own = target.includes("windows") ? "sockeye.exe" : "sockeye";
    const documents = ["CHANGELOG.md", "LICENSE", "README.md", "README.zh-CN.md", "docs"];
    const service = target.includes("linux") ? ["Containerfile", "install.sh", "systemd"] : [];
    assertEquals(inside.sort(), [...documents, ...service, "completions", own, "sockeye.1"].sort());
    for (const [, path] of (await Deno.readTextFile(`${ROOT}/README.md`)).matchAll(/(?:\(|src=")(docs\/[^)"#]+)/g)) {
      await Deno.stat(folder.at(`sockeye-1.2.3-${target}/${path}`));
    }
    const { mode } = await Deno.stat(folder.at(`sockeye-1.2.3-${target}/${own}`));
    if (Deno.build.os !== "windows") assertEquals((mode ?? 0) & 0o777, 0o755);
    await writeSums(folder.path, [name]);
    const sums = await tool("sha256sum", ["-c", "SHA256SUMS"], { cwd: folder.path }).status();
    assertStringIncludes(sums.stdout, `${name}: OK`);
  }, needs(programs));
}
