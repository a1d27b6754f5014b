/**
 * What a command is, a row of the command table; and the options that all commands have, with the output they ask for.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { choice, flag, type HelpList, one, type OptionTable, readOptions, type Values } from "../options.ts";
import { makeColorize } from "../output/colors.ts";
import type { CommandName } from "../output/messages.ts";
import type { OutputOptions } from "../output/options.ts";
import { Output } from "../output/output.ts";
import type { Sink } from "../output/sink.ts";
import { loadTrafficView } from "../output/traffic_view.ts";
import { loadTranslate } from "../output/translate.ts";
import { Phrase, type Phrased, say } from "../phrase.ts";
import { quoteAddress } from "../printable.ts";
import { asEncodings, ENCODINGS, type Encodings } from "../text/encodings.ts";
import { didYouMean } from "../wording.ts";
import type { Parsed } from "./parse.ts";
import type { System } from "./system.ts";

/** The options that every command has. */
export const COMMON_OPTIONS = {
  "encoding": one("NAME", "encoding of text on the wire: utf-8 (default), gbk, big5, shift_jis…", asEncodings, {
    short: "e",
    choices: ENCODINGS,
  }),
  "hex": flag("show hex beside text, both directions", { short: "x" }),
  "json": flag("one JSON event a line on stdout, for programs"),
  "time": flag("print the time before every line"),
  "quiet": flag("print only errors", { short: "q" }),
  "verbose": flag("print more", { short: "v" }),
  "color": choice(["auto", "always", "never"], "colour on a terminal (auto), always or never"),
  "lang": choice(["zh", "en"], "language of help and messages (as the system's)"),
  "help": flag("this help", { short: "h" }),
  "version": flag("the version", { short: "V" }),
} as const;

/** Their values. */
export type CommonValues = Values<typeof COMMON_OPTIONS>;

/** One run of a command. */
export interface Run extends Parsed {
  /** The process. */
  readonly system: System;
  /** The way to its streams. */
  readonly sink: Sink;
  /** Called by the command once there is an output: an error and the end are reported there. */
  onOutput(output: Output): void;
}

/** A word that an operand may be, as help and completions show it. */
export interface Word {
  /** The word. */
  readonly name: string;
  /** One line about it. */
  readonly summary: string;
  /** Options of the command that work with this word; words without them do not take them. */
  readonly options?: OptionTable;
  /** Options of the command that do not go with this word, by their long names. */
  readonly excludes?: readonly string[];
  /** What people type while it runs. */
  readonly typed?: readonly HelpList[];
}

/** What the first operand of a command may be. */
export interface Words {
  /** What they are, `Modes (default echo)`. */
  readonly title: string;
  /** The words, in the order of the help. */
  readonly list: readonly Word[];
  /** The word that an operand which is none of them stands behind, if it may be left out. */
  readonly default?: string;
}

/** How options of other programs are read. */
export interface Habits {
  /** Whether options that the table knows look as if another program's were meant. */
  suspects(parsed: Parsed): boolean;
  /** Loads the reader, which makes a command line of ours of it, or throws a SockeyeError. */
  load(): Promise<(args: readonly string[], table: OptionTable) => Parsed>;
}

/** A command as the table knows it. */
export interface CommandSpec extends Pick<Word, "name" | "summary" | "typed"> {
  /** What follows the name, `[MODE] [ADDRESS]`. */
  readonly operands: string;
  /** A few lines about the operands. */
  readonly about: string;
  /** The words that its first operand may be, if they are known. */
  readonly words?: Words;
  /** Options of the command and of its words. */
  readonly options: OptionTable;
  /** Shown at the end of its help: words after `sockeye`, and what they do. */
  readonly examples: readonly (readonly [args: string, does: string])[];
  /** Reads a command line with options of other programs, where people type them out of habit. */
  readonly habits?: Habits;
  /**
   * Checks for the permissions that a command line takes besides those of its options; each throws MissingPermission.
   *
   * @throws {SockeyeError} `usage`
   */
  checks?(line: Parsed): readonly (() => void)[];
  /**
   * Does the work.
   *
   * @returns the exit code, for a command that has reported its end and its failures itself; else nothing
   * @throws {SockeyeError} when it failed
   */
  run(run: Run): Promise<number | void>;
}

