/**
 * Finds the command of a command line, reads its options and runs it, or prints the help or the version.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Given, OptionTable } from "../options.ts";
import type { Sink } from "../output/sink.ts";
import { quoteAddress } from "../printable.ts";
import { type CommandSpec, COMMON_OPTIONS, type Run, unknownWord } from "./command.ts";
import { type Parsed, parseOptions } from "./parse.ts";
import { type CommandEntry, COMMANDS, loadCommands } from "./table.ts";
import { versionLine } from "./version.ts";

/** The process that a command line runs in. */
export type Context = Pick<Run, "system" | "sink" | "onOutput">;

/**
 * Runs a command line.
 *
 * @returns the exit code, from a command that has reported its end itself; else nothing
 * @throws {SockeyeError} `usage` for a wrong command line, and what the command throws
 */
export async function dispatch(args: readonly string[], context: Context): Promise<number | void> {
  refuseForeign(args);
  const { entry, rest } = findCommand(args);
  if (!entry) return await withoutCommand(args, context.sink);
  const command = await entry.load();
  const parsed = await parseFor(command, rest);
  const { given } = parsed;
  if (isGiven(given, "help")) return void context.sink.write("stdout", await helpFor(command.name));
  if (isGiven(given, "version")) return void context.sink.write("stdout", versionLine());
  return await command.run({ ...context, ...parsed });
}

/** Reads the options of a command; where that fails or looks wrong, those of other programs as well. */
async function parseFor({ options, habits }: CommandSpec, args: readonly string[]): Promise<Parsed> {
  const table = { ...COMMON_OPTIONS, ...options };
  let parsed: Parsed | undefined;
  let failure: unknown;
  try {
    parsed = parseOptions(args, table);
  } catch (error) {
    failure = error;
  }
  if (habits && (parsed === undefined || habits.suspects(parsed))) return (await habits.load())(args, table);
  if (parsed === undefined) throw failure;
  return parsed;
}

/** Deno reads arguments as UTF-8, and puts U+FFFD in the place of other bytes: what was meant is lost. */
function refuseForeign(args: readonly string[]): void {
  const foreign = args.find((word) => word.includes("\ufffd"));
  if (foreign === undefined) return;
  const advice = "give such bytes in a file or on standard input, or set the terminal to UTF-8";
  throw new SockeyeError("usage", `Argument ${quoteAddress(foreign)} is not UTF-8: ${advice}`);
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

async function withoutCommand(args: readonly string[], sink: Sink): Promise<void> {
  const { operands, given } = parseOptions(args, COMMON_OPTIONS);
  const [name = "", topic = ""] = operands;
  if (isGiven(given, "version")) return void sink.write("stdout", versionLine());
  if (name === "help" || (name === "" && isGiven(given, "help"))) {
    return void sink.write("stdout", await helpFor(topic));
  }
  if (name === "") throw new SockeyeError("usage", "Missing command; `sockeye --help` lists them");
  throw unknownCommand(name);
}

async function helpFor(topic: string): Promise<string> {
  const { commandHelp, programHelp } = await import("./help.ts");
  if (topic === "") return programHelp(await loadCommands());
  const entry = COMMANDS.find(({ name }) => name === topic);
  if (!entry) throw unknownCommand(topic);
  return commandHelp(await entry.load());
}

function unknownCommand(name: string): SockeyeError {
  const option = Object.keys(COMMON_OPTIONS).find((known) => known === name);
  const guess = option === undefined ? undefined : ` - did you mean "--${option}"?`;
  return unknownWord("command", name, COMMANDS.map((known) => known.name), guess);
}
