/**
 * The command line reader. Words are split as POSIX and GNU have it: `--name value`, `--name=value`, `-n value`,
 * `-nvalue`, `-qv` for `-q -v`, and `--` before operands alone; the option table says which of them are right.
 * `node:util` has a splitter, but with it come all of Node's modules, and a start takes a third longer.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Given, OptionTable } from "../options.ts";
import { type Phrased, say } from "../phrase.ts";
import { quoteAddress } from "../printable.ts";
import { didYouMean } from "../wording.ts";

/** A command line that is right. */
export interface Parsed {
  /** The words that are no options. */
  readonly operands: readonly string[];
  /** Every option in the order given, its value unread. */
  readonly given: readonly Given[];
  /** What to say of options that were left out, for `--verbose`. */
  readonly remarks?: readonly string[];
}

/** A flag that is not in the option table. */
export class UnknownOption extends SockeyeError {
  /** `advice` follows the flag in the message. */
  constructor(readonly flag: string, advice: Phrased) {
    super("usage", say("unknown-option")`Unknown option ${quoteAddress(flag)}${advice}`);
  }
}

/**
 * Reads a command line.
 *
 * @throws {UnknownOption} for an unknown option
 * @throws {SockeyeError} `usage` for a missing value
 */
export function parseOptions(args: readonly string[], table: OptionTable): Parsed {
  const operands: string[] = [];
  const given: Given[] = [];
  const words = args[Symbol.iterator]();
  const next = (): string | undefined => words.next().value;
  const take = (name: string, flag: string, inline: string | undefined) => {
    given.push({ name, flag, text: readText(table, { name, flag, inline }, next) });
  };
  for (let word; (word = next()) !== undefined;) {
    if (word === "--") operands.push(...words);
    else if (word.startsWith("--")) {
      const at = word.indexOf("=", 3); // A name has at least one character.
      const flag = at < 0 ? word : word.slice(0, at);
      take(flag.slice(2), flag, at < 0 ? undefined : word.slice(at + 1));
    } else if (word.startsWith("-") && word.length > 1) {
      const letters = [...word.slice(1)];
      for (let letter; (letter = letters.shift()) !== undefined;) {
        const name = Object.keys(table).find((long) => table[long]?.short === letter) ?? letter;
        // The first letter that takes a value takes the rest of the word, or the next one.
        const takesRest = letters.length > 0 && optionOf(table, name)?.value !== undefined;
        take(name, `-${letter}`, takesRest ? letters.splice(0).join("") : undefined);
      }
    } else operands.push(word);
  }
  return { operands, given };
}

/** The value of an option, which may be the next word; empty for a flag. */
function readText(
  table: OptionTable,
  { name, flag, inline }: { name: string; flag: string; inline: string | undefined },
  next: () => string | undefined,
): string {
  const option = optionOf(table, name);
  if (!option) {
    const hint = flag.startsWith("--") ? didYouMean(flag, Object.keys(table).map((known) => `--${known}`)) : "";
    throw new UnknownOption(flag, hint);
  }
  if (option.value === undefined) {
    if (inline === undefined) return "";
    throw new SockeyeError("usage", say("no-value")`Option ${flag} takes no value, but got ${quoteAddress(inline)}`);
  }
  const text = inline ?? next();
  if (text === undefined || (inline === undefined && isOption(text, table))) {
    throw new SockeyeError("usage", say("missing-value")`Missing value: ${flag} ${option.value}`);
  }
  return text;
}

/** A word that is an option of the table was not meant as a value; `--flag=value` takes even that. */
function isOption(word: string, table: OptionTable): boolean {
  if (word.startsWith("--")) return optionOf(table, word.slice(2).split("=", 1)[0] ?? "") !== undefined;
  return /^-[^-]$/.test(word) && Object.values(table).some(({ short }) => short === word.slice(1));
}

function optionOf(table: OptionTable, name: string): OptionTable[string] | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
