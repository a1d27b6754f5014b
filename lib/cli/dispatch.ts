/**
 * Finds the command of a command line, reads its options and runs it, or prints the help or the version.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Given, OptionTable } from "../options.ts";
import { type Phrased, say } from "../phrase.ts";
import { quoteAddress } from "../printable.ts";
import { type CommandSpec, COMMON_OPTIONS, type Run, unknownWord } from "./command.ts";
import type { Help } from "./help.ts";
import { type Parsed, parseOptions, UnknownOption } from "./parse.ts";
import { demand, hasUsual, missingFlags, MissingPermission } from "../permissions.ts";
import { didYouMean } from "../wording.ts";
import { type CommandEntry, COMMANDS, loadCommands } from "./table.ts";
import { versionLine } from "./version.ts";

/** The process that a command line runs in. */
export type Context = Pick<Run, "system" | "sink" | "onOutput">;

/**
 * Runs a command line.
 *
 * @returns the exit code, if the command has reported its end itself; else nothing
 * @throws {SockeyeError} `usage` for a wrong command line, and what the command throws
 */
export async function dispatch(args: readonly string[], context: Context): Promise<number | void> {
  refuseForeign(args);
  const { entry, rest } = findCommand(args);
  if (!entry) return await withoutCommand(args, context);
  const command = await entry.load();
  const line = await parseFor(command, rest);
  const { operands, given } = line;
  const { sink } = context;
  if (isGiven(given, "help")) {
    return void sink.write("stdout", await helpFor([command.name, ...operands], args, context));
  }
  if (isGiven(given, "version")) return void sink.write("stdout", versionLine());
  let missing: string[] = [];
  try {
    // Checked before the command gives up permissions, and skipped if it has all of them: it takes a millisecond.
    if (!hasUsual()) {
      missing = missingFlags([
        ...command.checks?.(line) ?? [],
        ...given.flatMap((one) => checksOf(one, command.options)),
      ]);
    }
    return await command.run({ ...context, ...line });
  } catch (error) {
    throw error instanceof MissingPermission ? error.with(missing) : await withHint(error, rest, command.name);
  }
}

/** Checks for the permissions that an option takes; a file that it names is the only one that it needs. */
function checksOf({ name, flag, text }: Given, table: OptionTable): (() => void)[] {
  const { needs = [], value } = table[name] ?? {};
  return needs.map((need) => () =>
    demand(need, value === "FILE" && text !== "" ? text : undefined, say("use")`use ${flag}`)
  );
}

/** Reads the options of a command; where that fails or looks wrong, those of other programs as well. */
async function parseFor({ name, options, habits }: CommandSpec, args: readonly string[]): Promise<Parsed> {
  const table = { ...COMMON_OPTIONS, ...options };
  if (!habits) return await parse(args, table, name);
  let parsed: Parsed | undefined;
  try {
    parsed = parseOptions(args, table);
  } catch (error) {
    if (!(error instanceof UnknownOption)) return await parse(args, table, name);
  }
  if (parsed && !habits.suspects(parsed)) return parsed;
  try {
    return (await habits.load())(args, table);
  } catch (error) {
    if (error instanceof UnknownOption) return await parse(args, table, name);
    throw error;
  }
}

/** Reads the options; the error about an unknown one takes code that a correct command line does not load. */
async function parse(args: readonly string[], table: OptionTable, command?: string): Promise<Parsed> {
  try {
    return parseOptions(args, table);
  } catch (error) {
    if (error instanceof UnknownOption) {
      throw await (await import("./unknown_option.ts")).explainOption(error, command);
    }
    throw command === undefined ? error : await withHint(error, args, command);
  }
}

/** Adds a hint to the error about a wrong command line that seems to be meant for nc or curl. */
async function withHint(error: unknown, args: readonly string[], command: string): Promise<unknown> {
  if (!(error instanceof SockeyeError) || error.kind !== "usage") return error;
  const hint = (await import("./habits.ts")).letterHint(args, command, error.message);
  return hint === "" ? error : new SockeyeError("usage", say("both")`${error.phrase}${hint}`, { cause: error });
}

