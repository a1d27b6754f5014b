/**
 * The command line reader. Words are split as POSIX and GNU have it: `--name value`, `--name=value`, `-n value`, `-nvalue`,
 * `-qv` for `-q -v`, and `--` before operands alone; the option table says which of them are right. `node:util` has a splitter,
 * but with it come all of Node's modules, and a start takes a third longer.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Given, Option, OptionTable } from "../options.ts";
import { quote } from "../printable.ts";
import { didYouMean } from "../wording.ts";

/** A command line that is right. */
export interface Parsed {
  /** The words that are no options. */
  readonly operands: readonly string[];
  /** Every option in the order given, its value unread. */
  readonly given: readonly Given[];
}

/**
 * Reads a command line.
 *
 * @throws {SockeyeError} `usage`: unknown option, missing value
 */
export function parseOptions(args: readonly string[], table: OptionTable): Parsed {
  const tokens = splitWords(args, table);
  const given = tokens.flatMap((token) => token.kind === "option" ? [check(token, table)] : []);
  const operands = tokens.flatMap((token) => token.kind === "operand" ? [token.text] : []);
  return { operands, given };
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

/** One option or operand. */
export type Token =
  | { readonly kind: "operand"; readonly text: string }
  | {
    readonly kind: "option";
    /** The long name; as it was written where no option is called so. */
    readonly name: string;
    /** As the person wrote it, `-e` or `--encoding`. */
    readonly flag: string;
    /** Undefined when there is none. */
    readonly value: string | undefined;
    /** Whether it stands in the same word. */
    readonly inline: boolean;
  };

/** What must be known of an option to split words. */
export type Shape = Pick<Option<unknown>, "short" | "value">;

/**
 * Splits words.
 *
 * @returns what they are, in their order; an unknown option has no value but one that stands behind `=`
 */
export function splitWords(words: readonly string[], table: Readonly<Record<string, Shape>>): Token[] {
  const tokens: Token[] = [];
  const left = words[Symbol.iterator]();
  const next = (): string | undefined => left.next().value;
  for (let word; (word = next()) !== undefined;) {
    if (word === "--") {
      for (const text of left) tokens.push({ kind: "operand", text });
    } else if (word.startsWith("--")) tokens.push(splitLong(word, table, next));
    else if (word.startsWith("-") && word.length > 1) tokens.push(...splitShort(word, table, next));
    else tokens.push({ kind: "operand", text: word });
  }
  return tokens;
}

function splitLong(word: string, table: Readonly<Record<string, Shape>>, next: () => string | undefined): Token {
  // A name has at least one character.
  const at = word.indexOf("=", 3);
  const flag = at < 0 ? word : word.slice(0, at);
  const name = flag.slice(2);
  if (at >= 0) return { kind: "option", name, flag, value: word.slice(at + 1), inline: true };
  return { kind: "option", name, flag, value: takesValue(table, name) ? next() : undefined, inline: false };
}

/** The first letter that takes a value takes the rest of the word, or the next one. */
function* splitShort(
  word: string,
  table: Readonly<Record<string, Shape>>,
  next: () => string | undefined,
): Generator<Token> {
  const letters = [...word.slice(1)];
  for (const [at, letter] of letters.entries()) {
    const name = Object.keys(table).find((long) => table[long]?.short === letter) ?? letter;
    const takes = takesValue(table, name);
    const rest = letters.slice(at + 1).join("");
    const inline = takes && rest !== "";
    yield { kind: "option", name, flag: `-${letter}`, value: inline ? rest : takes ? next() : undefined, inline };
    if (inline) return;
  }
}

function takesValue(table: Readonly<Record<string, Shape>>, name: string): boolean {
  return Object.hasOwn(table, name) && table[name]?.value !== undefined;
}
