/**
 * Packs a compiled program and its documents into an archive, and writes the checksums.
 *
 * @module
 */

import { dirname } from "node:path";
import { encodeHex } from "@std/encoding/hex";
import { run } from "./run.ts";
import { copy } from "./stage.ts";
import { archiveName, folderName, programName, type Target } from "./targets.ts";

/** Files and folders of the checkout that go into every archive, and into the package for npm. */
export const DOCUMENTS: readonly string[] = ["README.md", "README.zh-CN.md", "docs", "LICENSE", "CHANGELOG.md"];

/** Files for services: where they are in the checkout, their names in an archive, and the systems that they are for. */
const SERVICE_FILES: readonly { readonly path: string; readonly file: string; readonly systems: RegExp }[] = [
  { path: "scripts/install.sh", file: "install.sh", systems: /linux|darwin/ },
  { path: "scripts/release/Containerfile", file: "Containerfile", systems: /linux/ },
  ...["sockeye@.service", "sockeye@.socket", "tls.conf", "low-port.conf"].map((name) => (
    { path: `scripts/release/systemd/${name}`, file: `systemd/${name}`, systems: /linux/ }
  )),
];

/** Files whose content the program prints: the file name, and the arguments that print it. */
export const PRINTED: readonly { readonly file: string; readonly args: readonly string[] }[] = [
  { file: "completions/sockeye.bash", args: ["completions", "bash"] },
  { file: "completions/_sockeye", args: ["completions", "zsh"] },
  { file: "completions/sockeye.fish", args: ["completions", "fish"] },
  { file: "completions/sockeye.ps1", args: ["completions", "powershell"] },
  { file: "sockeye.1", args: ["man"] },
];

/** Contents of an archive. */
export interface Contents {
  /** Folder of the checkout. */
  readonly root: string;
  /** Path of the compiled program. */
  readonly program: string;
  /** Further files: their texts by file name. */
  readonly texts: ReadonlyMap<string, string>;
  /** Version of sockeye. */
  readonly version: string;
  /** System that the program is for. */
  readonly target: Target;
}

/**
 * Makes the program print its completions and its manual. A program for another system cannot run here, but all print
 * the same texts.
 *
 * @param command the command that starts sockeye
 * @returns the texts by file name
 * @throws {RunError} when the program cannot print one of them
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
 * @param contents contents of the archive
 * @param out folder for the archive
 * @returns path of the archive
 * @throws {Error} when a file is missing, or `tar` or `zip` is not installed
 */
export async function pack(contents: Contents, out: string): Promise<string> {
  const { root, program, texts, version, target } = contents;
  const name = folderName(version, target);
  const work = await Deno.makeTempDir({ prefix: "sockeye-archive-" });
  try {
    const folder = `${work}/${name}`;
    await Deno.mkdir(folder);
    await Deno.copyFile(program, `${folder}/${programName(target)}`);
    // Unpacked by root, the program must be executable for all users, whatever the umask was here.
    if (Deno.build.os !== "windows") await Deno.chmod(`${folder}/${programName(target)}`, 0o755);
    for (const document of DOCUMENTS) await copy(`${root}/${document}`, `${folder}/${document}`);
    for (const { path, file, systems } of SERVICE_FILES) {
      if (systems.test(target)) await copyInto(folder, `${root}/${path}`, file);
    }
    for (const [file, text] of texts) {
      await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${file}`, text);
    }
    const archive = `${out}/${archiveName(version, target)}`;
    // zip would add to an existing archive.
    await Deno.remove(archive).catch(() => {});
    const [packer, ...flags] = archive.endsWith(".zip") ? ["zip", "-q", "-r"] : ["tar", "-czf"];
    await run(packer ?? "", [...flags, archive, name], { cwd: work });
    return archive;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function copyInto(folder: string, from: string, file: string): Promise<void> {
  await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
  await Deno.copyFile(from, `${folder}/${file}`);
}

/**
 * Writes `SHA256SUMS` in the format of `sha256sum -c`.
 *
 * @param out folder of the files, where `SHA256SUMS` is written
 * @param names names of the files
 */
export async function writeSums(out: string, names: readonly string[]): Promise<void> {
  const lines = await Promise.all(names.map(async (name) => {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${out}/${name}`));
    return `${encodeHex(digest)}  ${name}\n`;
  }));
  await Deno.writeTextFile(`${out}/SHA256SUMS`, lines.join(""));
}
