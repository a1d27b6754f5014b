/**
 * The process as commands see it: the streams and signals that `main.ts` picked, and nothing else, so that a test can give them
 * its own.
 *
 * @module
 */

import type { ByteReader, ByteWriter } from "../bytes.ts";
import type { Thread, WorkerRole } from "../server/workers.ts";

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
  /** Starts a thread that runs this command line as a worker. */
  startWorker(): Thread;
  /** Only in a worker: what its server command has to do. */
  readonly worker?: WorkerRole;
}
