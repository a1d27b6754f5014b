/**
 * The command line reader: the option table says which words are right. What is wrong is told in one line that names the flag
 * and the value.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { OptionTable, Values } from "../options.ts";
import { quote } from "../printable.ts";
import { didYouMean } from "../suggest.ts";
import { splitWords, type Token } from "./words.ts";

/** A command line that is right. */
export interface Parsed<T extends OptionTable> {
  /** The options by name. */
  readonly values: Values<T>;
  /** The words that are no options. */
  readonly operands: readonly string[];
  /** Every option in the order given, its value unread; for options whose order among each other matters. */
  readonly given: readonly Given[];
}

/** One option as it was given. */
export interface Given {
  /** Its long name. */
  readonly name: string;
  /** As the person wrote it, `-e` or `--encoding`. */
  readonly flag: string;
  /** Its value; empty for a flag. */
  readonly text: string;
}

/**
 * Reads a command line.
 *
 * @param args the words
 * @param table the options that exist
 * @returns what was given
 * @throws {SockeyeError} `usage`: unknown option, missing or bad value
 */
export function parseOptions<T extends OptionTable>(args: readonly string[], table: T): Parsed<T> {
  const tokens = splitWords(args, table);
  const given = tokens.flatMap((token) => token.kind === "option" ? [check(token, table)] : []);
  const operands = tokens.flatMap((token) => token.kind === "operand" ? [token.text] : []);
  return { values: readValues(given, table), operands, given };
}

function check({ name, flag, value, inline }: Token & { kind: "option" }, table: OptionTable): Given {
  const option = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!option) {
    const hint = flag.startsWith("--") ? didYouMean(flag, Object.keys(table).map((known) => `--${known}`)) : "";
    throw new SockeyeError("usage", `Unknown option ${quote(flag)}${hint}`);
  }
  if (option.value === undefined && value !== undefined) {
    throw new SockeyeError("usage", `Option ${flag} takes no value, but got ${quote(value)}`);
  }
  if (option.value !== undefined && (value === undefined || (!inline && isOption(value, table)))) {
    throw new SockeyeError("usage", `Missing value: ${flag} ${option.value}`);
  }
  return { name, flag, text: value ?? "" };
}

/** A word that is an option of the table was not meant as a value; `--flag=value` takes even that. */
function isOption(word: string, table: OptionTable): boolean {
  if (word.startsWith("--")) return Object.hasOwn(table, word.slice(2).split("=", 1)[0] ?? "");
  return /^-[^-]$/.test(word) && Object.values(table).some(({ short }) => short === word.slice(1));
}

function readValues<T extends OptionTable>(given: readonly Given[], table: T): Values<T> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const occurrences = given.filter((one) => one.name === name);
    const last = occurrences.at(-1);
    if (last) values[name] = option.read(occurrences.map(({ text }) => text), last.flag);
  }
  return values as Values<T>;
}
