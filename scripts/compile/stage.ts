/**
 * Prepares the sources for compiling: copies them, writes the commit into the copy and bundles it. The checkout does
 * not change.
 *
 * The reason for bundling is the start-up time. With Deno 2.9.6 on Linux x64, the fastest of 30 runs of `--version`
 * took 22 ms from minified pieces that are loaded on demand (`--code-splitting`), 31 ms from the sources, and 51 ms
 * from one bundle, which loads everything. V8's code cache would be a file that the program writes to the temporary
 * folder without being asked. `deno compile --bundle` does not follow an `import()` of a variable.
 *
 * @module
 */

import { makeCore } from "./core.ts";
import { run } from "./run.ts";

/** Files and folders to copy, relative to the root of the checkout. */
const SOURCES = ["deno.json", "main.ts", "lib"];

/** File of the copy that names the commit. */
const BUILD = "lib/build.ts";

/** The part of `deno.json` that this script and the bundler use. */
interface Config {
  readonly name: string;
  readonly version: string;
  readonly imports: Readonly<Record<string, string>>;
  readonly links: readonly string[];
  readonly lock: unknown;
  readonly unstable: readonly string[];
}

/** Options of {@linkcode makeStage}. */
export interface StageOptions {
  /** Path of the Deno that bundles. */
  readonly deno: string;
  /** Commit to write into the copy. */
  readonly commit: string;
  /** Changes the copy of the sources before it is bundled; for tests. */
  readonly change?: (folder: string) => Promise<void>;
}

/** Bundled sources, ready to be compiled; disposing of it removes the folder. */
export interface Stage extends AsyncDisposable {
  /** Folder with `main.js` and a `deno.json` for it. */
  readonly folder: string;
  /** Modules in the folder that are imported only by a variable, so that they must be included explicitly. */
  readonly includes: readonly string[];
}

/**
 * Prepares the sources of a checkout.
 *
 * @param root folder of the checkout
 * @param options the Deno to use and the commit to name
 * @returns the stage
 * @throws {Error} when a file cannot be copied or bundled
 */
export async function makeStage(root: string, { deno, commit, change }: StageOptions): Promise<Stage> {
  const folder = await Deno.makeTempDir({ prefix: "sockeye-compile-" });
  const stage = { folder: `${folder}/out`, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  try {
    const source = `${folder}/source`;
    await Deno.mkdir(source);
    for (const name of SOURCES) await copy(`${root}/${name}`, `${source}/${name}`);
    await stamp(`${source}/${BUILD}`, commit);
    await change?.(source);
    const config = await trim(`${source}/deno.json`);
    await makeCore(source, deno);
    const bundle = ["bundle", "--quiet", "--minify", "--code-splitting", "--outdir", stage.folder, "main.ts"];
    await run(deno, bundle, { cwd: source });
    return { ...stage, includes: await bundleLibraries(config, { deno, source, out: stage.folder }) };
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Copies a file, or a folder with its content.
 *
 * @param from path of the original
 * @param to path of the copy, which must not exist yet
 */
export async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

async function stamp(path: string, commit: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const stamped = text.replace(/(COMMIT: string = )""/, (_, before) => before + JSON.stringify(commit));
  if (stamped === text && commit !== "") throw new Error(`Cannot write the commit into ${path}: COMMIT is not there`);
  await Deno.writeTextFile(path, stamped);
}

/** Keeps of `deno.json` what is needed: the program imports it for its version, and every command would parse the rest too. */
async function trim(path: string): Promise<Config> {
  const { name, version, imports, links, lock, unstable }: Config = JSON.parse(await Deno.readTextFile(path));
  const config = { name, version, imports, links, lock, unstable };
  await Deno.writeTextFile(path, JSON.stringify(config));
  return config;
}

/**
 * Bundles the libraries from npm, each into a file of its own besides what several of them share, and maps their names to
 * these files. The sources import libraries by a variable, so that Deno resolves them only when they are needed; the
 * bundler does not follow such imports.
 */
async function bundleLibraries(
  config: Config,
  { deno, source, out }: { readonly deno: string; readonly source: string; readonly out: string },
): Promise<string[]> {
  const names = Object.keys(config.imports).filter((name) => config.imports[name]?.startsWith("npm:"));
  const files = names.map((name) => `library-${name.replaceAll(/\W+/g, "-")}`);
  const entries = files.map((file) => `${file}.js`);
  for (const [i, name] of names.entries()) {
    // A CommonJS library has all exports in its default export.
    const text = `import * as all from ${JSON.stringify(name)};\nexport default all["default"] ?? all;\n`;
    await Deno.writeTextFile(`${source}/${entries[i]}`, text);
  }
  await run(deno, ["bundle", "--quiet", "--minify", "--code-splitting", "--outdir", out, ...entries], { cwd: source });
  const imports = Object.fromEntries(names.map((name, i) => [name, `./${files[i]}.js`]));
  await Deno.writeTextFile(`${out}/deno.json`, JSON.stringify({ imports, unstable: config.unstable }));
  return Object.values(imports);
}

/**
 * Returns the commit of a checkout.
 *
 * @param root folder of the checkout
 * @returns its abbreviated hash, with `+` after it if files were changed or sources were added; empty if the folder is
 * not the root of a repository
 */
export async function findCommit(root: string): Promise<string> {
  try {
    const git = async (...args: string[]) => (await run("git", ["-C", root, ...args])).trimEnd();
    // Sources that were unpacked inside another repository do not have its commit.
    if (await Deno.realPath(await git("rev-parse", "--show-toplevel")) !== await Deno.realPath(root)) return "";
    const hash = await git("rev-parse", "--short=9", "HEAD");
    const changed = await git("status", "--porcelain", "--untracked-files=no");
    const added = await git("ls-files", "--others", "--exclude-standard", "--", ...SOURCES);
    return changed + added === "" ? hash : `${hash}+`;
  } catch {
    return ""; // The folder is not in a repository, or git is not installed.
  }
}
