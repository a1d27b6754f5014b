import config from "../../deno.json" with { type: "json" };
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { readOptions } from "../../scripts/compile.ts";
import { pack, printAll, writeSums } from "../../scripts/compile/archive.ts";
import { collectLicences } from "../../scripts/compile/licences.ts";
import { toFlags } from "../../scripts/compile/permissions.ts";
import { findCommit, makeStage } from "../../scripts/compile/stage.ts";
import { archiveName, hostTarget, TARGETS } from "../../scripts/compile/targets.ts";
import { needs, tool } from "../e2e/harness.ts";
import { Folder } from "../fetch/helpers.ts";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

Deno.test("readOptions() wants dist/sockeye for this system unless told otherwise", () => {
  assertEquals(readOptions([]), {
    targets: [hostTarget()],
    out: "dist",
    deno: Deno.execPath(),
    archive: true,
  });
  assertEquals(readOptions(["--all"])?.targets, [...TARGETS]);
  assertEquals(readOptions(["--help"]), undefined);
  const [first, second] = TARGETS;
  const given = readOptions(["--target", first, "--target", second, "--target", first, "--no-archive", "--out", "x"]);
  assertEquals(given, { targets: [first, second], out: "x", deno: Deno.execPath(), archive: false });
});

Deno.test("readOptions() throws naming what it does not know", () => {
  assertThrows(() => readOptions(["--target", "amiga"]), Error, 'Unknown target "amiga"');
  assertThrows(() => readOptions(["--fast"]), Error, "--fast");
});

Deno.test("toFlags() writes sets as flags, and an empty list as none", () => {
  assertEquals(toFlags({ net: true, run: false, env: ["A", "B"], sys: [] }), ["--allow-net", "--allow-env=A,B"]);
});

Deno.test("the compiled program carries net, files and the proxy variables, and nothing else", async () => {
  const { env, ...rest } = config.permissions.compiled;
  assertEquals(rest, { net: true, read: true, write: true });
  // The names that lib reads, whichever file does.
  const text = await Deno.readTextFile(`${ROOT}/lib/fetch/proxy.ts`);
  const names = [...text.matchAll(/"(\w+_proxy)"/gi)].map(([, name]) => name);
  assertEquals(env.toSorted(), names.toSorted() as string[]);
});

Deno.test("every command has a set of permissions that is part of the compiled program's", () => {
  const { compiled, ...sets } = config.permissions;
  const all = toFlags(compiled);
  for (const set of Object.values(sets)) for (const flag of toFlags(set)) assert(all.includes(flag), flag);
  assertEquals(Object.keys(sets), ["server", "client", "fetch", "cert"]);
});

Deno.test("deno run -P=server grants what the server needs", async () => {
  const args = ["run", "-P=server", `${ROOT}/main.ts`, "server", "discard", "0", "--once"];
  await using server = tool(Deno.execPath(), args, { cwd: ROOT });
  (await Deno.connect({ port: await server.port() })).close();
  assertEquals((await server.status()).code, 0);
});

Deno.test("makeStage() bundles a copy with the commit in it, and leaves the checkout alone", async () => {
  const before = await findCommit(ROOT);
  const libraries = Object.keys(config.imports).filter((name) => !name.startsWith("@std/"));
  let folder = "";
  {
    await using stage = await makeStage(ROOT, { deno: Deno.execPath(), commit: "abc1234+" });
    folder = stage.folder;
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/deno.json`)), {
      imports: Object.fromEntries(libraries.map((name, i) => [name, stage.includes[i] ?? ""])),
      unstable: config.unstable,
    });
    await using program = tool(Deno.execPath(), ["run", "main.js", "--version"], { cwd: folder });
    assertMatch((await program.status()).stdout, /^sockeye \S+ \(abc1234\+\)\n$/);
    assertEquals(await printAll([Deno.execPath(), "eval", "Deno.exit(2)"]), new Map());
  }
  assertEquals(await Deno.stat(folder).catch(() => "gone"), "gone");
  assertEquals(await findCommit(ROOT), before);
});

Deno.test("collectLicences() names every package of the lock file, and says each licence once", async () => {
  await using folder = await Folder.make();
  const path = `${ROOT}/lib/deno.lock`;
  const text = await collectLicences(Deno.execPath(), path);
  const { npm }: { npm: Record<string, unknown> } = JSON.parse(await Deno.readTextFile(path));
  for (const key of Object.keys(npm)) assertStringIncludes(text, key.replace(/(?<=.)@/, " "));
  const parts = text.split(/^-{78}$/m).map((part) => part.trim().replace(/^.*\n/, ""));
  assertEquals(parts.length, new Set(parts).size);
  const other = await folder.put("lock", JSON.stringify({ npm: { "@no/where@1.0.0_x@2": {} } }));
  await assertRejects(() => collectLicences(Deno.execPath(), other), Error, "licence of @no/where 1.0.0");
});

Deno.test("findCommit() finds none where there is no repository", async () => {
  await using folder = await Folder.make();
  assertEquals(await findCommit(folder.path), "");
});

for (const target of ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"] as const) {
  const programs = target.includes("windows") ? ["zip", "unzip"] : ["tar"];
  Deno.test(`pack() makes an archive for ${target} whose checksum is right`, needs(programs), async () => {
    await using folder = await Folder.make();
    const program = await folder.put("built", "the program");
    const texts = new Map([["sockeye.1", "manual"], ["completions/_sockeye", "completions"]]);
    const archive = await pack({ root: ROOT, program, texts, version: "1.2.3", target }, folder.path);
    const name = archiveName("1.2.3", target);
    assertEquals(archive, folder.at(name));
    const unpack = name.endsWith(".zip") ? ["unzip", "-q", name] : ["tar", "xzf", name];
    assertEquals((await tool(unpack[0] ?? "", unpack.slice(1), { cwd: folder.path }).status()).code, 0);
    const inside = await Array.fromAsync(Deno.readDir(folder.at(`sockeye-1.2.3-${target}`)), ({ name }) => name);
    const own = target.includes("windows") ? "sockeye.exe" : "sockeye";
    const documents = ["CHANGELOG.md", "LICENSE", "README.md", "README.zh-CN.md"];
    assertEquals(inside.sort(), [...documents, "completions", own, "sockeye.1"].sort());
    const { mode } = await Deno.stat(folder.at(`sockeye-1.2.3-${target}/${own}`));
    if (Deno.build.os !== "windows") assertEquals((mode ?? 0) & 0o777, 0o755);
    await writeSums(folder.path, [name]);
    const sums = await tool("sha256sum", ["-c", "SHA256SUMS"], { cwd: folder.path }).status();
    assertStringIncludes(sums.stdout, `${name}: OK`);
  });
}
