/**
 * Least privilege, and no questions: a missing permission is told in one line, and what a command does not need is given up
 * before it starts, so that a bug cannot use it.
 *
 * @module
 */

import { SockeyeError } from "./errors.ts";

/** What a command may need. */
export type Need = "net" | "read" | "write";

/** Deno knows a permission for dynamic imports that its types do not list. */
const ALL = ["net", "read", "write", "run", "env", "sys", "ffi", "import"] as readonly Deno.PermissionName[];

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
  throw new SockeyeError("permission", `Cannot ${doing}: the permission is missing; add --allow-${need} to deno run`);
}
