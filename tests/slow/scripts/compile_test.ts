/** What bundling makes of the sources. Compiling is in `own_builds_test.ts`. */

import config from "../../../deno.json" with { type: "json" };
import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { COMMANDS } from "../../../lib/cli/table.ts";
import { makeCore } from "../../../scripts/compile/core.ts";
import { findCommit, makeStage } from "../../../scripts/compile/stage.ts";
import { ROOT } from "../../../scripts/root.ts";
import { inFolder } from "../../fetch/helpers.ts";
import { tool } from "../../support/harness.ts";

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
    for (const { name } of COMMANDS) {
      assertLessOrEqual((await piecesOf(folder, ["main", "dispatch", name])).size, MAX_PIECES, name);
    }
    const loaded = await piecesOf(folder, ["main", "dispatch", "fetch", "dialTcp", "dialTls", "ProgressLine"]);
    const pieces = await Promise.all([...loaded].map((name) => Deno.stat(`${folder}/${name}`)));
    assertLessOrEqual(pieces.reduce((sum, { size }) => sum + size, 0), MAX_FETCH_BYTES);
  }
  assertEquals(await Deno.stat(folder).catch(() => "gone"), "gone");
  assertEquals(await findCommit(ROOT), before);
});

/** Most files that a command loads from its bundle: each takes about 0.15 ms of the start. */
const MAX_PIECES = 20;

/** Most bytes that `fetch` loads, over TLS and with its line of progress: a kilobyte takes about 0.09 ms of the start. */
const MAX_FETCH_BYTES = 140_000;

/** What the file of a command, or of another entry, exports. */
const exports = (entry: string) => new RegExp(` as ${entry}(Command)?[},]`);

/** The files of exports that have another name. */
const FILES: Readonly<Record<string, string>> = { dialTcp: "connect", dialTls: "client", ProgressLine: "progress" };

/** The files of a bundle that are loaded with these entries, themselves included. */
async function piecesOf(folder: string, entries: readonly string[]): Promise<Set<string>> {
  const texts = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) texts.set(name, await Deno.readTextFile(`${folder}/${name}`));
  // Files of other folders have the same names as commands, but do not export the command.
  const isEntry = (name: string, text: string) =>
    entries.some((entry) =>
      name === `${entry}.js` || (name.startsWith(`${FILES[entry] ?? entry}-`) && exports(entry).test(text))
    );
  const pieces = new Set([...texts].filter(([name, text]) => isEntry(name, text)).map(([name]) => name));
  assertEquals(pieces.size, entries.length);
  for (const piece of pieces) {
    const text = texts.get(piece) ?? "";
    for (const [, next = ""] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) pieces.add(next);
  }
  return pieces;
}

const SHARED = 'import "../../text/wire.ts";\nimport "../../text/files.ts";\n';
const MORE = `${SHARED}import "../../text/more.ts";\n`;

/**
 * A program of three commands that share a file without imports of Node, and one with them. Two of them share a third file, and
 * `fetch` loads a page later.
 */
const THREE_COMMANDS: Readonly<Record<string, string>> = {
  "main.ts": 'await (await import("./lib/cli/dispatch.ts")).load();\n',
  "lib/cli/dispatch.ts": 'export { load } from "./table.ts";\n',
  "lib/cli/table.ts": `export const load = () => Promise.all(
  [import("./commands/fetch.ts"), import("./commands/b.ts"), import("./commands/c.ts")]);\n`,
  "lib/cli/commands/fetch.ts": `${SHARED}import "./only_fetch.ts";\n`,
  "lib/cli/commands/only_fetch.ts": 'export const page = () => import("./page.ts");\n',
  "lib/cli/commands/page.ts": 'import "./only_fetch.ts";\n',
  "lib/cli/commands/b.ts": MORE,
  "lib/cli/commands/c.ts": MORE,
  "lib/text/wire.ts": 'export const late = () => import("./late.ts");\n',
  "lib/text/files.ts": 'import "node:path";\n',
  "lib/text/late.ts": "export {};\n",
  "lib/text/more.ts": 'export const later = () => import("./later.ts");\n',
  "lib/text/later.ts": "export {};\n",
};

/** What each file gets besides its own text. */
const ADDED: Readonly<Record<string, string>> = {
  "core.ts": 'import "./lib/text/wire.ts";\n',
  "more.ts": 'import "./lib/text/more.ts";\n',
  "lib/cli/dispatch.ts": 'import "./../../core.ts";\n',
  "lib/cli/commands/fetch.ts": 'import "./../../../core.ts";\n',
  "lib/cli/commands/only_fetch.ts": "",
  "lib/cli/commands/page.ts": 'import "./../../../core.ts";\nimport "./fetch.ts";\n',
  "lib/cli/commands/b.ts": 'import "./../../../core.ts";\nimport "./../../../more.ts";\n',
  "lib/text/late.ts": 'import "./../../core.ts";\nimport "./../../more.ts";\n',
  "lib/text/later.ts": 'import "./../../core.ts";\nimport "./../../more.ts";\n',
};

inFolder(
  "makeCore() leads every import() to what commands share, and to the one command it serves; fetch to less of it",
  async (folder) => {
    for (const place of ["lib/cli/commands", "lib/text"]) await Deno.mkdir(folder.at(place), { recursive: true });
    for (const [name, text] of Object.entries(THREE_COMMANDS)) await folder.put(name, text);
    await makeCore(folder.path, Deno.execPath());
    for (const [name, text] of Object.entries(ADDED)) {
      assertEquals(await folder.get(name), (THREE_COMMANDS[name] ?? "") + text, name);
    }
    await tool(Deno.execPath(), ["run", "main.ts"], { cwd: folder.path }).ends(0);
  },
);

inFolder("deno task compile --js makes a program for Deno, in place of the one before", async (folder) => {
  await Deno.mkdir(folder.at("sockeye-js"));
  await folder.put("sockeye-js/old.js", "1");
  const make = ["run", "--allow-all", "--no-lock", `${ROOT}/scripts/compile.ts`, "--js", "--out", folder.path];
  await tool(Deno.execPath(), make).ends(0);
  assertEquals(await folder.names(), ["sockeye-js"]);
  assertEquals(await folder.get("sockeye-js/old.js"), undefined);
  const main = folder.at("sockeye-js/main.js");
  await using server = tool(Deno.execPath(), ["run", "--allow-net", main, "server", "reply", "0", "--text", "hi"]);
  const talk = ["client", String(await server.port()), "--send", "x", "--expect", "hi"];
  const client = await tool(Deno.execPath(), ["run", "--allow-net", main, ...talk]).status();
  assertEquals([client.code, client.stdout], [0, "hi"]);
  if (Deno.build.os === "windows") return;
  await Deno.symlink(Deno.execPath(), folder.at("deno"));
  const PATH = `${folder.path}:${Deno.env.get("PATH")}`;
  const direct = await tool(main, talk, { env: { PATH } }).status();
  assertEquals([direct.code, direct.stdout], [0, "hi"]);
});
