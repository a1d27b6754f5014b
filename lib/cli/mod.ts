/**
 * From a command line to an exit code: runs the command and reports how it ended. This file loads little, so that
 * `sockeye --version` is fast.
 *
 * @module
 */

import { messageOf, SockeyeError, stateOf, tlsDetail } from "../errors.ts";
import { settledOr, unlessAborted } from "../wait.ts";
import type { DoneEvent, ErrorEvent } from "../events.ts";
import type { Output } from "../output/output.ts";
import { Sink } from "../output/sink.ts";
import { escapeControls } from "../printable.ts";
import type { Context } from "./dispatch.ts";
import type { System } from "./system.ts";
import { versionLine } from "./version.ts";

/** Runs one command line. Never rejects; everything is written when the promise settles. */
export async function main(args: readonly string[], system: System): Promise<number> {
  const started = performance.now();
  const sink = new Sink(system);
  let output: Output | undefined;
  let writeFailure: SockeyeError | undefined;
  // A reader that has left (`| head`) is no failure; anything else on stdout is one.
  sink.onClose = (stream, cause) => {
    if (stream !== "stdout" || cause instanceof Deno.errors.BrokenPipe) return;
    writeFailure = new SockeyeError("file", `Cannot write to stdout: ${stateOf(cause)}`, { cause });
    void sink.write("stderr", `sockeye: ${writeFailure.message}\n`);
  };
  const report = async (event: ErrorEvent | DoneEvent) => {
    if (output) return void output.report(event);
    if (args.includes("--json")) {
      const { eventLine } = await import("../output/json.ts");
      void sink.write("stdout", eventLine(event, new Date()));
    }
    if (event.event === "error") {
      const { languageFor } = await import("./language.ts");
      const { loadTranslate } = await import("../output/translate.ts");
      const translate = await loadTranslate(languageFor(args, system));
      void sink.write("stderr", `sockeye: ${escapeControls(translate(event.message))}\n`);
    }
  };
  let code = 0;
  let isReported = false;
  try {
    const own = await run(args, { system, sink, onOutput: (made) => output = made });
    code = own ?? (system.signal.aborted ? toSockeyeError(system.signal.reason).exitCode : 0);
    isReported = own !== undefined;
  } catch (thrown) {
    const error = toSockeyeError(thrown);
    const { kind, phrase: message, exitCode } = error;
    code = exitCode;
    const detail = tlsDetail(error);
    if (detail !== undefined) void output?.report({ event: "notice", message: detail, detail: true });
    // A signal needs no explanation.
    if (kind !== "interrupt" && kind !== "terminate") await report({ event: "error", kind, message });
  }
  const totals = output?.totals ?? { peers: 0, received: 0, sent: 0 };
  const ms = Math.round(performance.now() - started);
  if (!isReported) await report({ event: "done", ...totals, ms, code });
  await flush(sink, system.signal);
  // Only a signal leaves data unwritten.
  const unread = sink.queued("stdout") > 0 ? toSockeyeError(system.signal.reason).exitCode : 0;
  return code || writeFailure?.exitCode || unread;
}

/** Milliseconds that a process which ends waits for the reader of its stderr, and a stopped one for that of its stdout. */
const FLUSH_MS = 1_000;

/** Waits until data is written, but not long for messages, nor for either after a signal: nothing keeps the process alive then. */
export async function flush(sink: Sink, stop: AbortSignal): Promise<void> {
  await unlessAborted(sink.flush("stdout"), stop).catch(() => {});
  if (sink.queued("stdout") + sink.queued("stderr") > 0) await settledOr(sink.flush(), FLUSH_MS);
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
