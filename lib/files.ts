/**
 * Files: reading small ones whole, and their failures in our words.
 *
 * @module
 */

import { messageOf, SockeyeError, stateOf } from "./errors.ts";
import { demand, guardedFailure, missingPermission } from "./permissions.ts";
import { quote } from "./printable.ts";

/** Bytes of a text that is read whole. The certificates of all well-known authorities are a quarter of a mebibyte. */
const TEXT_MAX = 4 * 1024 * 1024;

/**
 * Reads a text file of ordinary size, such as one with certificates.
 *
 * @param path the file; of a device that never ends no more is read than such a file may have
 * @returns its text
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
 * @param path the file
 * @returns all of it
 * @throws {SockeyeError} `permission` or `file`
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  return await withReadErrors(path, () => Deno.readFile(path));
}

/**
 * Reads or opens a file; a failure becomes a SockeyeError that names it.
 *
 * @param path the file
 * @param operate does it
 * @returns what `operate` returns
 * @throws {SockeyeError} `permission` or `file`
 */
export async function withReadErrors<T>(path: string, operate: () => Promise<T>): Promise<T> {
  const doing = `read ${quote(path)}`;
  demand("read", path, doing);
  try {
    return await operate();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw failureOf(doing, "--allow-read", cause);
    throw new SockeyeError("file", `Cannot ${doing}: there is no such file`, { cause });
  }
}

/**
 * Runs a file operation; a failure becomes a SockeyeError that says what it was for.
 *
 * @param doing what it is for, `write "page.html"`
 * @param operate does it
 * @returns what `operate` returns
 * @throws {SockeyeError} `permission`, naming the flag to add, or `file`
 */
export async function withFileErrors<T>(doing: string, operate: () => Promise<T>): Promise<T> {
  try {
    return await operate();
  } catch (cause) {
    throw failureOf(doing, "--allow-write", cause);
  }
}

function failureOf(doing: string, flag: string, cause: unknown): SockeyeError {
  if (cause instanceof SockeyeError) return cause;
  if (!(cause instanceof Deno.errors.NotCapable)) {
    return new SockeyeError("file", `Cannot ${doing}: ${stateOf(cause)}`, { cause });
  }
  // Below /dev, /proc and /sys Deno wants everything to be allowed; its message says so.
  return messageOf(cause).includes("--allow-all")
    ? guardedFailure(doing, cause)
    : missingPermission([flag], doing, cause);
}
