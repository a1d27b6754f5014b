/**
 * The version of the program.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { COMMIT } from "../build.ts";

/** The version number, `1.2.3`. */
export const VERSION: string = config.version;

/** The line for `--version`. A compiled program adds its commit and its Deno, which cannot be seen from outside. */
export function versionLine(): string {
  const build = [COMMIT, Deno.build.standalone ? `Deno ${Deno.version.deno}` : ""].filter((part) => part !== "");
  return `${config.name} ${VERSION}${build.length > 0 ? ` (${build.join(", ")})` : ""}\n`;
}