/** Makes a table entry. The command gets its own options parsed; those of its words are parsed by the code that uses them. */
export function defineCommand<T extends OptionTable>(
  definition: Omit<CommandSpec, "run" | "options"> & {
    readonly options: T;
    run(values: Values<T & typeof COMMON_OPTIONS>, run: Run): Promise<number | void>;
  },
): CommandSpec {
  const { options, words } = definition;
  return {
    ...definition,
    options: Object.assign({}, options, ...(words?.list.map((word) => word.options) ?? [])),
    run: (run) => definition.run(readOptions(run.given, { ...COMMON_OPTIONS, ...options }), run),
  };
}

/** The options that a word of a command does not share with all of its words. */
export function ownOptions({ options, words }: CommandSpec, { options: own = {}, excludes = [] }: Partial<Word> = {}): {
  readonly word: OptionTable;
  readonly rest: OptionTable;
} {
  const claimed = new Set(words?.list.flatMap((word) => Object.keys(word.options ?? {})));
  const rest = Object.entries(options).filter(([name]) => !claimed.has(name) && !excludes.includes(name));
  return { word: own, rest: Object.fromEntries(rest) };
}

/** The encodings that were asked for. */
export function encodingsOf({ encoding }: CommonValues): Encodings {
  return encoding ?? { write: "utf-8", read: "utf-8" };
}

/**
 * The encoding that was asked for, a canonical name.
 *
 * @throws {SockeyeError} `usage` for two of them
 */
export function encodingOf(values: CommonValues): string {
  const { write, read } = encodingsOf(values);
  if (write === read) return read;
  throw new SockeyeError(
    "usage",
    say(
      "two-encodings",
    )`Option -e ${`${write}:${read}`} is for client, which writes and reads; give one encoding`,
  );
}

/** The error for a word that is none of the names: `what` is their kind, in the singular. */
export function unknownWord(
  what: string,
  word: string,
  names: readonly string[],
  guess: Phrased = didYouMean(word, names),
): SockeyeError {
  const kind = new Phrase(`kind-${what}`, what);
  const all = names.join(", ");
  return new SockeyeError(
    "usage",
    new Phrase("unknown-word", `Unknown ${what} ${quoteAddress(word)}${guess} (${what}s: ${all})`, [
      kind,
      quoteAddress(word),
      guess,
      all,
    ]),
  );
}

/** Opens the output that the common options ask for; errors and the end of the command are reported there. */
export async function openOutput(
  command: CommandName,
  values: CommonValues,
  { system, sink, onOutput }: Pick<Run, "system" | "sink" | "onOutput">,
  extra: Partial<OutputOptions> = {},
): Promise<Output> {
  const terminal = { stdout: system.stdout.isTerminal(), stderr: system.stderr.isTerminal() };
  const { read, write } = encodingsOf(values);
  const translate = await loadTranslate(values.lang ?? system.language());
  const options: OutputOptions = {
    ...values,
    translate,
    encoding: read,
    sentEncoding: write,
    terminal: terminal.stdout,
    columns: () => system.columns(),
    raw: command === "client" && !terminal.stdout && !values.json && values.encoding === undefined && !values.time,
    ...extra,
  };
  const colorize = makeColorize(values.color ?? "auto", { noColor: system.noColor, terminal });
  const output = new Output(sink, command, options, colorize, await loadTrafficView(command, options));
  onOutput(output);
  // In raw mode, under an editor, the terminal shows no ^C.
  const stopped = () => system.signal.reason?.kind === "interrupt" && system.stdin.isTerminal() && output.interrupted();
  system.signal.addEventListener("abort", stopped, { once: true });
  return output;
}
