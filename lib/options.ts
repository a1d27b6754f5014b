/**
 * Options as data. A command or a mode describes its options in a table; the command line parser, the help and the
 * completions all use that table. An option parses its value and reports a bad one in one line.
 *
 * @module
 */

import { phraseOf, SockeyeError } from "./errors.ts";
import type { Need } from "./permissions.ts";
import { PhrasedError, say } from "./phrase.ts";
import { quoteAddress } from "./printable.ts";
import { didYouMean, oneOf } from "./wording.ts";

/** One option. */
export interface Option<T> {
  /** Description, one line for the help. */
  readonly help: string;
  /** Placeholder of the value, `D` or `FILE`; without it the option is a flag. */
  readonly value?: string;
  /** One-letter form, without the dash. */
  readonly short?: string;
  /** Values that completions offer. {@linkcode Option.read} may accept others as well. */
  readonly choices?: readonly string[];
  /** True if the option may be given several times. */
  readonly many?: boolean;
  /** Permissions that it takes besides those of its command. Default: none. */
  readonly needs?: readonly Need[];
  /**
   * Parses the values of all occurrences, at least one; the empty text for a flag.
   *
   * @param flag the option as the user wrote it, for the error message
   * @throws {SockeyeError} `usage`
   */
  read(given: readonly string[], flag: string): T;
}

/** A titled list of the help besides options, such as the commands typed while it runs. */
export interface HelpList {
  /** The title, without its colon. */
  readonly title: string;
  /** The command, and what it does. */
  readonly rows: readonly (readonly [typed: string, does: string])[];
}

/** Options by long name, without the dashes. */
// deno-lint-ignore no-explicit-any -- the table is heterogeneous; Values<T> restores the type of each option
export type OptionTable = Readonly<Record<string, Option<any>>>;

/** The values of a table's options by name; undefined for options that were not given. */
export type Values<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends Option<infer V> ? V | undefined : never;
};

/** One option on the command line. */
export interface Given {
  /** Its long name. */
  readonly name: string;
  /** The option as the user wrote it, `-e` or `--encoding`. */
  readonly flag: string;
  /** Its value; empty for a flag. */
  readonly text: string;
}

/**
 * Parses the options of a table; those that are not in it are ignored.
 *
 * @example
 * ```ts ignore
 * const table = { text: one("T", "the answer", asText), wait: one("D", "a pause", asDuration) };
 * readOptions([{ name: "wait", flag: "--wait", text: "5s" }], table); // { wait: 5000 }
 * ```
 *
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

/** Parses the text of one value; throws an Error whose message names the expected form. */
export type Reader<T> = (text: string) => T;

/** Optional fields of an option. */
export interface Extras {
  /** One-letter form, without the dash. */
  readonly short?: string;
  /** Values that completions offer. */
  readonly choices?: readonly string[];
  /** Permissions that it takes besides those of its command. */
  readonly needs?: readonly Need[];
}

/** Describes an option without a value. */
export function flag(help: string, extras: Extras = {}): Option<true> {
  return { help, ...extras, read: () => true };
}

/**
 * Describes an option with a value, whose placeholder in the help is `value`. If it is given more than once, the last
 * one counts.
 *
 * @example
 * ```ts ignore
 * const options = { timeout: one("D", "give up after this time", asTimeLimit, { short: "t" }) };
 * ```
 */
export function one<T>(value: string, help: string, reader: Reader<T>, extras: Extras = {}): Option<T> {
  return { help, value, ...extras, read: (given, flag) => readValue(given.at(-1) ?? "", flag, reader) };
}

/** Describes an option that may be given several times; its value is the list of all occurrences. */
export function many<T>(value: string, help: string, reader: Reader<T>, extras: Extras = {}): Option<T[]> {
  const read = (given: readonly string[], flag: string) => given.map((text) => readValue(text, flag, reader));
  return { help, value, ...extras, many: true, read };
}

/** Describes an option whose value is one of a few words. */
export function choice<const T extends string>(choices: readonly T[], help: string): Option<T> {
  const reader = (text: string) => {
    const found = choices.find((word) => word === text);
    if (found === undefined) {
      throw new PhrasedError(say("expected")`expected ${oneOf(choices)}${didYouMean(text, choices)}`);
    }
    return found;
  };
  return one(choices.join("|"), help, reader, { choices });
}

/** Accepts any value. */
export function asText(text: string): string {
  return text;
}

/** Parses the name of a host, without a port; returns it in lower case. */
export function asHostName(text: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) throw new Error("expected a host name such as chat.example.org");
  return text.toLowerCase();
}

/** Parses `500ms`, `5s`, `2m`, `1h`, or a number of seconds; returns milliseconds. */
export function asDuration(text: string): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(number) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit as "ms"];
  if (!(ms <= MAX_DURATION_MS)) {
    throw new PhrasedError(say("expected-duration")`expected a duration such as 500ms, 5s, 2m or 1h (24 days at most)`);
  }
  return ms;
}

/** Parses a duration that is not 0; returns milliseconds. */
export function asTimeLimit(text: string): number {
  const ms = asDuration(text);
  if (ms === 0) throw new PhrasedError(say("expected-time")`expected a time above 0, such as 500ms or 5s`);
  return ms;
}

/** Timers hold milliseconds in 31 bits; a longer one would fire at once. */
const MAX_DURATION_MS = 2 ** 31 - 1;

/** Parses `64k`, `10m`, `1g` (powers of 1024), or a number of bytes. */
export function asSize(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * 1024 ** ["", "k", "m", "g", "t"].indexOf(unit.toLowerCase()));
  if (!Number.isSafeInteger(bytes)) {
    throw new PhrasedError(say("expected-size")`expected a size such as 64k, 10m or 1g`);
  }
  return bytes;
}

/** Parses the size of a message, 1 byte to 1 GiB. */
export function asMessageSize(text: string): number {
  const bytes = asSize(text);
  if (bytes < 1 || bytes > 1024 ** 3) throw new Error("expected a size from 1 byte to 1g, such as 64k or 4m");
  return bytes;
}

/** Parses a size that is not 0, per second. */
export function asRate(text: string): number {
  const rate = asSize(text);
  if (rate === 0) throw new Error("expected a size above 0, such as 64k or 10m");
  return rate;
}

/** Makes a reader of whole numbers from `min` to `max`. */
export function asNumber(min: number, max: number): Reader<number> {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(number >= min && number <= max)) {
      throw new PhrasedError(say("expected-number")`expected a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

/** Parses a value; an error names the option. */
export function readValue<T>(text: string, flag: string, reader: Reader<T>): T {
  try {
    return reader(text);
  } catch (cause) {
    if (cause instanceof SockeyeError) {
      throw new SockeyeError(cause.kind, say("of-option")`${flag}: ${cause.phrase}`, { cause });
    }
    const message = say("bad-value")`Bad ${flag} ${quoteAddress(text)}: ${phraseOf(cause)}`;
    throw new SockeyeError("usage", message, { cause });
  }
}
