/**
 * Writes files that are useful only together, such as a certificate and its key.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { writeAll } from "../bytes.ts";
import { withFileErrors } from "../files.ts";
import { demand } from "../permissions.ts";
import { say } from "../phrase.ts";
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
const freshPath = (path: string) => `${path}.new`;

/**
 * Checks that a file may be replaced. Deno renames a file only for a process that may read and write both names.
 *
 * @throws {SockeyeError} `permission`, naming the flag to add
 */
export function demandReplace(path: string): void {
  for (const one of [path, freshPath(path)]) {
    for (const need of ["read", "write"] as const) demand(need, one, say("replace")`replace ${quote(path)}`);
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
      await withFileErrors(say("write")`write ${quote(path)}`, () => Deno.rename(freshPath(path), path));
    }
  } finally {
    await removeFresh();
  }
}

/** Creates all files before it writes the first one, and removes them when something fails. */
async function writeNew(files: readonly NewFile[], placeOf: (path: string) => string): Promise<void> {
  using stack = new DisposableStack();
  const created: (NewFile & { readonly file: Deno.FsFile })[] = [];
  try {
    for (const one of files) {
      const file = await withFileErrors(
        say("write")`write ${quote(one.path)}`,
        () => create(placeOf(one.path), one.mode),
      );
      created.push({ ...one, file: stack.use(file) });
    }
    for (const { path, text, file } of created) {
      await withFileErrors(say("write")`write ${quote(path)}`, async () => {
        await writeAll(file, new TextEncoder().encode(text));
        await file.sync();
      });
    }
  } catch (error) {
    for (const { path } of created) await Deno.remove(placeOf(path)).catch(() => {});
    throw error;
  }
}

/** Only a file created new gets the mode, and to create it is the only test for an old one without `--allow-read`. */
async function create(path: string, mode: number): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new SockeyeError("file", say("exists-force")`Cannot write ${quote(path)}: it exists; --force replaces it`);
  }
}
