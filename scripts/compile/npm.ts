/**
 * Packs sockeye for npm: the bundle, a launcher that runs it with the Deno from npm, completions and the manual page.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { dirname } from "node:path";
import { COMMON_OPTIONS } from "../../lib/cli/command.ts";
import { loadCommands } from "../../lib/cli/table.ts";
import type { OptionTable } from "../../lib/options.ts";
import type { Need } from "../../lib/permissions.ts";
import { DOCUMENTS } from "./archive.ts";
import { type PermissionSet, toFlags } from "./permissions.ts";
import { run } from "./run.ts";
import { copy } from "./stage.ts";

/** The name on npm, where the plain one is taken. */
export const NPM_PACKAGE = "@sockeye-net/sockeye";

/** The oldest Node that is still in use. */
const NODE_RANGE = ">=18";

/** Permissions that the launcher grants to a command. */
export interface CommandPermissions {
  /** Flags for every command line. */
  readonly always: readonly string[];
  /** Flags for command lines with an option, by each of its spellings: `-o`, `--output`. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** Flags for command lines with an address, by its beginning `unix:`. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
}

/** What the launcher reads of a command line. */
export interface LaunchTable {
  /** Options of every command whose value is the next word. */
  readonly valued: readonly string[];
  /** The permissions of each command by its name. */
  readonly commands: Readonly<Record<string, CommandPermissions>>;
}

/** Contents of the package besides the launcher. */
export interface NpmContents {
  /** Folder of the checkout. */
  readonly root: string;
  /** Folder of the bundle. */
  readonly program: string;
  /** Further files: their texts by file name. */
  readonly texts: ReadonlyMap<string, string>;
}

const PROXY_VARIABLES = config.permissions.compiled.env.filter((name) => /_proxy$/i.test(name));

/** Permissions that the tables lack: names of proxies and of interfaces, and renaming received files. */
const MORE: Readonly<Record<string, Partial<CommandPermissions>>> = {
  fetch: { always: toFlags({ env: PROXY_VARIABLES }) },
  client: {
    options: { "--join": ["--allow-sys=networkInterfaces"], "--interface": ["--allow-sys=networkInterfaces"] },
  },
  server: { options: { "--output": ["--allow-read", "--allow-write"], "-o": ["--allow-read", "--allow-write"] } },
};

/** Threads read the program, as it may anyway. */
const READ_PROGRAM_ONLY = ["workers"];

/** Makes the table of permissions out of those of `deno.json` and of the option tables. */
export async function launchTable(): Promise<LaunchTable> {
  const sets: Readonly<Record<string, PermissionSet>> = config.permissions;
  const commands = (await loadCommands()).map(({ name, options }) => {
    const always = [...toFlags(sets[name] ?? {}), ...MORE[name]?.always ?? []];
    const hasAddress = name === "server" || name === "client";
    return [name, {
      always,
      options: { ...optionFlags(options), ...MORE[name]?.options },
      addresses: hasAddress ? { "unix:": flagsOf(["read", "write"]) } : {},
    }] as const;
  });
  return { valued: valuedFlags(COMMON_OPTIONS), commands: Object.fromEntries(commands) };
}

function optionFlags(table: OptionTable): Record<string, string[]> {
  const rows = Object.entries(table).filter(([name, { needs }]) => needs && !READ_PROGRAM_ONLY.includes(name));
  return Object.fromEntries(rows.flatMap(([name, { short, needs = [] }]) => [
    [`--${name}`, flagsOf(needs)],
    ...(short === undefined ? [] : [[`-${short}`, flagsOf(needs)]]),
  ]));
}

function flagsOf(needs: readonly Need[]): string[] {
  return needs.map((need) => `--allow-${need}`);
}

function valuedFlags(table: OptionTable): string[] {
  return Object.entries(table).filter(([, { value }]) => value !== undefined)
    .flatMap(([name, { short }]) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
}

/** The `package.json`. */
function manifest(): object {
  return {
    name: NPM_PACKAGE,
    version: config.version,
    description: "See and drive sockets: servers, a client, a group chat and a downloader in one program",
    keywords: ["socket", "tcp", "udp", "netcat", "chat", "gbk"],
    license: config.license,
    bin: { sockeye: "launch.cjs" },
    man: ["./sockeye.1"],
    engines: { node: NODE_RANGE },
    // The bundle was made by this version and runs on later ones.
    dependencies: { deno: `^${Deno.version.deno}` },
  };
}

/**
 * Packs the package as `npm pack` does, without npm.
 *
 * @param out folder for the package
 * @returns path of the package
 * @throws {Error} when a file is missing, or `tar` is not installed
 */
export async function packNpm({ root, program, texts }: NpmContents, out: string): Promise<string> {
  const work = await Deno.makeTempDir({ prefix: "sockeye-npm-" });
  try {
    const folder = `${work}/package`;
    await Deno.mkdir(folder);
    await copy(program, `${folder}/program`);
    await Deno.copyFile(`${root}/scripts/compile/npm/launch.cjs`, `${folder}/launch.cjs`);
    if (Deno.build.os !== "windows") await Deno.chmod(`${folder}/launch.cjs`, 0o755);
    for (const document of DOCUMENTS) await copy(`${root}/${document}`, `${folder}/${document}`);
    const files = new Map([
      ...texts,
      ["package.json", toJson(manifest())],
      ["permissions.json", toJson(await launchTable())],
    ]);
    for (const [file, text] of files) {
      await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${file}`, text);
    }
    const name = `${NPM_PACKAGE.slice(1).replace("/", "-")}-${config.version}.tgz`;
    await run("tar", ["-czf", `${out}/${name}`, "package"], { cwd: work });
    return `${out}/${name}`;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

function toJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
