/**
 * The process as commands see it: what `main.ts` picked and nothing else, so that tests can pass fakes.
 *
 * @module
 */

import type { ByteReader } from "../bytes.ts";
import type { Language } from "../language.ts";
import type { OutputStream } from "../output/sink.ts";
import type { Thread, WorkerRole } from "../server/worker_protocol.ts";

/** Standard input. */
export interface Input extends ByteReader {
  /** Whether it is a terminal. */
  isTerminal(): boolean;
  /**
   * Switches raw mode on or off: in raw mode the terminal does not edit lines. With `cbreak` it still turns Ctrl-C and
   * Ctrl-Z into signals.
   */
  setRaw(on: boolean, options?: { readonly cbreak: boolean }): void;
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
  /** The language that the system is set to. */
  language(): Language;
  /** Stops the command as SIGINT does; for a terminal in raw mode, where Ctrl-C may be only a key. */
  interrupt(): void;
  /** Whether the process is in the foreground of its terminal; undefined where that cannot be found out. */
  inForeground(): Promise<boolean | undefined>;
  /** Calls a function whenever the process goes on after it was stopped (SIGCONT); returns a function that ends that. */
  onContinue(act: () => void): () => void;
  /**
   * Calls a function at each SIGHUP, unless a terminal of the process is gone: that stops the command. Returns a function
   * that ends that.
   */
  onHangup(act: () => void): () => void;
  /** Width of the terminal in columns; 80 where there is none. */
  columns(): number;
  /** Height of the terminal in rows; 24 where there is none. */
  rows(): number;
  /** Starts a thread that runs the same command line as a worker. */
  startWorker(): Thread;
  /** What the server command of a worker needs; undefined in the main thread. */
  readonly worker?: WorkerRole;
}
