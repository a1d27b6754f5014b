/**
 * Options as data. A command or a mode describes its options in a table; the command line reader, the help and the
 * completions come out of the same table. An option knows how to read its value and says in one line what is wrong with it.
 *
 * @module
 */

import { SockeyeError } from "./errors.ts";
import { quote } from "./printable.ts";
import { didYouMean, listed } from "./wording.ts";

/** One option. */
export interface Option<T> {
  /** What it does, one line for the help. */
  readonly help: string;
  /** Placeholder of the value, `D` or `FILE`; without it the option is a flag. */
  readonly value?: string;
  /** One letter. */
  readonly short?: string;
  /** Words that the value may be, for completions; it may be others as well, where {@linkcode Option.read} takes them. */
  readonly choices?: readonly string[];
  /** Whether it may be given several times. */
  readonly many?: boolean;
  /**
   * Reads what was given.
   *
   * @param given the value of every occurrence, at least one; a flag has the empty text
   * @param flag the option as people write it, for the error
   * @throws {SockeyeError} `usage`
   */
  read(given: readonly string[], flag: string): T;
}

/** Options by long name, without the dashes. */
// deno-lint-ignore no-explicit-any -- the table is heterogeneous; Values<T> gives each option its type back
export type OptionTable = Readonly<Record<string, Option<any>>>;

/** What was given, by option name. */
export type Values<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends Option<infer V> ? V | undefined : never;
};

/** One option as it was given on the command line. */
export interface Given {
  /** Its long name. */
  readonly name: string;
  /** As it was written, `-e` or `--encoding`. */
  readonly flag: string;
  /** Its value; empty for a flag. */
  readonly text: string;
}

/**
 * Reads the options of a table.
 *
 * @param given the options of the command line; those that the table does not have are passed over
 * @param table the options to read
 * @returns their values
 * @throws {SockeyeError} `usage` for a bad value
 */
export function readOptions<T extends OptionTable>(given: readonly Given[], table: T): Values<T> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const occurrences = given.filter((one) => one.name === name);
    const last = occurrences.at(-1);
    if (last) values[name] = option.read(occurrences.map(({ text }) => text), last.flag);
  }
  return values as Values<T>;
}

/** Turns the text of one value into what it means; throws an Error whose message says what was expected. */
export type Reader<T> = (text: string) => T;

/** What most options carry besides their meaning. */
export interface Extras {
  /** One letter. */
  readonly short?: string;
  /** Words that the value may be. */
  readonly choices?: readonly string[];
}

/**
 * An option without a value.
 *
 * @param help what it does
 * @param extras its short letter
 * @returns the option
 */
export function flag(help: string, extras: Extras = {}): Option<true> {
  return { help, ...extras, read: () => true };
}

/**
 * An option with a value; given twice, the last one counts.
 *
 * @param value placeholder for the help
 * @param help what it does
 * @param reader reads the value
 * @param extras short letter, choices
 * @returns the option
 */
export function one<T>(value: string, help: string, reader: Reader<T>, extras: Extras = {}): Option<T> {
  return { help, value, ...extras, read: (given, flag) => readValue(given.at(-1) ?? "", flag, reader) };
}

/**
 * An option that may be given several times.
 *
 * @param value placeholder for the help
 * @param help what it does
 * @param reader reads one value
 * @param extras short letter
 * @returns the option
 */
export function many<T>(value: string, help: string, reader: Reader<T>, extras: Extras = {}): Option<T[]> {
  return {
    help,
    value,
    ...extras,
    many: true,
    read: (given, flag) => given.map((text) => readValue(text, flag, reader)),
  };
}

/**
 * An option that takes one of a few words.
 *
 * @param choices the words
 * @param help what it does
 * @returns the option
 */
export function choice<const T extends string>(choices: readonly T[], help: string): Option<T> {
  const reader = (text: string) => {
    const found = choices.find((word) => word === text);
    if (found === undefined) {
      throw new Error(`expected ${listed(choices, "or")}${didYouMean(text, choices)}`);
    }
    return found;
  };
  return one(choices.join("|"), help, reader, { choices });
}

/**
 * Takes a value as it is.
 *
 * @param text anything
 * @returns `text`
 */
export function asText(text: string): string {
  return text;
}

/**
 * Reads the name of a host, without a port.
 *
 * @param text `chat.example.org`
 * @returns the name in lower case
 * @throws {Error} what was expected
 */
export function asHostName(text: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) throw new Error("expected a host name such as chat.example.org");
  return text.toLowerCase();
}

/**
 * Reads a duration.
 *
 * @param text `500ms`, `5s`, `2m`, `1h`, or a number of seconds
 * @returns milliseconds
 * @throws {Error} what was expected
 */
export function asDuration(text: string): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(number) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit as "ms"];
  if (!(ms <= MAX_DURATION_MS)) throw new Error("expected a duration such as 500ms, 5s, 2m or 1h (24 days at most)");
  return ms;
}

/**
 * Reads a time limit: a duration that is not 0.
 *
 * @param text as for {@linkcode asDuration}
 * @returns milliseconds
 * @throws {Error} what was expected
 */
export function asTimeLimit(text: string): number {
  const ms = asDuration(text);
  if (ms === 0) throw new Error("expected a time above 0, such as 500ms or 5s");
  return ms;
}

/** Timers count milliseconds in 31 bits; beyond that they fire at once. */
const MAX_DURATION_MS = 2 ** 31 - 1;

/**
 * Reads a size.
 *
 * @param text `64k`, `10m`, `1g` (powers of 1024), or a number of bytes
 * @returns bytes
 * @throws {Error} what was expected
 */
export function asSize(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * 1024 ** ["", "k", "m", "g", "t"].indexOf(unit.toLowerCase()));
  if (!Number.isSafeInteger(bytes)) throw new Error("expected a size such as 64k, 10m or 1g");
  return bytes;
}

/**
 * Reads a rate.
 *
 * @param text a size that is not 0, for each second
 * @returns bytes a second
 * @throws {Error} what was expected
 */
export function asRate(text: string): number {
  const rate = asSize(text);
  if (rate === 0) throw new Error("expected a size above 0, such as 64k or 10m");
  return rate;
}

/**
 * Makes a reader of whole numbers.
 *
 * @param min smallest
 * @param max largest
 * @returns a reader that throws what was expected
 */
export function asNumber(min: number, max: number): Reader<number> {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(number >= min && number <= max)) throw new Error(`expected a whole number from ${min} to ${max}`);
    return number;
  };
}

function readValue<T>(text: string, flag: string, reader: Reader<T>): T {
  try {
    return reader(text);
  } catch (cause) {
    if (cause instanceof SockeyeError) throw new SockeyeError(cause.kind, `${flag}: ${cause.message}`, { cause });
    throw new SockeyeError("usage", `Bad ${flag} ${quote(text)}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
