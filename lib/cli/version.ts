/**
 * The version, and the question for it.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };

/** The number alone, `1.2.3`. */
export const VERSION: string = config.version;

/**
 * What `--version` prints.
 *
 * @returns name and number, with a newline
 */
export function version(): string {
  return `${config.name} ${VERSION}\n`;
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
