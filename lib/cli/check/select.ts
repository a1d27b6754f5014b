/**
 * Finds the cases that words of the command line name: suites, ids such as `echo/4`, and globs such as `chat/*`.
 *
 * @module
 */

import type { Case, Suite } from "../../check/case.ts";
import { type SuiteEntry, SUITES } from "../../check/suites.ts";
import { SockeyeError } from "../../errors.ts";
import { say } from "../../phrase.ts";
import { quoteAddress } from "../../printable.ts";
import { didYouMean } from "../../wording.ts";
import { unknownWord } from "../command.ts";

/** A suite, and those of its cases that were named. */
export interface Selection {
  /** The row of its table. */
  readonly entry: SuiteEntry;
  /** The suite. */
  readonly suite: Suite;
  /** In the order of the suite, each once. */
  readonly cases: readonly Case[];
}

/** The id of a case. */
export function idOf(suite: Pick<Suite, "name">, one: Pick<Case, "name">): string {
  return `${suite.name}/${one.name}`;
}

/**
 * Finds cases; none that was not named. Without words it gives every case.
 *
 * @throws {SockeyeError} `usage` for a word that names none, with a suggestion
 */
export async function selectCases(
  words: readonly string[],
  table: readonly SuiteEntry[] = SUITES,
): Promise<Selection[]> {
  const isMeant = (name: string) =>
    words.length === 0 || words.some((word) => word === name || word.startsWith(`${name}/`) || isGlob(word));
  const entries = table.filter(({ name }) => isMeant(name));
  const suites = await Promise.all(entries.map(async (entry) => ({ entry, suite: await entry.load() })));
  const ids = suites.flatMap(({ suite }) => suite.cases.map((one) => idOf(suite, one)));
  for (const word of words) {
    const fits = matcher(word);
    if (!entries.some(({ name }) => name === word) && !ids.some(fits)) throw unknown(word, ids, table);
  }
  const fits = words.map(matcher);
  return suites.map(({ entry, suite }) => {
    const whole = words.length === 0 || words.includes(suite.name);
    const cases = suite.cases.filter((one) => whole || fits.some((fit) => fit(idOf(suite, one))));
    return { entry, suite, cases };
  }).filter(({ cases }) => cases.length > 0);
}

/**
 * Finds cases of one suite.
 *
 * @throws {SockeyeError} `usage` for several suites, and as {@linkcode selectCases}
 */
export async function selectSuite(words: readonly string[], table = SUITES): Promise<Selection> {
  const [selection, other] = await selectCases(words, table);
  if (selection && !other) return selection;
  const [one, two] = [selection?.suite.name ?? "", other?.suite.name ?? ""];
  throw new SockeyeError(
    "usage",
    say("two-suites")`A run takes cases of one suite, and these are of ${one} and ${two}: run check for each`,
  );
}

function isGlob(word: string): boolean {
  return /[*?]/.test(word);
}

/** Whether an id is what a word names: `*` stands for any characters, `?` for one. */
function matcher(word: string): (id: string) => boolean {
  const source = word.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  const pattern = new RegExp(`^${source}$`, "s");
  return (id) => pattern.test(id);
}

function unknown(word: string, ids: readonly string[], table: readonly SuiteEntry[]): SockeyeError {
  const names = table.map(({ name }) => name);
  const owner = names.find((name) => word.startsWith(`${name}/`));
  if (owner === undefined) return unknownWord("suite", word, names, didYouMean(word.replace(/\/\w*$/, ""), names));
  const own = ids.filter((id) => id.startsWith(`${owner}/`));
  const guess = isGlob(word) ? "" : didYouMean(word, own);
  const [first, last] = [own[0] ?? "", own.at(-1) ?? ""];
  return new SockeyeError(
    "usage",
    say("unknown-case")`Unknown case ${quoteAddress(word)}${guess} (${owner} has ${first} to ${last})`,
  );
}
