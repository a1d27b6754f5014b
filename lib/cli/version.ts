/**
 * The version, and the question for it.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { COMMIT } from "../build.ts";

/** The number alone, `1.2.3`. */
export const VERSION: string = config.version;

/**
 * What `--version` prints: name and version; for a compiled program also the commit and the Deno inside, which nobody could
 * find out otherwise.
 *
 * @returns one line with its end
 */
export function versionLine(): string {
  const made = [COMMIT, Deno.build.standalone ? `Deno ${Deno.version.deno}` : ""].filter((part) => part !== "");
  return `${config.name} ${VERSION}${made.length > 0 ? ` (${made.join(", ")})` : ""}\n`;
}

/**
 * Whether nothing but the version is asked for.
 *
 * @param args the words after the program's name
 * @returns true for `--version` or `-V` alone
 */
export function isVersionAsked(args: readonly string[]): boolean {
  return args.length === 1 && (args[0] === "--version" || args[0] === "-V");
}
