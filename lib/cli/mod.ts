/**
 * From words to an exit code: finds the command, reads its options, runs it, tells how it ended.
 *
 * @module
 */

import { EXIT_CODES, messageOf, SockeyeError } from "../errors.ts";
import { wait } from "../wait.ts";
import type { DoneEvent, ErrorEvent } from "../events.ts";
import type { OptionTable } from "../options.ts";
import { eventLine } from "../output/json.ts";
import type { Output } from "../output/output.ts";
import { Sink, type Stream } from "../output/sink.ts";
import { escapeControls, quote } from "../printable.ts";
import type { CommandSpec, Run } from "./command.ts";
import { cert } from "./commands/cert.ts";
import { client } from "./commands/client.ts";
import { fetch } from "./commands/fetch.ts";
import { server } from "./commands/server.ts";
import { COMMON_OPTIONS } from "./common.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseOptions } from "./parse.ts";
import { didYouMean } from "./suggest.ts";
import type { System } from "./system.ts";
import { versionLine } from "./version.ts";

/** The table of commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [server, client, fetch, cert];

/**
 * Runs one command line. Everything is written when the promise settles.
 *
 * @param args the words after the program's name
 * @param system the process
 * @returns the exit code
 */
export async function main(args: readonly string[], system: System): Promise<number> {
  const sink = new Sink({ stdout: system.stdout, stderr: system.stderr });
  const ending = new Ending(sink, args.includes("--json"));
  sink.onClose = (stream, error) => ending.lose(stream, error);
  try {
    const code = await dispatch(args, { system, sink, onOutput: (output) => ending.output = output });
    ending.code = code ?? (system.signal.aborted ? toSockeyeError(system.signal.reason).exitCode : 0);
    ending.told = code !== undefined;
  } catch (thrown) {
    ending.fail(toSockeyeError(thrown));
  }
  return await ending.finish();
}

/** Milliseconds that a stopped process waits for its output to be read. */
const FLUSH_MS = 1_000;

function isStopped(code: number): boolean {
  return code === EXIT_CODES.interrupt || code === EXIT_CODES.terminate;
}

/** How a command line ended, and whom to tell. */
class Ending {
  code = 0;
  /** The command has told its end itself. */
  told = false;
  output: Output | undefined;
  readonly #sink: Sink;
  readonly #json: boolean;
  readonly #started = performance.now();
  #lost: SockeyeError | undefined;

  /**
   * @param sink the way out
   * @param json what went wrong before there was an output is told as JSON too
   */
  constructor(sink: Sink, json: boolean) {
    this.#sink = sink;
    this.#json = json;
  }

  /** A signal is no failure to explain: the person who sent it knows. */
  fail({ kind, message, exitCode }: SockeyeError): void {
    this.code = exitCode;
    if (kind === "interrupt" || kind === "terminate") return;
    this.#report({ event: "error", kind, message });
  }

  /** A stream takes no more. A reader that left (`| head`) wanted no more; anything else is a failure. */
  lose(stream: Stream, error: unknown): void {
    if (stream !== "stdout" || error instanceof Deno.errors.BrokenPipe) return;
    this.#lost = new SockeyeError("file", `Cannot write to stdout: ${messageOf(error)}`, { cause: error });
    void this.#sink.write("stderr", `sockeye: ${this.#lost.message}\n`);
  }

  /** Tells the end and waits until everything is written. */
  async finish(): Promise<number> {
    const ms = Math.round(performance.now() - this.#started);
    const tally = this.output?.tally ?? { peers: 0, received: 0, sent: 0 };
    if (!this.told) this.#report({ event: "done", ...tally, ms, code: this.code });
    // A reader that has stalled must not keep a process alive that was told to end.
    const done = new AbortController();
    const patience = isStopped(this.code) ? [wait(FLUSH_MS, done.signal).catch(() => {})] : [];
    await Promise.race([this.#sink.flush(), ...patience]);
    done.abort();
    return this.code || this.#lost?.exitCode || 0;
  }

  #report(event: ErrorEvent | DoneEvent): void {
    if (this.output) return void this.output.report(event);
    if (this.#json) void this.#sink.write("stdout", eventLine(event, new Date()));
    if (event.event === "error") void this.#sink.write("stderr", `sockeye: ${escapeControls(event.message)}\n`);
  }
}

async function dispatch(
  args: readonly string[],
  context: Pick<Run, "system" | "sink" | "onOutput">,
): Promise<number | void> {
  const { command, rest } = findCommand(args);
  if (!command) return withoutCommand(args, context.sink);
  const { values, operands, given } = parseOptions(rest, { ...COMMON_OPTIONS, ...command.options });
  if (values.help) return print(context.sink, commandHelp(command));
  if (values.version) return print(context.sink, versionLine());
  return await command.run(values, { ...context, operands, given });
}

/** The command is the first word; options may stand before it. */
function findCommand(args: readonly string[]): { command: CommandSpec | undefined; rest: readonly string[] } {
  const at = args.findIndex((word, i) => !word.startsWith("-") && !takesValue(args[i - 1] ?? ""));
  const command = COMMANDS.find(({ name }) => name === args[at]);
  return { command, rest: args.toSpliced(at, 1) };
}

/** Whether the word after this one is its value. */
function takesValue(word: string): boolean {
  return Object.entries(COMMON_OPTIONS as OptionTable).some(([name, { short, value }]) =>
    value !== undefined && (word === `--${name}` || (short !== undefined && word === `-${short}`))
  );
}

function withoutCommand(args: readonly string[], sink: Sink): void {
  const { values, operands } = parseOptions(args, COMMON_OPTIONS);
  const [name = "", topic = ""] = operands;
  if (values.version) return print(sink, versionLine());
  if (name === "help" || (name === "" && values.help)) return print(sink, helpFor(topic));
  if (name === "") throw new SockeyeError("usage", "Missing command; `sockeye --help` lists them");
  throw unknownCommand(name);
}

function helpFor(topic: string): string {
  if (topic === "") return programHelp(COMMANDS);
  const command = COMMANDS.find(({ name }) => name === topic);
  if (!command) throw unknownCommand(topic);
  return commandHelp(command);
}

function unknownCommand(name: string): SockeyeError {
  const names = COMMANDS.map((known) => known.name);
  const list = `(commands: ${names.join(", ")})`;
  return new SockeyeError("usage", `Unknown command ${quote(name)}${didYouMean(name, names)} ${list}`);
}

function print(sink: Sink, text: string): void {
  void sink.write("stdout", text);
}

function toSockeyeError(thrown: unknown): SockeyeError {
  if (thrown instanceof SockeyeError) return thrown;
  if (thrown instanceof Deno.errors.NotCapable) {
    return new SockeyeError("permission", messageOf(thrown), { cause: thrown });
  }
  return new SockeyeError("session", `Unexpected failure: ${messageOf(thrown)}`, { cause: thrown });
}
