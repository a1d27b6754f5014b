/**
 * The files of a download, and what their failures mean.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { wait } from "../wait.ts";
import { quote } from "../printable.ts";

/** Milliseconds after which a lock that is not ours counts as somebody else's. */
const LOCK_MS = 100;

/** `NAME.part`. */
export function partOf(path: string): string {
  return `${path}.part`;
}

/** `NAME.part.json`. */
export function noteOf(path: string): string {
  return `${path}.part.json`;
}

/** The refusal to replace a file. */
export function exists(path: string, why: string): SockeyeError {
  return new SockeyeError("file", `Cannot write ${quote(path)}: it exists, and ${why}`);
}

/** Whether a file may be looked at. */
export function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** Whether NAME and its part may be looked at and renamed. */
export function canRead(path: string): boolean {
  return mayRead(path) && mayRead(partOf(path));
}

/** What NAME is; undefined when there is nothing. */
export async function kindOf(path: string): Promise<"file" | "folder" | "device" | undefined> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile ? "file" : isDirectory ? "folder" : "device";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether there is anything, be it a link that leads nowhere. */
export async function isTaken(path: string): Promise<boolean> {
  try {
    return Boolean(await Deno.lstat(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Two downloads into one part would mix: the second one stops. The system gives the lock back when the process ends.
 *
 * @param file the part
 * @param path NAME
 * @returns bytes that the part has
 * @throws {SockeyeError} `file` when another download has it
 */
export async function claim(file: Deno.FsFile, path: string): Promise<number> {
  const size = await tryLock(file) ? await sizeIfStill(file, partOf(path)) : undefined;
  if (size !== undefined) return size;
  throw new SockeyeError("file", `Cannot write ${quote(partOf(path))}: another download is writing it`);
}

/** A file that can be locked. */
interface Lockable {
  lock(exclusive: boolean): Promise<void>;
  tryLock?(exclusive: boolean): Promise<boolean>;
}

/** Deno before 2.9 can only wait for a lock, and that wait cannot be called off: it ends with the process. */
async function tryLock(file: Lockable): Promise<boolean> {
  if (file.tryLock) return await file.tryLock(true);
  const patience = new AbortController();
  const late = wait(LOCK_MS, patience.signal).then(() => false, () => true);
  const locked = await Promise.race([file.lock(true).then(() => true), late]);
  patience.abort();
  return locked;
}

/**
 * The size of a file that is still at a path: another download may have renamed it between our opening and our locking it.
 *
 * @returns bytes; undefined when something else or nothing is there
 */
async function sizeIfStill(file: Deno.FsFile, path: string): Promise<number | undefined> {
  const [ours, theirs] = await Promise.all([file.stat(), Deno.stat(path).catch(() => undefined)]);
  return ours.ino === theirs?.ino ? ours.size : undefined;
}

/** Empties a file. */
export async function rewind(file: Deno.FsFile): Promise<void> {
  await file.truncate(0);
  await file.seek(0, Deno.SeekMode.Start);
}

/** Removes a file that may not be there. */
export async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}
