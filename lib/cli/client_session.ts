/**
 * What ends a client from outside, and the terminal that it holds.
 *
 * @module
 */

import { SockeyeError, stateOf } from "../errors.ts";
import type { Output } from "../output/output.ts";
import { say } from "../phrase.ts";
import type { Run } from "./command.ts";
import { hasTerminal, openTerminalInput, type TerminalInput } from "./terminal_input.ts";

/** One run of a client. Its terminal is given back with its scope. */
export interface Session extends Disposable {
  /** Aborted by Ctrl-C, by the deadline, or when stdout is closed. */
  readonly signal: AbortSignal;
  /** The reason of the signal when the reader of stdout has left (`| head`): no failure, there is just no more to do. */
  readonly readerLeft: SockeyeError;
  /** What a person at a terminal types. */
  readonly input: TerminalInput | undefined;
}

/** Begins a run; `deadline` is in milliseconds. */
export async function openSession(
  { system, sink }: Run,
  output: Output,
  deadline: number | undefined,
): Promise<Session> {
  const own = new AbortController();
  const readerLeft = new SockeyeError("session", "Stdout was closed");
  sink.onClose = (stream, cause) => {
    if (stream !== "stdout") return;
    const failure = new SockeyeError("file", `Cannot write to stdout: ${stateOf(cause)}`, { cause });
    own.abort(cause instanceof Deno.errors.BrokenPipe ? readerLeft : failure);
  };
  const late = (ms: number) => new SockeyeError("timeout", say("deadline")`Not done after ${ms / 1000} s (deadline)`);
  const timer = deadline === undefined ? undefined : setTimeout(() => own.abort(late(deadline)), deadline);
  const input = hasTerminal(system) ? await openTerminalInput({ system, sink, output }) : undefined;
  return {
    signal: AbortSignal.any([system.signal, own.signal]),
    readerLeft,
    input,
    [Symbol.dispose](): void {
      clearTimeout(timer);
      input?.[Symbol.dispose]();
    },
  };
}
