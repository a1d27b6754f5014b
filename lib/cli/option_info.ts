/**
 * Options and words as data for readers: the help, the manual page and the completions format the same facts.
 *
 * @module
 */

import type { OptionTable } from "../options.ts";
import type { Word } from "./command.ts";

/** One option, as a reader of the help or a shell needs it. */
export interface OptionInfo {
  /** Its spellings, `-e` and `--encoding`. */
  readonly flags: readonly string[];
  /** What it does, one line. */
  readonly help: string;
  /** Placeholder of its value; without it the option is a flag. */
  readonly value?: string | undefined;
  /** Words that the value may be. */
  readonly choices: readonly string[];
  /** Whether the value is a file. */
  readonly files: boolean;
  /** Whether it may be given several times. */
  readonly many: boolean;
}

/** Placeholders of values that are paths. */
const PATHS: readonly string[] = ["FILE", "PREFIX", "DIR"];

/** Describes the options of a table. */
export function describeOptions(table: OptionTable): OptionInfo[] {
  return Object.entries(table).map(([name, { short, help, value, choices = [], many = false }]) => {
    const flags = [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
    return { flags, help, value, choices, files: value !== undefined && PATHS.includes(value), many };
  });
}

/** The help of an option, with a remark if it may be given several times. */
export function fullHelp({ help, many }: OptionInfo): string {
  return many ? `${help} (repeatable)` : help;
}

/** The summary of a command or a word as a sentence. */
export function summarySentence({ summary }: Pick<Word, "summary">): string {
  return `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`;
}
