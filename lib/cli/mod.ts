/**
 * From words to an exit code: finds the command, reads its options, runs it, tells how it ended.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { EXIT_CODES, messageOf, SockeyeError } from "../errors.ts";
import type { Report } from "../events.ts";
import { Sink } from "../output/sink.ts";
import { escapeControls, quote } from "../text/escape.ts";
import type { CommandSpec, Outcome, Run } from "./command.ts";
import { client } from "./commands/client.ts";
import { fetch } from "./commands/fetch.ts";
import { server } from "./commands/server.ts";
import { COMMON_OPTIONS } from "./common.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseOptions } from "./parse.ts";
import { didYouMean } from "./suggest.ts";
import type { System } from "./system.ts";

/** The table of commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [server, client, fetch];

const NOTHING: Outcome = { peers: 0, received: 0, sent: 0 };

/**
 * Runs one command line. Everything is written when the promise settles.
 *
 * @param args the words after the program's name
 * @param system the process
 * @returns the exit code
 */
export async function main(args: readonly string[], system: System): Promise<number> {
  const sink = new Sink({ stdout: system.stdout, stderr: system.stderr });
  const started = performance.now();
  let report: Report | undefined;
  let outcome = NOTHING;
  let code = 0;
  try {
    outcome = await dispatch(args, { system, sink, onReport: (given) => report = given });
    code = outcome.code ?? 0;
    if (system.signal.aborted) code = toSockeyeError(system.signal.reason).exitCode;
  } catch (thrown) {
    const error = toSockeyeError(thrown);
    code = error.exitCode;
    tell(error, report, sink);
  }
  if (outcome.code === undefined) {
    await report?.({ event: "done", ...outcome, ms: Math.round(performance.now() - started), code });
  }
  await sink.flush();
  return code;
}

async function dispatch(args: readonly string[], context: Pick<Run, "system" | "sink" | "onReport">): Promise<Outcome> {
  const [name = "", ...rest] = args;
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) return withoutCommand(args, context.sink);
  const { values, operands, given } = parseOptions(rest, { ...COMMON_OPTIONS, ...command.options });
  if (values.help) return print(context.sink, commandHelp(command));
  if (values.version) return print(context.sink, version());
  return await command.run(values, { ...context, operands, given });
}

function withoutCommand(args: readonly string[], sink: Sink): Outcome {
  const [name = "", topic = ""] = args;
  if (name === "" || name === "help" || name.startsWith("-")) {
    const { values } = parseOptions(args, COMMON_OPTIONS);
    if (values.version) return print(sink, version());
    const command = COMMANDS.find((known) => known.name === topic);
    const asked = name === "help" || values.help;
    if (asked) return print(sink, command ? commandHelp(command) : programHelp(COMMANDS));
    throw new SockeyeError("usage", "Missing command; `sockeye --help` lists them");
  }
  const names = COMMANDS.map((known) => known.name);
  throw new SockeyeError(
    "usage",
    `Unknown command ${quote(name)}${didYouMean(name, names)} (commands: ${names.join(", ")})`,
  );
}

function print(sink: Sink, text: string): Outcome {
  void sink.write("stdout", text);
  return NOTHING;
}

function version(): string {
  return `${config.name} ${config.version}\n`;
}

/** A signal is no failure to explain: the person who sent it knows. */
function tell(error: SockeyeError, report: Report | undefined, sink: Sink): void {
  if (error.exitCode === EXIT_CODES.interrupt || error.exitCode === EXIT_CODES.terminate) return;
  if (report) void report({ event: "error", kind: error.kind, message: error.message });
  else void sink.write("stderr", `sockeye: ${escapeControls(error.message)}\n`);
}

function toSockeyeError(thrown: unknown): SockeyeError {
  if (thrown instanceof SockeyeError) return thrown;
  if (thrown instanceof Deno.errors.NotCapable) {
    return new SockeyeError("permission", messageOf(thrown), { cause: thrown });
  }
  return new SockeyeError("session", `Unexpected failure: ${messageOf(thrown)}`, { cause: thrown });
}
