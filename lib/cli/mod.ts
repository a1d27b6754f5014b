/**
 * From words to an exit code: has the command run, tells how it ended. Little is loaded here, so that scripts which ask for
 * the version do not wait for what they do not use.
 *
 * @module
 */

import { EXIT_CODES, messageOf, SockeyeError, stateOf } from "../errors.ts";
import { settledWithin } from "../wait.ts";
import type { DoneEvent, ErrorEvent } from "../events.ts";
import type { Output } from "../output/output.ts";
import { Sink, type Stream } from "../output/sink.ts";
import { escapeControls } from "../printable.ts";
import type { Context } from "./dispatch.ts";
import type { System } from "./system.ts";
import { isVersionAsked, versionLine } from "./version.ts";

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
    const code = await run(args, { system, sink, onOutput: (output) => ending.output = output });
    ending.code = code ?? (system.signal.aborted ? toSockeyeError(system.signal.reason).exitCode : 0);
    ending.told = code !== undefined;
  } catch (thrown) {
    await ending.fail(toSockeyeError(thrown));
  }
  return await ending.finish();
}

/** Milliseconds that a stopped process waits for its output to be read. */
const FLUSH_MS = 1_000;

/**
 * Waits until everything is written. A reader that has stalled must not keep a process alive that was told to end.
 *
 * @param sink where it was written to
 * @param stopped whether it was told to end
 */
export async function flush(sink: Sink, stopped: boolean): Promise<void> {
  if (stopped) await settledWithin(sink.flush(), FLUSH_MS);
  else await sink.flush();
}

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
  async fail({ kind, message, exitCode }: SockeyeError): Promise<void> {
    this.code = exitCode;
    if (kind === "interrupt" || kind === "terminate") return;
    await this.#report({ event: "error", kind, message });
  }

  /** A stream takes no more. A reader that left (`| head`) wanted no more; anything else is a failure. */
  lose(stream: Stream, error: unknown): void {
    if (stream !== "stdout" || error instanceof Deno.errors.BrokenPipe) return;
    this.#lost = new SockeyeError("file", `Cannot write to stdout: ${stateOf(error)}`, { cause: error });
    void this.#sink.write("stderr", `sockeye: ${this.#lost.message}\n`);
  }

  /** Tells the end and waits until everything is written. */
  async finish(): Promise<number> {
    const ms = Math.round(performance.now() - this.#started);
    const totals = this.output?.totals ?? { peers: 0, received: 0, sent: 0 };
    if (!this.told) await this.#report({ event: "done", ...totals, ms, code: this.code });
    await flush(this.#sink, isStopped(this.code));
    return this.code || this.#lost?.exitCode || 0;
  }

  async #report(event: ErrorEvent | DoneEvent): Promise<void> {
    if (this.output) return void this.output.report(event);
    if (this.#json) {
      const { eventLine } = await import("../output/json.ts");
      void this.#sink.write("stdout", eventLine(event, new Date()));
    }
    if (event.event === "error") void this.#sink.write("stderr", `sockeye: ${escapeControls(event.message)}\n`);
  }
}

async function run(args: readonly string[], context: Context): Promise<number | void> {
  if (isVersionAsked(args)) return void context.sink.write("stdout", versionLine());
  const { dispatch } = await import("./dispatch.ts");
  return await dispatch(args, context);
}

/**
 * Whatever was thrown as a failure that a person can read.
 *
 * @param thrown anything
 * @returns the failure
 */
export function toSockeyeError(thrown: unknown): SockeyeError {
  if (thrown instanceof SockeyeError) return thrown;
  if (thrown instanceof Deno.errors.NotCapable) {
    return new SockeyeError("permission", messageOf(thrown), { cause: thrown });
  }
  return new SockeyeError("session", `Unexpected failure: ${messageOf(thrown)}`, { cause: thrown });
}
