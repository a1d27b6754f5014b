/**
 * Makes `dist/sockeye`, a single executable for machines with nothing installed, and an archive of it. With `--js` it
 * makes `dist/sockeye-js`, the bundle inside the executable, for machines that have Deno: it consists of fewer and
 * smaller files than the sources, and its first line makes it executable. With `--npm` it packs that bundle for npm.
 *
 * The compile flags: `--no-prompt`, because the program must never prompt for permissions; `--no-code-cache`, because
 * otherwise the first run writes a file to the temporary folder; and the permission set `compiled` of `deno.json`.
 * `stage.ts` explains why the sources are bundled first.
 *
 * The Deno that runs this script also compiles. It downloads the runtime to embed, or takes the file that `DENORT_BIN`
 * names. A program for this machine is started once, because only that reveals a runtime that does not match.
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
  --npm           a package for npm instead, which brings Deno along
  --no-archive    only the program

Targets: ${TARGETS.join(", ")}
`;

/** Options of the command line. */
export interface CompileOptions {
  /** Systems to compile for. */
  readonly targets: readonly Target[];
  /** Folder for the results. */
  readonly out: string;
  /** True to make archives and their checksums. */
  readonly archive: boolean;
  /** True to make only the bundle. */
  readonly js: boolean;
  /** True to make only the package for npm. */
  readonly npm: boolean;
}

/** An error in the command line. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Parses the command line.
 *
 * @param args the arguments after the script's name
 * @returns the options; undefined for the help
 * @throws {UsageError} when an option is unknown or lacks its value
 */
export function readOptions(args: readonly string[]): CompileOptions | undefined {
  const options = {
    target: { type: "string", multiple: true },
    all: { type: "boolean" },
    out: { type: "string", default: "dist" },
    "no-archive": { type: "boolean" },
    js: { type: "boolean", default: false },
    npm: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  } as const;
  const { values } = withUsageErrors(() => parseArgs({ args: [...args], options }));
  if (values.help) return undefined;
  const { out, js, npm } = values;
  if ((js || npm) && (values.all || values.target)) {
    throw new UsageError(`What --${js ? "js" : "npm"} makes is for every system: it has no target`);
  }
  if (js && npm) throw new UsageError("Options --js and --npm make different things: give one of them");
  const targets = values.all ? [...TARGETS] : (values.target ?? [hostTarget()]).map((name) => {
    if (isTarget(name)) return name;
    throw new UsageError(`Unknown target "${name}": expected one of ${TARGETS.join(", ")}`);
  });
  return { targets: [...new Set(targets)], out, archive: !values["no-archive"], js, npm };
}

function withUsageErrors<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * Compiles the staged sources.
 *
 * @param stage the bundled sources
 * @param target the system to compile for
 * @param output path of the program
 * @throws {Error} when compiling fails
 */
export async function compileStage(stage: Stage, target: Target, output: string): Promise<void> {
  const includes = stage.includes.flatMap((file) => ["--include", file]);
  const set = toFlags(config.permissions.compiled);
  // --expose-gc: a server trims its memory after many clients have disconnected (lib/server/memory.ts).
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

/** Makes everything that the options ask for; returns the paths of the results. */
async function make({ targets, out, archive, js, npm }: CompileOptions): Promise<string[]> {
  const host = targets.every((target) => target === Deno.build.target);
  if (!js && !npm && !host && Deno.env.get("DENORT_BIN")) {
    throw new UsageError(`DENORT_BIN is the runtime of one system: it makes ${Deno.build.target} and no other`);
  }
  await Deno.mkdir(out, { recursive: true });
  const folder = await Deno.realPath(out);
  await using stage = await makeStage(ROOT, { deno: Deno.execPath(), commit: await findCommit(ROOT) });
  if (js) return [await keepStage(stage, `${folder}/sockeye-js`)];
  if (npm) {
    const { packNpm } = await import("./compile/npm.ts");
    return [await packNpm({ root: ROOT, program: stage.folder, texts: await collectTexts(stage) }, folder)];
  }
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
 * Command that runs the bundle. V8 normally compiles a function at its first call, but Deno's code cache keeps only the
 * functions that were compiled before the program ran. `--no-lazy` compiles all of them on load, so that later runs
 * find them in the cache. It saves a tenth of the time of a small download.
 */
const LAUNCH = [
  "deno",
  "run",
  "--quiet",
  "--no-prompt",
  "--v8-flags=--no-lazy",
  ...toFlags(config.permissions.compiled),
];

/** Copies the bundle to a folder, in place of an earlier one; returns the path of its main file. */
async function keepStage(stage: Stage, folder: string): Promise<string> {
  await Deno.remove(folder, { recursive: true }).catch(() => {}); // There may be no earlier one.
  await copy(stage.folder, folder);
  const main = `${folder}/main.js`;
  await Deno.writeTextFile(main, `#!/usr/bin/env -S ${LAUNCH.join(" ")}\n${await Deno.readTextFile(main)}`);
  if (Deno.build.os !== "windows") await Deno.chmod(main, 0o755);
  return main;
}

/** Collects the texts that go into every archive besides the program and the documents. */
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
