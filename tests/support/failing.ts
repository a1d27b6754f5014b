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
  assertOneLine(ending, words);
  return ending;
}

/** Asserts that a command wrote nothing on stdout, and one line on stderr that has all these words. */
export function assertOneLine({ stdout, stderr }: Pick<Ending, "stdout" | "stderr">, words: Words): void {
  assertMatch(stderr, /^sockeye: [^\n]+\n$/);
  for (const word of words) {
    if (typeof word === "string") assertStringIncludes(stderr, word);
    else assertMatch(stderr, word);
  }
  assert(!/\bat file:|Uncaught/.test(stderr), stderr);
  assertEquals(stdout, "");
}

export function wordsOf(args: string | readonly string[]): string[] {
  return typeof args === "string" ? args.split(" ").filter((word) => word !== "") : [...args];
}
