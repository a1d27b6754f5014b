/**
 * What everybody who writes files needs.
 *
 * @module
 */

import { messageOf, SockeyeError } from "./errors.ts";

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
      throw new SockeyeError(
        "permission",
        `Cannot ${doing}: the permission is missing; add ${flag} to deno run`,
        { cause },
      );
    }
    throw new SockeyeError("file", `Cannot ${doing}: ${messageOf(cause).replace(/ \(os error \d+\).*$/, "")}`, {
      cause,
    });
  }
}
