/**
 * The version of the program, and whether a command line asks for it alone.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { COMMIT } from "../build.ts";

/** The version number, `1.2.3`. */
export const VERSION: string = config.version;

/**
 * Formats the output of `--version`: name and version. A compiled program adds its commit and the version of its Deno,
 * which cannot be seen from outside.
 */
export function versionLine(): string {
  const build = [COMMIT, Deno.build.standalone ? `Deno ${Deno.version.deno}` : ""].filter((part) => part !== "");
  return `${config.name} ${VERSION}${build.length > 0 ? ` (${build.join(", ")})` : ""}\n`;
}

/** Whether a command line asks for the version alone. */
export function isVersionAsked(args: readonly string[]): boolean {
  return args.length === 1 && (args[0] === "--version" || args[0] === "-V");
}