/** Deno reads arguments as UTF-8, and replaces other bytes by U+FFFD, so the original bytes are lost. */
function refuseForeign(args: readonly string[]): void {
  const foreign = args.find((word) => word.includes("\ufffd"));
  if (foreign === undefined) return;
  throw new SockeyeError(
    "usage",
    say("not-utf-8")`Argument ${
      quoteAddress(foreign)
    } is not UTF-8: give such bytes in a file or on standard input, or set the terminal to UTF-8`,
  );
}

function isGiven(given: readonly Given[], name: string): boolean {
  return given.some((option) => option.name === name);
}

/** Finds the command: the first word that is neither an option nor the value of one. */
function findCommand(args: readonly string[]): { entry: CommandEntry | undefined; rest: readonly string[] } {
  const at = args.findIndex((word, i) => !word.startsWith("-") && !takesValue(args[i - 1] ?? ""));
  const entry = COMMANDS.find(({ name }) => name === args[at]);
  return { entry, rest: args.toSpliced(at, 1) };
}

/** Whether this word is a common option whose value is the next word. */
function takesValue(word: string): boolean {
  const table: OptionTable = COMMON_OPTIONS;
  return Object.entries(table).some(([name, { short, value }]) =>
    value !== undefined && (word === `--${name}` || (short !== undefined && word === `-${short}`))
  );
}

async function withoutCommand(args: readonly string[], { system, sink }: Context): Promise<void> {
  const { operands, given } = await parse(args, COMMON_OPTIONS);
  const [name = "", ...topics] = operands;
  if (name === "" && given.every((one) => one.name === "lang")) {
    return void sink.write("stdout", (await openHelp(args, system)).short(await loadCommands()));
  }
  if (isGiven(given, "version")) return void sink.write("stdout", versionLine());
  if (name === "help" || (name === "" && isGiven(given, "help"))) {
    return void sink.write("stdout", await helpFor(topics, args, { system }));
  }
  if (name === "") {
    throw new SockeyeError("usage", say("missing-command")`Missing command; \`sockeye --help\` lists them`);
  }
  throw unknownCommand(name);
}

/** The help of the program, of a command or of one of its words. */
async function helpFor(
  [topic, first]: readonly string[],
  args: readonly string[],
  { system }: Pick<Context, "system">,
): Promise<string> {
  const help = await openHelp(args, system);
  if (topic === undefined) return help.program(await loadCommands());
  const entry = COMMANDS.find(({ name }) => name === topic);
  if (!entry) throw unknownCommand(topic);
  return help.command(await entry.load(), first);
}

/** The help in the language of a command line. */
async function openHelp(args: readonly string[], system: Context["system"]): Promise<Help> {
  const { Help, loadHelpLanguage } = await import("./help.ts");
  const { languageFor } = await import("./language.ts");
  return new Help(await loadHelpLanguage(languageFor(args, system)), system.columns());
}

function unknownCommand(name: string): SockeyeError {
  const option = Object.keys(COMMON_OPTIONS).find((known) => known === name);
  const names = COMMANDS.map((known) => known.name);
  return unknownWord(
    "command",
    name,
    names,
    option === undefined ? commandFor(name, names) : say("did-you-mean")` - did you mean "${`--${option}`}"?`,
  );
}

/** What to put before an address: nc and curl take it as the first word. */
function commandFor(word: string, names: readonly string[]): Phrased {
  if (/^https?:\/\//i.test(word)) return say("to-download")` - to download: sockeye fetch URL`;
  if (/^\d+$|[:.]|^localhost$/.test(word)) {
    return say("to-connect")` - to connect: sockeye client HOST PORT; to listen: sockeye server PORT`;
  }
  return didYouMean(word, names);
}
