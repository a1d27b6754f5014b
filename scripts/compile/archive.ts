/**
 * Packs a compiled program with what belongs to it, and writes the checksums.
 *
 * @module
 */

import { dirname } from "node:path";
import { encodeHex } from "@std/encoding/hex";
import { run } from "./run.ts";
import { archiveName, folderName, programName, type Target } from "./targets.ts";

/** Files of the checkout that go into every archive. */
const DOCUMENTS = ["README.md", "README.zh-CN.md", "LICENSE", "CHANGELOG.md"];

/** What the program prints about itself: the file, and the words that print it. */
export const PRINTED: readonly { readonly file: string; readonly args: readonly string[] }[] = [
  { file: "completions/sockeye.bash", args: ["completions", "bash"] },
  { file: "completions/_sockeye", args: ["completions", "zsh"] },
  { file: "completions/sockeye.fish", args: ["completions", "fish"] },
  { file: "completions/sockeye.ps1", args: ["completions", "powershell"] },
  { file: "sockeye.1", args: ["man"] },
];

/** What an archive is made of. */
export interface Contents {
  /** The checkout. */
  readonly root: string;
  /** The compiled program. */
  readonly program: string;
  /** More files, by their names. */
  readonly texts: ReadonlyMap<string, string>;
  /** The version of sockeye. */
  readonly version: string;
  /** The system it is for. */
  readonly target: Target;
}

/**
 * Lets the program print its completions and its manual. Another system's program cannot be run here, but all say the same.
 *
 * @param command what starts sockeye
 * @returns the texts by file name
 * @throws {RunError} when it cannot print one of them
 */
export async function printAll(command: readonly [string, ...string[]]): Promise<Map<string, string>> {
  const [file, ...words] = command;
  const printed = new Map<string, string>();
  for (const { file: name, args } of PRINTED) {
    printed.set(name, await run(file, [...words, ...args]));
  }
  return printed;
}

/**
 * Packs an archive.
 *
 * @param contents what goes into it
 * @param out the folder that gets it
 * @returns its path
 * @throws {Error} when a file is missing, or `tar` or `zip` is
 */
export async function pack(contents: Contents, out: string): Promise<string> {
  const { root, program, texts, version, target } = contents;
  const name = folderName(version, target);
  const work = await Deno.makeTempDir({ prefix: "sockeye-archive-" });
  try {
    const folder = `${work}/${name}`;
    await Deno.mkdir(folder);
    await Deno.copyFile(program, `${folder}/${programName(target)}`);
    // Whoever unpacks it as root installs it for everybody, whatever the umask was here.
    if (Deno.build.os !== "windows") await Deno.chmod(`${folder}/${programName(target)}`, 0o755);
    for (const document of DOCUMENTS) await Deno.copyFile(`${root}/${document}`, `${folder}/${document}`);
    for (const [file, text] of texts) {
      await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${file}`, text);
    }
    const archive = `${out}/${archiveName(version, target)}`;
    // zip adds to an archive that is there.
    await Deno.remove(archive).catch(() => {});
    const [packer, ...flags] = archive.endsWith(".zip") ? ["zip", "-q", "-r"] : ["tar", "-czf"];
    await run(packer ?? "", [...flags, archive, name], { cwd: work });
    return archive;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/**
 * Writes `SHA256SUMS` as `sha256sum -c` reads it.
 *
 * @param out the folder of the files, which gets it
 * @param names the files
 */
export async function writeSums(out: string, names: readonly string[]): Promise<void> {
  const lines = await Promise.all(names.map(async (name) => {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${out}/${name}`));
    return `${encodeHex(digest)}  ${name}\n`;
  }));
  await Deno.writeTextFile(`${out}/SHA256SUMS`, lines.join(""));
}
