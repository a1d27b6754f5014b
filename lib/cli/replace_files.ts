/**
 * Writes files that are useful only together, such as a certificate and its key.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { writeAll } from "../bytes.ts";
import { withFileErrors } from "../files.ts";
import { demand } from "../permissions.ts";
import { quote } from "../printable.ts";

/** A file to write. */
export interface NewFile {
  /** Its path. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** Its mode before the umask. */
  readonly mode: number;
}

/** The name of a file until it replaces the old one. */
function freshPath(path: string): string {
  return `${path}.new`;
}

/**
 * Checks that a file may be replaced. Deno renames a file only for a process that may read and write both names.
 *
 * @throws {SockeyeError} `permission`, naming the flag to add
 */
export function demandReplace(path: string): void {
  for (const one of [path, freshPath(path)]) {
    for (const need of ["read", "write"] as const) demand(need, one, `replace ${quote(path)}`);
  }
}

/**
 * Writes files, all of them or none. Old files are replaced only when all new ones are complete on the disk; when a
 * rename fails then, the files before it are new and those from it on are old, each of them whole.
 *
 * @param force whether old files are replaced; else an old file is an error, and nothing is written
 * @throws {SockeyeError} `file` or `permission`
 */
export async function writeTogether(files: readonly NewFile[], force: boolean): Promise<void> {
  if (!force) return await writeNew(files, (path) => path);
  const removeFresh = () => Promise.all(files.map(({ path }) => Deno.remove(freshPath(path)).catch(() => {})));
  await removeFresh(); // A killed run may have left them.
  await writeNew(files, freshPath);
  try {
    for (const { path } of files) {
      await withFileErrors(`write ${quote(path)}`, () => Deno.rename(freshPath(path), path));
    }
  } finally {
    await removeFresh();
  }
}

/** Creates all files before it writes the first one, and removes them when something fails. */
async function writeNew(files: readonly NewFile[], placeOf: (path: string) => string): Promise<void> {
  const created: Deno.FsFile[] = [];
  try {
    for (const { path, mode } of files) {
      created.push(await withFileErrors(`write ${quote(path)}`, () => create(placeOf(path), mode)));
    }
    for (const [i, { path, text }] of files.entries()) {
      await withFileErrors(`write ${quote(path)}`, () => fill(created[i], text));
    }
  } catch (error) {
    for (const { path } of files.slice(0, created.length)) await Deno.remove(placeOf(path)).catch(() => {});
    throw error;
  } finally {
    for (const file of created) file.close();
  }
}

/**
 * Only a file that is created new gets the mode, and to create it is the only test for an old one without
 * `--allow-read`.
 */
async function create(path: string, mode: number): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new SockeyeError("file", `Cannot write ${quote(path)}: it exists; --force replaces it`);
  }
}

async function fill(file: Deno.FsFile | undefined, text: string): Promise<void> {
  if (!file) return;
  await writeAll(file, new TextEncoder().encode(text));
  await file.sync();
}
