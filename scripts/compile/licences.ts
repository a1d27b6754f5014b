/**
 * Collects the licences of the packages that are bundled into the program: minifying removes them from the code.
 *
 * @module
 */

import { run } from "./run.ts";

/** The part of the lock file that this script uses. */
interface Lock {
  readonly npm?: Readonly<Record<string, unknown>>;
  readonly jsr?: Readonly<Record<string, unknown>>;
}

/**
 * Copyright owners by JSR scope. All are under the MIT licence; Deno's cache holds their modules but not their
 * licences.
 */
const JSR_OWNERS: Readonly<Record<string, string>> = { "@std": "2018-2026 the Deno authors" };

/**
 * Collects the licence texts of all locked packages.
 *
 * @param deno path of the Deno whose cache has the packages
 * @param lockFile path of the lock file
 * @param mitFile path of any text of the MIT licence; the owners in it are replaced
 * @returns a text with each licence once, below the names of its packages
 * @throws {Error} when a package is not in the cache, does not name its licence, or is from JSR and its owner is not
 * listed here
 */
export async function collectLicences(deno: string, lockFile: string, mitFile: string): Promise<string> {
  const { npmCache }: { npmCache: string } = JSON.parse(await run(deno, ["info", "--json"]));
  const lock: Lock = JSON.parse(await Deno.readTextFile(lockFile));
  const packages = new Map<string, string[]>();
  const add = (licence: string, name: string) => packages.set(licence, [...packages.get(licence) ?? [], name]);
  for (const key of Object.keys(lock.npm ?? {})) {
    // The text after `_` names the peer dependencies that a package was resolved with.
    const [, name = "", version = ""] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
    add(await licenceOf(npmCache, name, version), `${name} ${version}`);
  }
  const mit = (await Deno.readTextFile(mitFile)).trim();
  for (const key of Object.keys(lock.jsr ?? {})) {
    const [, scope = "", name = "", version = ""] = /^(@[^/]+)(\/[^@]+)@(.+)$/.exec(key) ?? [];
    const owner = JSR_OWNERS[scope];
    if (owner === undefined) throw new Error(`Cannot tell the licence of ${key} from JSR: its owner is not known`);
    add(mit.replace(/^Copyright .*$/m, `Copyright ${owner}`), `${scope}${name} ${version}`);
  }
  const parts = [...packages].map(([licence, names]) => `${names.join(", ")}\n\n${licence}\n`);
  return ["The program has these packages in it, besides Deno (MIT, https://deno.com).\n", ...parts].join(
    `\n${RULE}\n`,
  );
}

const RULE = "-".repeat(78);

/** Finds a package's licence in the cache, which has a folder for each registry. */
async function licenceOf(cache: string, name: string, version: string): Promise<string> {
  for await (const registry of Deno.readDir(cache)) {
    const folder = `${cache}/${registry.name}/${name}/${version}`;
    const files: string[] = await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name).catch(() => []);
    const file = files.find((entry) => /^licen[cs]e/i.test(entry));
    if (file !== undefined) return (await Deno.readTextFile(`${folder}/${file}`)).trim();
    if (!files.includes("package.json")) continue;
    const { license } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
    if (typeof license === "string") return license;
  }
  throw new Error(`Cannot find the licence of ${name} ${version} in ${cache}`);
}
