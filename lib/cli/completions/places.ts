/**
 * What can be typed where, read out of the tables: the same facts for every shell. A place is a command line as far as it has
 * been typed: nothing, a command, or a command and its first word.
 *
 * @module
 */

import type { Option, OptionTable } from "../../options.ts";
import type { CommandSpec, Word } from "../command.ts";

/** One option, as a completion offers it. */
export interface Offer {
  /** Its spellings, `-e` and `--encoding`. */
  readonly flags: readonly string[];
  /** What it does. */
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

/** Where the cursor may be. */
export interface Place {
  /** The words before it that are no options: none, `server`, or `server` and `reply`. */
  readonly path: readonly string[];
  /** What the next word may be. */
  readonly words: readonly Word[];
  /** The options that may be given. */
  readonly offers: readonly Offer[];
}

/** The word that stands before a command to get its help. */
const HELP: Word = { name: "help", summary: "the help of a command" };

/** Placeholders of values that are paths. */
const PATHS: readonly string[] = ["FILE", "PREFIX"];

/**
 * Lists the places.
 *
 * @param commands the table of commands
 * @param common the options that all of them have
 * @returns the place before the command, then each command, each followed by its words
 */
export function placesOf(commands: readonly CommandSpec[], common: OptionTable): Place[] {
  return [
    { path: [], words: [...commands.map(({ name, summary }) => ({ name, summary })), HELP], offers: offersOf(common) },
    ...commands.flatMap((command) => commandPlaces(command, common)),
    { path: [HELP.name], words: commands.map(({ name, summary }) => ({ name, summary })), offers: [] },
  ];
}

/** Before its word is typed a command offers all of its options, then those that go with the word. */
function commandPlaces({ name, options, words }: CommandSpec, common: OptionTable): Place[] {
  const list = words?.list ?? [];
  const claimed = new Set(list.flatMap((word) => Object.keys(word.options ?? {})));
  const all = { ...options, ...common };
  const withWord = (word: Word) =>
    Object.fromEntries(
      Object.entries(all).filter(([option]) => !claimed.has(option) || Object.hasOwn(word.options ?? {}, option)),
    );
  return [
    { path: [name], words: list, offers: offersOf(all) },
    ...list.map((word) => ({ path: [name, word.name], words: [], offers: offersOf(withWord(word)) })),
  ];
}

function offersOf(table: OptionTable): Offer[] {
  return Object.entries(table).map(([name, option]) => offerOf(name, option));
}

function offerOf(name: string, { short, help, value, choices = [], many = false }: Option<unknown>): Offer {
  const flags = [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
  return { flags, help, value, choices, files: value !== undefined && PATHS.includes(value), many };
}
