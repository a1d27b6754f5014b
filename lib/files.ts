/**
 * What everybody who writes files needs.
 *
 * @module
 */

import { messageOf, SockeyeError } from "./errors.ts";
import { demand, missingPermission } from "./permissions.ts";
import { quote } from "./printable.ts";

/**
 * Writes all of the bytes.
 *
 * @param file an open file
 * @param bytes what to write
 */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/**
 * Reads a small text file.
 *
 * @param path the file
 * @returns its text
 * @throws {SockeyeError} `permission` or `file`
 */
export async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}

/**
 * Reads a file that fits into memory.
 *
 * @param path the file
 * @returns all of it
 * @throws {SockeyeError} `permission` or `file`
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  demand("read", path, `read ${quote(path)}`);
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    const state = cause instanceof Deno.errors.NotFound ? "there is no such file" : withoutCode(messageOf(cause));
    throw new SockeyeError("file", `Cannot read ${quote(path)}: ${state}`, { cause });
  }
}

/**
 * Runs a file operation and tells its failure in our words.
 *
 * @param doing what it is for, `write "page.html"`
 * @param operate does it
 * @returns what `operate` returns
 * @throws {SockeyeError} `permission`, naming the flag to add, or `file`
 */
export async function told<T>(doing: string, operate: () => Promise<T>): Promise<T> {
  try {
    return await operate();
  } catch (cause) {
    if (cause instanceof SockeyeError) throw cause;
    if (cause instanceof Deno.errors.NotCapable) {
      // Below /dev, /proc and /sys Deno wants everything to be allowed; its message says so.
      const flag = messageOf(cause).includes("--allow-all") ? "--allow-all" : "--allow-write";
      throw missingPermission([flag], doing, cause);
    }
    throw new SockeyeError("file", `Cannot ${doing}: ${withoutCode(messageOf(cause))}`, {
      cause,
    });
  }
}

function withoutCode(message: string): string {
  return message.replace(/ \(os error \d+\).*$/, "");
}
