/**
 * Command lines that show a case again.
 *
 * @module
 */

import type { CaseResult } from "../../check/run.ts";
import type { Given, OptionTable } from "../../options.ts";

/** What the command line said. */
export interface AgainContext {
  /** Its options. */
  readonly given: readonly Given[];
  /** What they are. */
  readonly table: OptionTable;
  /** The address, as it was written. */
  readonly address: string;
  /** What repeats the random choices. */
  readonly seed: number;
  /** Names of options that say how to connect: `client` has them, too. */
  readonly dial: readonly string[];
}

/** Options that say what is shown, or which cases run: they do not change what a case does. */
const NOT_REPEATED = new Set(
  ["seed", "list", "explain", "strict", "junit", "lang", "json", "hex", "time", "quiet", "verbose", "color"],
);

/** A command line, word by word, not quoted yet. */
export type Command = readonly string[];

/** The command that runs this case alone, and one that does by hand what it did, where there is one. */
export function againCommands({ id, finding }: CaseResult, context: AgainContext): Command[] {
  const { given, address, seed, dial } = context;
  const own = given.filter(({ name }) => !NOT_REPEATED.has(name));
  const check = ["sockeye", "check", id, address, "--seed", String(seed), ...wordsOf(own, context.table)];
  const { again } = finding;
  if (!again) return [check];
  // The address stands before the first option.
  const first = again.findIndex((word) => word.startsWith("-"));
  const at = first < 0 ? again.length : first;
  const shared = own.filter(({ name }) => dial.includes(name) && !again.includes(`--${name}`));
  const hand = ["sockeye", ...again.toSpliced(at, 0, address), ...wordsOf(shared, context.table)];
  return [check, hand];
}

/** Options as words. */
function wordsOf(given: readonly Given[], table: OptionTable): string[] {
  return given.flatMap(({ name, text }) => {
    if (table[name]?.value === undefined) return [`--${name}`];
    return text.startsWith("-") ? [`--${name}=${text}`] : [`--${name}`, text];
  });
}
