/**
 * Reads small files completely, and turns failures of file operations into a {@linkcode SockeyeError}.
 *
 * @module
 */

import { messageOf, SockeyeError, stateOf } from "./errors.ts";
import { absolute } from "./path.ts";
import { demand, guardedFailure, MissingPermission } from "./permissions.ts";
import { type Phrased, say } from "./phrase.ts";
import { quote } from "./printable.ts";

/** Most bytes of a text file. The certificates of all well-known authorities together have a quarter of a mebibyte. */
const TEXT_MAX = 4 * 1024 * 1024;

/**
 * Reads a text file of ordinary size, such as a file with certificates; more than 4 MiB (a device has no end) is an
 * error.
 *
 * @throws {SockeyeError} `permission` or `file`
 */
export async function readText(path: string): Promise<string> {
  return await withReadErrors(path, async () => {
    using file = await Deno.open(path);
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64 * 1024);
    let [text, length] = ["", 0];
    for (let count; (count = await file.read(buffer)) !== null;) {
      if ((length += count) > TEXT_MAX) throw new Error("it has more than 4 MiB");
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    return text + decoder.decode();
  });
}

/**
 * Reads a file that fits into memory.
 *
 * @throws {SockeyeError} `permission` or `file`
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  return await withReadErrors(path, () => Deno.readFile(path));
}

/**
 * Opens a file, which the caller closes.
 *
 * @throws {SockeyeError} `permission` or `file`, also for a folder
 */
export async function openToRead(path: string): Promise<Deno.FsFile> {
  return await withReadErrors(path, async () => {
    const file = await Deno.open(path);
    if (!(await file.stat()).isDirectory) return file;
    file.close();
    throw new Error("it is a folder");
  });
}

/**
 * Whether two paths name the same file, by whatever links. What may not be read is compared by its path alone.
 */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [place, otherPlace] = [await placeOf(one), await placeOf(other)];
  if (place === otherPlace) return true;
  const [info, otherInfo] = await Promise.all(
    [place, otherPlace].map((path) => Deno.stat(path).catch(() => undefined)),
  );
  return typeof info?.ino === "number" && info.ino === otherInfo?.ino && info.dev === otherInfo.dev;
}

/** Where a file is, or would be made. */
async function placeOf(path: string): Promise<string> {
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  const whole = absolute(path);
  const [, folder = "", name = ""] = /^(.*)\/([^/]*)$/s.exec(whole) ?? [];
  const realFolder = async () =>
    await real(folder || "/").then((found) => found && `${found.replace(/\/$/, "")}/${name}`);
  return await real(whole) ?? await realFolder() ?? whole;
}

/**
 * Creates an empty file without following a link: anything at the path except a folder is removed. Needs the permission
 * to write alone.
 */
export async function createAfresh(path: string): Promise<Deno.FsFile> {
  const create = () => Deno.open(path, { write: true, createNew: true });
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  // Deno.remove would take an empty folder too, and nothing else that may not read tells one from a file.
  const isFolder = await Deno.mkdir(path, { recursive: true }).then(() => true, () => false);
  if (isFolder) throw new Deno.errors.IsADirectory("Is a directory");
  await Deno.remove(path);
  return await create();
}

/**
 * Opens a file for writing, emptied or new. A link to a file stays one; one that leads nowhere is replaced and never
 * followed. Needs the permission to write alone.
 */
export async function openEmptied(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, truncate: true });
  } catch (error) {
    // A folder that is missing is one for the next call as well.
    if (error instanceof Deno.errors.NotFound) return await createAfresh(path);
    throw error;
  }
}

/**
 * Runs an operation that reads or opens a file; a failure becomes a SockeyeError that names the file.
 *
 * @throws {SockeyeError} `permission` or `file`
 */
export async function withReadErrors<T>(path: string, operate: () => Promise<T>): Promise<T> {
  const doing = say("read")`read ${quote(path)}`;
  demand("read", path, doing);
  try {
    return await operate();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw failureOf(doing, "--allow-read", cause);
    throw new SockeyeError("file", say("no-file")`Cannot ${doing}: there is no such file`, { cause });
  }
}

/**
 * Runs a file operation; a failure becomes a SockeyeError that says what was attempted.
 *
 * @example
 * ```ts ignore
 * await withFileErrors(`write "page.html"`, () => Deno.writeFile("page.html", bytes));
 * // SockeyeError: Cannot write "page.html": No space left on device
 * ```
 *
 * @throws {SockeyeError} `permission`, naming the flag to add, or `file`
 */
export async function withFileErrors<T>(doing: Phrased, operate: () => Promise<T>): Promise<T> {
  try {
    return await operate();
  } catch (cause) {
    throw failureOf(doing, "--allow-write", cause);
  }
}

function failureOf(doing: Phrased, flag: string, cause: unknown): SockeyeError {
  if (cause instanceof SockeyeError) return cause;
  if (!(cause instanceof Deno.errors.NotCapable)) {
    return new SockeyeError("file", say("cannot")`Cannot ${doing}: ${stateOf(cause)}`, { cause });
  }
  // Below /dev, /proc and /sys Deno requires --allow-all; its message names that flag.
  return messageOf(cause).includes("--allow-all")
    ? guardedFailure(doing, cause)
    : new MissingPermission([flag], doing, cause);
}
