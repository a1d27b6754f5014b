/** Commands that must not succeed: their exit code, and the one line that says why. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ending, type SockeyeOptions, spawnSockeye } from "./harness.ts";

/** Permissions to read certificates and texts. */
export const READ = ["--allow-net", "--allow-read"] as const;

/** Permissions to make and to find files. */
export const FILES = [...READ, "--allow-write"] as const;

export type Words = readonly (string | RegExp)[];

/** Runs sockeye, which must end with this code, an empty stdout, and one line on stderr that has all these words. */
export async function fails(
  args: string | readonly string[],
  code: number,
  words: Words,
  options: SockeyeOptions = {},
): Promise<Ending> {
  const ending = await spawnSockeye(wordsOf(args), { permissions: FILES, ...options }).ends(code);
  assertMatch(ending.stderr, /^sockeye: [^\n]+\n$/);
  for (const word of words) {
    if (typeof word === "string") assertStringIncludes(ending.stderr, word);
    else assertMatch(ending.stderr, word);
  }
  assert(!/\bat file:|Uncaught/.test(ending.stderr), ending.stderr);
  assertEquals(ending.stdout, "");
  return ending;
}

export function wordsOf(args: string | readonly string[]): string[] {
  return typeof args === "string" ? args.split(" ").filter((word) => word !== "") : [...args];
}
