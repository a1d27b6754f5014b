/**
 * Least privilege, and no questions: a missing permission is told in one line, and what a command does not need is given up
 * before it starts, so that a bug cannot use it.
 *
 * @module
 */

import { resolve } from "node:path";
import { SockeyeError } from "./errors.ts";

/** What a command may need. */
export type Need = "net" | "read" | "write";

/** Deno knows a permission for dynamic imports that its types do not list. */
const ALL = ["net", "read", "write", "run", "env", "sys", "ffi", "import"] as readonly Deno.PermissionName[];

/** Folders where Deno opens files only for a process that may do everything. */
const GUARDED = /^\/(dev|proc|sys)\//;

/**
 * Whether a path is where a process must be allowed everything to open files. Giving up any permission then gives up this one.
 *
 * @param path relative to the current folder, or absolute
 * @returns true below /dev, /proc and /sys
 */
export function isGuarded(path: string): boolean {
  return GUARDED.test(resolve(Deno.cwd(), path));
}

/**
 * Gives up every permission that is not needed. It cannot be had back.
 *
 * @param needs what stays
 */
export function keepOnly(needs: readonly Need[]): void {
  for (const name of ALL) {
    if (!needs.some((need) => need === name)) Deno.permissions.revokeSync({ name });
  }
}

/**
 * Checks a permission without asking for it.
 *
 * @param need which one
 * @param target the host and port, or the path
 * @param doing what it is for, `listen on 127.0.0.1:9000`
 * @throws {SockeyeError} `permission`, naming the flag to add
 */
export function demand(need: Need, target: string, doing: string): void {
  const descriptor = need === "net" ? { name: need, host: target } : { name: need, path: target };
  if (Deno.permissions.querySync(descriptor).state === "granted") return;
  throw missingPermission(`--allow-${need}`, doing);
}

/**
 * The failure of what is not permitted.
 *
 * @param flag of `deno run`, which a compiled program does not take
 * @param doing what it was for, `listen on 127.0.0.1:9000`
 * @param cause what Deno said
 * @returns the error to throw
 */
export function missingPermission(flag: string, doing: string, cause?: unknown): SockeyeError {
  const advice = Deno.build.standalone ? `this program was compiled without ${flag}` : `add ${flag} to deno run`;
  return new SockeyeError("permission", `Cannot ${doing}: the permission is missing; ${advice}`, { cause });
}
