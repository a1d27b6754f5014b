/**
 * Least privilege without prompts: a missing permission is an error of one line, and a command gives up the permissions
 * that it does not need before it starts, so that a bug cannot use them.
 *
 * @module
 */

import { SockeyeError } from "./errors.ts";
import { absolute } from "./path.ts";

/** A permission that a command may need. */
export type Need = "net" | "read" | "write";

/** All permissions. The cast is for `import`, which Deno supports but its types do not list. */
const ALL = ["net", "read", "write", "run", "env", "sys", "ffi", "import"] as readonly Deno.PermissionName[];

/** Folders where Deno opens files only with --allow-all. */
const GUARDED = /^\/(dev|proc|sys)\//;

/**
 * Tests whether a path is below a folder where Deno opens files only with --allow-all. A process that gives up any
 * permission loses access to these folders.
 *
 * @param path relative to the current folder, or absolute
 * @returns true below /dev, /proc and /sys
 */
export function isGuarded(path: string): boolean {
  return GUARDED.test(absolute(path));
}

/**
 * Gives up all permissions but a few, for the rest of the process.
 *
 * @param needs the permissions to keep
 */
export function keepOnly(needs: readonly Need[]): void {
  for (const name of ALL) {
    if (!needs.some((need) => need === name)) Deno.permissions.revokeSync({ name });
  }
}

/**
 * Checks a permission without a prompt.
 *
 * @param need the permission
 * @param target the host and port, or the path
 * @param doing the purpose, as it follows `Cannot` in the message: `listen on 127.0.0.1:9000`
 * @param flag the flag to name in the message. Default: that of the permission, `--allow-net`
 * @throws {SockeyeError} `permission`, naming the flag to add
 */
export function demand(need: Need, target: string, doing: string, flag = `--allow-${need}`): void {
  if (!isGranted(need, target)) throw missingPermission([flag], doing);
}

/**
 * Checks the permissions that a Unix socket needs: read and write for its path, and net.
 *
 * @param path of the socket
 * @param doing the purpose, as it follows `Cannot` in the message: `listen on unix:/path`
 * @throws {SockeyeError} `permission`, naming all flags to add
 */
export function demandSocket(path: string, doing: string): void {
  const missing = (["read", "write"] as Need[]).filter((need) => !isGranted(need, path));
  if (!mayUseSocket(path)) missing.unshift("net");
  if (missing.length > 0) throw missingPermission(missing.map((need) => `--allow-${need}`), doing);
}

function isGranted(need: Need, target: string): boolean {
  const descriptor = need === "net" ? { name: need, host: target } : { name: need, path: target };
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Deno before 2.9 throws on a `unix:` query and does not require net for Unix sockets. */
function mayUseSocket(path: string): boolean {
  try {
    return isGranted("net", `unix:${absolute(path)}`);
  } catch {
    return true;
  }
}

/**
 * Builds the error for a file that could not be opened because {@linkcode isGuarded} is true for it.
 *
 * @param doing the purpose, as it follows `Cannot` in the message: `write "/dev/stdout"`
 * @param cause Deno's error
 * @returns the error to throw
 */
export function guardedFailure(doing: string, cause?: unknown): SockeyeError {
  const refusal = Deno.build.standalone ? "are not allowed" : "need --allow-all";
  const advice = "pipe standard input or output instead (fetch: -d @-, -o -)";
  const message = `Cannot ${doing}: files below /dev, /proc and /sys ${refusal}; ${advice}`;
  return new SockeyeError("permission", message, { cause });
}

/**
 * Builds the error for a missing permission. From source it names the flags to add; a compiled program takes no such
 * flags.
 *
 * @param flags the missing flags of `deno run`
 * @param doing the purpose, as it follows `Cannot` in the message: `listen on 127.0.0.1:9000`
 * @param cause Deno's error
 * @returns the error to throw
 */
export function missingPermission(flags: readonly string[], doing: string, cause?: unknown): SockeyeError {
  const what = flags.length === 1 ? "the permission is missing" : "permissions are missing";
  const names = flags.join(" ");
  const advice = Deno.build.standalone ? `this program was compiled without ${names}` : `add ${names} to deno run`;
  return new SockeyeError("permission", `Cannot ${doing}: ${what}; ${advice}`, { cause });
}
