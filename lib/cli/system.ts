/**
 * What the program stands on: the streams and signals that `main.ts` picked. Commands see nothing else of the process, so a
 * test can hand them their own.
 *
 * @module
 */

import type { ByteReader, ByteWriter } from "../bytes.ts";
import type { Duty } from "../server/worker_protocol.ts";

/** Standard input. */
export interface Input extends ByteReader {
  /** Whether a person types it. */
  isTerminal(): boolean;
  /** Switches line editing of the terminal off or on. */
  setRaw(on: boolean): void;
}

/** Standard output or standard error. */
export interface OutputStream extends ByteWriter {
  /** Whether a person reads it. */
  isTerminal(): boolean;
}

/** Another thread of the process; it runs the same command line. */
export type Thread = Pick<Worker, "addEventListener" | "postMessage" | "terminate">;

/** The process as commands see it. */
export interface System {
  /** Standard input. */
  readonly stdin: Input;
  /** Standard output. */
  readonly stdout: OutputStream;
  /** Standard error. */
  readonly stderr: OutputStream;
  /** Aborted at the first SIGINT or SIGTERM; the reason is a SockeyeError of kind `interrupt` or `terminate`. */
  readonly signal: AbortSignal;
  /** Whether NO_COLOR is set. */
  readonly noColor: boolean;
  /**
   * Stops the command as Ctrl-C does; for a terminal in raw mode, where Ctrl-C is a key.
   */
  interrupt(): void;
  /** Width of the terminal in columns; 80 where there is none. */
  columns(): number;
  /** Starts a thread that has a {@linkcode duty}. */
  startWorker(): Thread;
  /** What this thread shall do for the one that started it; the main thread has none. */
  readonly duty?: Duty;
}
