/**
 * What `--version` says.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { COMMIT } from "../build.ts";

/**
 * Name and version; for a compiled program also the commit and the Deno inside, which nobody could find out otherwise.
 *
 * @returns one line with its end
 */
export function versionLine(): string {
  const made = [COMMIT, Deno.build.standalone ? `Deno ${Deno.version.deno}` : ""].filter((part) => part !== "");
  return `${config.name} ${config.version}${made.length > 0 ? ` (${made.join(", ")})` : ""}\n`;
}
