/**
 * Permissions of Deno. A missing one is an error of one line and never a prompt; one that a command does not need is
 * given up before the command starts, so that a bug cannot use it.
 *
 * @module
 */

import { SockeyeError } from "./errors.ts";
import { absolute } from "./path.ts";
import { type Phrased, say } from "./phrase.ts";

/** A permission that a command may need. */
export type Need = "net" | "read" | "write";

/** Deno knows a permission for dynamic imports that its types do not list. */
const ALL = ["net", "read", "write", "run", "env", "sys", "ffi", "import"] as readonly Deno.PermissionName[];

/** Folders where Deno opens files only for a process with all permissions. */
const GUARDED = /^\/(dev|proc|sys)\//;

/** Whether a file can be opened only with all permissions: giving up any of them gives up this file. */
export function isGuarded(path: string): boolean {
  return GUARDED.test(absolute(path));
}

/** Gives up every permission that is not needed, for the rest of the process. */
export function keepOnly(needs: readonly Need[]): void {
  for (const name of ALL) {
    if (!needs.some((need) => need === name)) Deno.permissions.revokeSync({ name });
  }
}

/**
 * Checks a permission without asking for it.
 *
 * @param target the host and port, or the path; undefined for all of them
 * @param doing the purpose, `listen on 127.0.0.1:9000`
 * @param flag the flag to name, where the usual one would not say enough
 * @throws {SockeyeError} `permission`, naming the flag to add
 */
export function demand(need: Need, target: string | undefined, doing: Phrased, flag = `--allow-${need}`): void {
  if (!isGranted(need, target)) throw new MissingPermission([flag], doing);
}

/**
 * Checks the permissions for a Unix socket: the network, and to read and to write its path.
 *
 * @throws {SockeyeError} `permission`, naming all flags to add
 */
export function demandSocket(path: string, doing: Phrased): void {
  const missing = missingForSocket(path);
  if (missing.length > 0) throw new MissingPermission(missing.map((need) => `--allow-${need}`), doing);
}

/** The permissions for a Unix socket that are not granted. */
export function missingForSocket(path: string): Need[] {
  const targets: Readonly<Record<Need, string>> = { net: `unix:${absolute(path)}`, read: path, write: path };
  return (["net", "read", "write"] as const).filter((need) => !isGranted(need, targets[need]));
}

/** Whether this process has a permission; never prompts for it. */
export function isGranted(need: Need, target?: string): boolean {
  const place = target === undefined ? {} : need === "net" ? { host: target } : { path: target };
  const descriptor = { name: need, ...place } as Deno.PermissionDescriptor;
  try {
    return Deno.permissions.querySync(descriptor).state === "granted";
  } catch {
    // Deno knows no such host: one that is called `unix`, or a lone dot. The attempt to connect reports the error.
    return need === "net";
  }
}

/** Whether this process has all that commands commonly need, without limits, as the compiled program does. */
export function hasUsual(): boolean {
  return isGranted("net") && isGranted("read") && isGranted("write");
}

/** The failure to `doing` (`write "/dev/stdout"`) where {@linkcode isGuarded} says true. */
export function guardedFailure(doing: Phrased, cause?: unknown): SockeyeError {
  const refusal = Deno.build.standalone ? "are not allowed" : "need --allow-all";
  const advice = "pipe standard input or output instead (fetch: -d @-, -o -)";
  const message = `Cannot ${doing}: files below /dev, /proc and /sys ${refusal}; ${advice}`;
  return new SockeyeError("permission", message, { cause });
}

/** The failure for want of permissions. */
export class MissingPermission extends SockeyeError {
  /**
   * Makes the failure.
   *
   * @param flags the missing flags of `deno run`; a compiled program takes none
   * @param doing the purpose, `listen on 127.0.0.1:9000`
   */
  constructor(readonly flags: readonly string[], readonly doing: Phrased, cause?: unknown) {
    const what = flags.length === 1
      ? say("permission-missing")`the permission is missing`
      : say("permissions-missing")`permissions are missing`;
    const names = flags.join(" ");
    const advice = Deno.build.standalone
      ? say("compiled-without")`this program was compiled without ${names}`
      : say("add-permission")`add ${names} to deno run, before main.ts`;
    super("permission", say("cannot-and")`Cannot ${doing}: ${what}; ${advice}`, { cause });
  }

  /** The same failure, which names these flags as well. */
  with(others: readonly string[]): MissingPermission {
    const kindOf = (flag: string) => flag.split("=", 1)[0];
    const isNamed = (flag: string) => this.flags.some((own) => kindOf(own) === kindOf(flag));
    const flags = [...this.flags, ...others.filter((flag) => !isNamed(flag))];
    return new MissingPermission([...new Set(flags)].sort(), this.doing, this.cause);
  }
}

/** The flags of all permissions that checks such as {@linkcode demand} miss, where each check throws for the first. */
export function missingFlags(checks: readonly (() => void)[]): string[] {
  return checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (error instanceof MissingPermission) return error.flags;
      throw error;
    }
  });
}
