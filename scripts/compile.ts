/**
 * Makes `dist/sockeye`, one executable that runs on a machine with nothing installed, and an archive of it; with `--js`
 * `dist/sockeye-js`, what the executable is made of, for machines that have Deno: it has fewer and smaller files to read, and a
 * first line by which it runs like a program.
 *
 * It is compiled with `--no-prompt`: a program asks nobody for permissions that it does not have; with `--no-code-cache`:
 * else it writes a file to the temporary folder when it is first run; and with the permissions that `deno.json` calls
 * `compiled`. `stage.ts` says why it is bundled first.
 *
 * The Deno that runs this compiles. The runtime inside is fetched by it, or is the file that `DENORT_BIN` names. A program for
 * this machine is started once: a runtime that does not fit shows only then.
 *
 * @module
 */

import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { pack, printAll, writeSums } from "./compile/archive.ts";
import { collectLicences } from "./compile/licences.ts";
import { toFlags } from "./compile/permissions.ts";
import { run } from "./compile/run.ts";
import { copy, findCommit, makeStage, type Stage } from "./compile/stage.ts";
import { hostTarget, isTarget, programName, type Target, TARGETS } from "./compile/targets.ts";
import { ROOT } from "./root.ts";

const USAGE = `Usage: deno task compile [OPTION…]

  --target NAME   for this system, can be given several times (the one that this is)
  --all           for every system that Deno compiles for
  --out FOLDER    where the results go (dist)
  --js            sockeye-js/main.js instead, a program for machines with Deno: it starts sooner than main.ts
  --no-archive    only the program

Targets: ${TARGETS.join(", ")}
`;

/** What is to be made. */
export interface CompileOptions {
  /** The systems. */
  readonly targets: readonly Target[];
  /** The folder for the results. */
  readonly out: string;
  /** Whether archives and their checksums are made. */
  readonly archive: boolean;
  /** Only the bundle is made. */
  readonly js: boolean;
}

/** A command line that says nothing sensible. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Reads the words after the script's name.
 *
 * @param args the words
 * @returns what they ask for; undefined for the help
 * @throws {UsageError} when a word is unknown or has no value
 */
export function readOptions(args: readonly string[]): CompileOptions | undefined {
  const options = {
    target: { type: "string", multiple: true },
    all: { type: "boolean" },
    out: { type: "string", default: "dist" },
    "no-archive": { type: "boolean" },
    js: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  } as const;
  const { values } = told(() => parseArgs({ args: [...args], options }));
  if (values.help) return undefined;
  if (values.js && (values.all || values.target)) {
    throw new UsageError("What --js makes is for every system: it has no target");
  }
  const targets = values.all ? [...TARGETS] : (values.target ?? [hostTarget()]).map((name) => {
    if (isTarget(name)) return name;
    throw new UsageError(`Unknown target "${name}": expected one of ${TARGETS.join(", ")}`);
  });
  const { out, js } = values;
  return { targets: [...new Set(targets)], out, archive: !values["no-archive"], js };
}

function told<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * Compiles what is staged.
 *
 * @param stage the bundled sources
 * @param target the system
 * @param output the program to be
 * @throws {Error} when it cannot be compiled
 */
export async function compileStage(stage: Stage, target: Target, output: string): Promise<void> {
  const includes = stage.includes.flatMap((file) => ["--include", file]);
  const set = toFlags(config.permissions.compiled);
  // A server gives memory back when its clients have left (lib/server/memory.ts).
  const flags = [
    "--quiet",
    "--no-prompt",
    "--no-code-cache",
    "--v8-flags=--expose-gc",
    ...set,
    ...includes,
    "--target",
    target,
  ];
  await run(Deno.execPath(), ["compile", ...flags, "--output", output, "main.js"], { cwd: stage.folder });
}

/** Makes everything that was asked for; gives the paths. */
async function make({ targets, out, archive, js }: CompileOptions): Promise<string[]> {
  const host = targets.every((target) => target === Deno.build.target);
  if (!js && !host && Deno.env.get("DENORT_BIN")) {
    throw new UsageError(`DENORT_BIN is the runtime of one system: it makes ${Deno.build.target} and no other`);
  }
  await Deno.mkdir(out, { recursive: true });
  const folder = await Deno.realPath(out);
  await using stage = await makeStage(ROOT, { deno: Deno.execPath(), commit: await findCommit(ROOT) });
  if (js) return [await keepStage(stage, `${folder}/sockeye-js`)];
  const texts = archive ? await collectTexts(stage) : new Map();
  const programs: string[] = [];
  const archives: string[] = [];
  for (const target of targets) {
    const place = target === Deno.build.target ? folder : `${folder}/${target}`;
    await Deno.mkdir(place, { recursive: true });
    const program = `${place}/${programName(target)}`;
    await compileStage(stage, target, program);
    if (target === Deno.build.target) await run(program, ["--version"]);
    programs.push(program);
    if (!archive) continue;
    archives.push(await pack({ root: ROOT, program, texts, version: config.version, target }, folder));
  }
  if (!archive) return programs;
  await writeSums(folder, archives.map((path) => path.slice(folder.length + 1)));
  return [...programs, ...archives, `${folder}/SHA256SUMS`];
}

/**
 * How Deno runs the bundle. V8 compiles a function when it is first called, and Deno's cache keeps only what was compiled
 * before anything ran: so all is compiled when it is loaded, once. That is a tenth of the time of a small download.
 */
const LAUNCH = [
  "deno",
  "run",
  "--quiet",
  "--no-prompt",
  "--v8-flags=--no-lazy",
  ...toFlags(config.permissions.compiled),
];

/** Keeps the bundle itself, in place of an earlier one; gives the path of its first file. */
async function keepStage(stage: Stage, folder: string): Promise<string> {
  await Deno.remove(folder, { recursive: true }).catch(() => {}); // There may be none.
  await copy(stage.folder, folder);
  const main = `${folder}/main.js`;
  await Deno.writeTextFile(main, `#!/usr/bin/env -S ${LAUNCH.join(" ")}\n${await Deno.readTextFile(main)}`);
  if (Deno.build.os !== "windows") await Deno.chmod(main, 0o755);
  return main;
}

/** What goes into every archive besides the program and the documents. */
async function collectTexts(stage: Stage): Promise<Map<string, string>> {
  const texts = await printAll([Deno.execPath(), "run", "--no-config", `${stage.folder}/main.js`]);
  return texts.set(
    "THIRD-PARTY.txt",
    await collectLicences(Deno.execPath(), `${ROOT}/lib/deno.lock`, `${ROOT}/LICENSE`),
  );
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function fail(message: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`compile: ${message}\n`));
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (!options) {
      print(USAGE);
      return 0;
    }
    for (const path of await make(options)) print(`${path}  ${(await Deno.stat(path)).size} bytes\n`);
    return 0;
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
