/**
 * The real `sockeye fetch`, in a temporary folder.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type Ending, type Program, type SockeyeOptions, spawnSockeye } from "../support/harness.ts";
import type { Folder } from "./helpers.ts";

/** What DESIGN's first command grants. */
export const SAVING = ["--allow-net", "--allow-write"] as const;

/** With these NAME is replaced by a rename. */
export const RENAMING = ["--allow-net", "--allow-read", "--allow-write"] as const;

/** Starts a fetch in a folder; by default it may read and write there. */
export function startFetch(folder: Folder, args: readonly string[], options: SockeyeOptions = {}): Program {
  return spawnSockeye(["fetch", ...args], { permissions: RENAMING, cwd: folder.path, ...options });
}

/** Runs a fetch to its end. */
export async function runFetch(folder: Folder, args: readonly string[], options?: SockeyeOptions): Promise<Ending> {
  await using program = startFetch(folder, args, options);
  return await program.status();
}

/** The objects of NDJSON lines; a line that is none fails. */
export function eventsOf(stdout: string): Record<string, unknown>[] {
  assert(stdout.endsWith("\n"), stdout);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}
