/**
 * The words and options that may follow at each place of a command line, read out of the tables: the same facts for
 * every shell. A place is the command line so far: nothing, a command, or a command and its first word.
 *
 * @module
 */

import type { OptionTable } from "../../options.ts";
import type { CommandSpec, Word } from "../command.ts";
import { describeOptions, type OptionInfo } from "../option_info.ts";

/** A place of the command line, where the cursor may be. */
export interface Place {
  /** The words before the cursor that are no options: none, `server`, or `server` and `reply`. */
  readonly path: readonly string[];
  /** The words that may come next. */
  readonly words: readonly Word[];
  /** The options that may be given. */
  readonly options: readonly OptionInfo[];
}

/** `sockeye help COMMAND` shows the help of a command. */
const HELP: Word = { name: "help", summary: "the help of a command" };

/** The words of a place, `server reply`. */
export function nameOf({ path }: Place): string {
  return path.join(" ");
}

/** The options of commands whose value is the next word, with `COMMAND FLAG` for each spelling. */
export function valuedOptions(places: readonly Place[]): { option: OptionInfo; forms: string[] }[] {
  // The first word of a command changes which options there are, not their values.
  return places.filter(({ path }) => path.length < 2).flatMap(({ path: [command = ""], options }) =>
    options.filter(({ value }) => value !== undefined)
      .map((option) => ({ option, forms: option.flags.map((flag) => `${command} ${flag}`) }))
  );
}

/** Lists the place before the command, then each command, each followed by its words. */
export function placesOf(commands: readonly CommandSpec[], common: OptionTable): Place[] {
  const names = commands.map(({ name, summary }) => ({ name, summary }));
  return [
    { path: [], words: [...names, HELP], options: describeOptions(common) },
    ...commands.flatMap((command) => commandPlaces(command, common)),
    { path: [HELP.name], words: names, options: [] },
  ];
}

/** Before its first word a command offers all of its options; after it, no options that are for other words alone. */
function commandPlaces({ name, options, words }: CommandSpec, common: OptionTable): Place[] {
  const list = words?.list ?? [];
  const claimed = new Set(list.flatMap((word) => Object.keys(word.options ?? {})));
  const all = { ...options, ...common };
  const withWord = (word: Word) =>
    Object.fromEntries(
      Object.entries(all).filter(([option]) => !claimed.has(option) || Object.hasOwn(word.options ?? {}, option)),
    );
  return [
    { path: [name], words: list, options: describeOptions(all) },
    ...list.map((word) => ({ path: [name, word.name], words: [], options: describeOptions(withWord(word)) })),
  ];
}
