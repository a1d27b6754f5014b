/**
 * Prepares what is compiled: a copy of the sources with the commit written into it, bundled. The checkout stays as it is.
 *
 * Why bundled: `--version` on Linux x64 with Deno 2.6.8, median of 30 runs in turns:
 *
 * | what is compiled                       | start   | size    |
 * | -------------------------------------- | ------- | ------- |
 * | an empty program                       | 27.7 ms | 92.2 MB |
 * | main.ts and the npm packages           | 53.0 ms | 95.8 MB |
 * | the same with V8's code cache          | 55.4 ms | 95.8 MB |
 * | one bundle                             | 41.6 ms | 92.8 MB |
 * | one bundle, minified                   | 41.5 ms | 92.6 MB |
 * | the same with V8's code cache          | 34.4 ms | 92.6 MB |
 * | minified, in pieces, on demand        | 33.4 ms |         |
 *
 * The code cache is a file that the program writes to the temporary folder without asking. Pieces (`--code-splitting`) cost
 * nothing, and leave unread what is imported by `import()` until it is needed; the last row is a trial of that.
 * `deno compile --bundle` exists since 2.9 only and follows no import by a variable; this way does the same on all.
 *
 * @module
 */

import { makeCore } from "./core.ts";
import { run } from "./run.ts";

/** What the sources are, from the root of the checkout. */
const SOURCES = ["deno.json", "main.ts", "lib"];

/** Where the copy says which commit it is. */
const BUILD = "lib/build.ts";

/** The part of `deno.json` that matters here. */
interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly unstable: readonly string[];
}

/** How to prepare. */
export interface StageOptions {
  /** The Deno that bundles. */
  readonly deno: string;
  /** The commit to write into it. */
  readonly commit: string;
  /** Changes the copy of the sources before it is bundled; for tests. */
  readonly change?: (folder: string) => Promise<void>;
}

/** Sources that are ready to be compiled; the folder goes with its scope. */
export interface Stage extends AsyncDisposable {
  /** The folder with `main.js` and a `deno.json` for it. */
  readonly folder: string;
  /** Modules in it that nothing imports by a literal name. */
  readonly includes: readonly string[];
}

/**
 * Prepares the sources of a checkout.
 *
 * @param root the checkout
 * @param options how
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
    await makeCore(source, deno);
    const bundle = ["bundle", "--quiet", "--minify", "--code-splitting", "--outdir", stage.folder, "main.ts"];
    await run(deno, bundle, { cwd: source });
    const config: Config = JSON.parse(await Deno.readTextFile(`${source}/deno.json`));
    return { ...stage, includes: await bundleLibraries(config, { deno, source, out: stage.folder }) };
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Copies a file, or a folder with all that is in it.
 *
 * @param from the original
 * @param to its copy; nothing is there yet
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

/**
 * Libraries from npm are imported by a variable, so that they are looked up only when they are needed: the bundler does not
 * see them. Each becomes one file under the name that `deno.json` gives it.
 */
async function bundleLibraries(
  config: Config,
  { deno, source, out }: { readonly deno: string; readonly source: string; readonly out: string },
): Promise<string[]> {
  const imports: Record<string, string> = {};
  for (const [name, from] of Object.entries(config.imports).filter(([, from]) => from.startsWith("npm:"))) {
    const file = `./library-${name.replaceAll(/\W+/g, "-")}.js`;
    await run(deno, ["bundle", "--quiet", "--minify", "--output", `${out}/${file}`, from], { cwd: source });
    imports[name] = file;
  }
  await Deno.writeTextFile(`${out}/deno.json`, JSON.stringify({ imports, unstable: config.unstable }));
  return Object.values(imports);
}

/**
 * The commit of a checkout.
 *
 * @param root the checkout
 * @returns its abbreviated hash, `+` after it when files differ from it, or sources are not in it; empty when the folder is
 * not that of a repository
 */
export async function findCommit(root: string): Promise<string> {
  try {
    const git = async (...args: string[]) => (await run("git", ["-C", root, ...args])).trimEnd();
    // Sources that were unpacked within another repository are no commit of that one.
    if (await Deno.realPath(await git("rev-parse", "--show-toplevel")) !== await Deno.realPath(root)) return "";
    const hash = await git("rev-parse", "--short=9", "HEAD");
    const changed = await git("status", "--porcelain", "--untracked-files=no");
    const added = await git("ls-files", "--others", "--exclude-standard", "--", ...SOURCES);
    return changed + added === "" ? hash : `${hash}+`;
  } catch {
    return ""; // An archive of the sources has no history.
  }
}
