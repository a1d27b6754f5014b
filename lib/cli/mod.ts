/**
 * From a command line to an exit code: runs the command and reports how it ended. This file loads little, so that
 * `sockeye --version` is fast.
 *
 * @module
 */

import { messageOf, SockeyeError, stateOf } from "../errors.ts";
import { settledWithin, unlessAborted } from "../wait.ts";
import type { DoneEvent, ErrorEvent } from "../events.ts";
import type { Output } from "../output/output.ts";
import { Sink, type Stream } from "../output/sink.ts";
import { escapeControls } from "../printable.ts";
import type { Context } from "./dispatch.ts";
import type { System } from "./system.ts";
import { versionLine } from "./version.ts";

/** Runs one command line. Never rejects; everything is written when the promise settles. */
export async function main(args: readonly string[], system: System): Promise<number> {
  const sink = new Sink(system);
  const ending = new Ending(sink, system.signal, args.includes("--json"));
  sink.onClose = (stream, error) => ending.onStreamClosed(stream, error);
  try {
    const code = await run(args, { system, sink, onOutput: (output) => ending.output = output });
    ending.code = code ?? (system.signal.aborted ? toSockeyeError(system.signal.reason).exitCode : 0);
    ending.isReported = code !== undefined;
  } catch (thrown) {
    await ending.fail(toSockeyeError(thrown));
  }
  return await ending.finish();
}

/** Milliseconds that a stopped process waits for the reader of its output. */
const FLUSH_MS = 1_000;

/** Waits until everything is written, but not long once a signal has come: a stalled reader must not keep us alive. */
export async function flush(sink: Sink, stop: AbortSignal): Promise<void> {
  await unlessAborted(sink.flush(), stop).catch(() => settledWithin(sink.flush(), FLUSH_MS));
}

/** The end of a command line: collects what happens and reports it where the command reports. */
class Ending {
  /** The exit code, set when the command has ended. */
  code = 0;
  /** Whether the command has reported its end itself. */
  isReported = false;
  /** The output of the command, once it has opened one; before that, reports go straight to the sink. */
  output: Output | undefined;
  readonly #sink: Sink;
  readonly #stop: AbortSignal;
  readonly #json: boolean;
  readonly #started = performance.now();
  #writeFailure: SockeyeError | undefined;

  constructor(sink: Sink, stop: AbortSignal, json: boolean) {
    this.#sink = sink;
    this.#stop = stop;
    this.#json = json;
  }

  /** Reports the failure of the command. A signal needs no explanation. */
  async fail({ kind, message, exitCode }: SockeyeError): Promise<void> {
    this.code = exitCode;
    if (kind === "interrupt" || kind === "terminate") return;
    await this.#report({ event: "error", kind, message });
  }

  /** A reader that has left (`| head`) is no failure; anything else on stdout is one. */
  onStreamClosed(stream: Stream, error: unknown): void {
    if (stream !== "stdout" || error instanceof Deno.errors.BrokenPipe) return;
    this.#writeFailure = new SockeyeError("file", `Cannot write to stdout: ${stateOf(error)}`, { cause: error });
    void this.#sink.write("stderr", `sockeye: ${this.#writeFailure.message}\n`);
  }

  /** Reports the end, waits until everything is written, and returns the exit code. */
  async finish(): Promise<number> {
    const ms = Math.round(performance.now() - this.#started);
    const totals = this.output?.totals ?? { peers: 0, received: 0, sent: 0 };
    if (!this.isReported) await this.#report({ event: "done", ...totals, ms, code: this.code });
    await flush(this.#sink, this.#stop);
    // Only a signal leaves something unwritten.
    const unread = this.#sink.queued > 0 ? toSockeyeError(this.#stop.reason).exitCode : 0;
    return this.code || this.#writeFailure?.exitCode || unread;
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
  if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
    return void context.sink.write("stdout", versionLine());
  }
  const { dispatch } = await import("./dispatch.ts");
  return await dispatch(args, context);
}

/** Gives anything thrown a message for the user and an exit code. */
export function toSockeyeError(thrown: unknown): SockeyeError {
  if (thrown instanceof SockeyeError) return thrown;
  if (thrown instanceof Deno.errors.NotCapable) {
    return new SockeyeError("permission", messageOf(thrown), { cause: thrown });
  }
  return new SockeyeError("session", `Unexpected failure: ${messageOf(thrown)}`, { cause: thrown });
}
