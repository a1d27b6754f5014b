/**
 * Whether this process may use its terminal: the shell gives the terminal to one process group at a time, and the
 * system stops a process of another group that reads it or changes its modes (SIGTTIN, SIGTTOU).
 *
 * @module
 */

import { isGranted } from "../permissions.ts";

/**
 * The state of this process on Linux (proc_pid_stat(5)). Deno opens files of `/proc` only for a process with all
 * permissions, but it imports them as text for one with `--allow-read=/proc`.
 */
const STAT = "/proc/self/stat";

/**
 * Whether this process is in the foreground of its terminal; undefined where that cannot be found out: without
 * the permission, and on systems without `/proc`.
 */
export async function inForeground(): Promise<boolean | undefined> {
  // An import that is not permitted would ask the person.
  if (Deno.build.os !== "linux" || !isGranted("read", STAT)) return undefined;
  try {
    // A module is read once; a name of its own each time makes it a new one.
    const { default: stat } = await import(`file://${STAT}?${performance.now()}`, { with: { type: "text" } });
    return isForeground(String(stat));
  } catch {
    return undefined;
  }
}

/** Reads `pid (name) state ppid pgrp session tty tpgid …`; the name may have blanks and parentheses in it. */
export function isForeground(stat: string): boolean {
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}
