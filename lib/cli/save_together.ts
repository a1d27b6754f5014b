/**
 * Files that are of use only together, as a certificate and its key: all of them are written, or none.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { withFileErrors } from "../files.ts";
import { demand } from "../permissions.ts";
import { quote } from "../printable.ts";

/** A file to be. */
export interface NewFile {
  /** Where. */
  readonly path: string;
  /** What is in it. */
  readonly text: string;
  /** Who may do what with it, before the umask. */
  readonly mode: number;
}

/**
 * Writes files. Old ones are replaced when the new ones lie complete beside them, which needs the permission to read: without
 * it Deno gives no file another name.
 *
 * @param files what to write
 * @param force whether old ones are replaced
 * @throws {SockeyeError} `file` or `permission`: nothing was written then, and what there was before is there
 */
export async function saveTogether(files: readonly NewFile[], force: boolean): Promise<void> {
  const id = crypto.randomUUID();
  if (!force) return await writeFiles(files);
  // Nothing is touched before it is sure that everything can be: folders cannot be opened for writing.
  for (const { path } of files) await requireReplaceable(path, id);
  await replaceFiles(files, id);
}

async function requireReplaceable(path: string, id: string): Promise<void> {
  for (const one of [path, ...Object.values(besides(path, id))]) {
    for (const need of ["read", "write"] as const) demand(need, one, `replace ${quote(path)}`);
  }
  await withFileErrors(`write ${quote(path)}`, async () => {
    try {
      (await Deno.open(path, { write: true })).close();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  });
}

/** Files of ours for a moment: the new one, and a second name of the old one. */
function besides(path: string, id: string): { fresh: string; old: string } {
  return { fresh: `${path}.${id}.new`, old: `${path}.${id}.old` };
}

/** Writes all of the files where none is, each to its place, or none. */
async function writeFiles(files: readonly NewFile[], placeOf = (path: string) => path): Promise<void> {
  const opened: { readonly place: string; readonly file: Deno.FsFile }[] = [];
  let complete = false;
  try {
    for (const { path, mode } of files) {
      const place = placeOf(path);
      opened.push({ place, file: await withFileErrors(`write ${quote(path)}`, () => create(place, mode)) });
    }
    for (const [i, { path, text }] of files.entries()) {
      await withFileErrors(`write ${quote(path)}`, () => fill(opened[i]?.file, text));
    }
    complete = true;
  } finally {
    for (const { place, file } of opened) {
      file.close();
      if (!complete) await Deno.remove(place).catch(() => {}); // Why it failed is more worth telling.
    }
  }
}

async function fill(file: Deno.FsFile | undefined, text: string): Promise<void> {
  if (!file) return;
  await writeAll(file, new TextEncoder().encode(text));
  await file.sync();
}

/**
 * A file that was not there: to make it anew is the only test that needs no permission to read, and an old file would keep
 * its mode.
 */
async function create(path: string, mode: number): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new SockeyeError("file", `Cannot write ${quote(path)}: it exists; --force replaces it`);
  }
}

/** Writes the files beside the old ones, then gives each the name; what fails half-way is undone. */
async function replaceFiles(files: readonly NewFile[], id: string): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  await writeFiles(files, (path) => besides(path, id).fresh);
  try {
    for (const { path } of files) {
      const { fresh, old } = besides(path, id);
      undo.unshift(await keep(path, old));
      await withFileErrors(`write ${quote(path)}`, () => Deno.rename(fresh, path));
    }
  } catch (error) {
    for (const back of undo) await back().catch(() => {}); // Why it failed is more worth telling.
    throw error;
  } finally {
    for (const { path } of files) {
      for (const left of Object.values(besides(path, id))) await Deno.remove(left).catch(() => {});
    }
  }
}

/** Keeps an old file by a second name, where the file system has such; how it comes back. */
async function keep(path: string, old: string): Promise<() => Promise<void>> {
  try {
    await Deno.link(path, old);
    return () => Deno.rename(old, path);
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? () => Deno.remove(path) : () => Promise.resolve();
  }
}
