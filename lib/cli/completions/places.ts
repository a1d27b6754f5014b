/**
 * The words and options that may follow at each place of a command line, read out of the tables: the same facts for
 * every shell. A place is the command line so far: nothing, a command, or a command and its first word.
 *
 * @module
 */

import type { OptionTable } from "../../options.ts";
import { type CommandSpec, ownOptions, type Word } from "../command.ts";
import { describeOptions, type OptionInfo } from "../option_info.ts";

/** A place of the command line, where the cursor may be. */
export interface Place {
  /** The words before the cursor that are no options: none, `server`, or `server` and `reply`. */
  readonly path: readonly string[];
  /** The words that may come next. */
  readonly words: readonly Word[];
  /** The options that may be given. */
  readonly options: readonly OptionInfo[];
  /** The name of the place behind an operand that is none of the words: behind `server 9000` stands `server echo`. */
  readonly otherwise?: string;
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

/** Before its first word a command offers all of its options; after it, only those that go with the word. */
function commandPlaces(command: CommandSpec, common: OptionTable): Place[] {
  const { name, options, words } = command;
  const list = words?.list ?? [];
  const withWord = (one: Word) => {
    const { rest, word } = ownOptions(command, one);
    return describeOptions({ ...rest, ...word, ...common });
  };
  return [
    {
      path: [name],
      words: list,
      options: describeOptions({ ...options, ...common }),
      ...(words?.default !== undefined && { otherwise: `${name} ${words.default}` }),
    },
    ...list.map((word) => ({ path: [name, word.name], words: [], options: withWord(word) })),
  ];
}

/** For each place that has one, its name and that of the place behind an operand that is none of its words. */
export function otherwiseOf(places: readonly Place[]): (readonly [place: string, otherwise: string])[] {
  return places.flatMap((place) => place.otherwise === undefined ? [] : [[nameOf(place), place.otherwise] as const]);
}
