/**
 * What the main thread of `server --workers` and its workers say to each other.
 *
 * @module
 */

import type { SockeyeError } from "../errors.ts";
import type { Totals } from "../events.ts";
import type { Language } from "../language.ts";
import type { Need } from "../permissions.ts";
import type { Address } from "../transport/address.ts";
import type { Credentials } from "../transport/transport.ts";
import type { ConnectionCounter } from "./connection_counter.ts";

/** A standard stream that a worker writes to by way of the main thread. */
export type WorkerStream = "stdout" | "stderr";

/** What a worker has to know besides the command line. */
export interface WorkerConfig {
  /** Where all listen, with the real port. */
  readonly address: Address;
  /** What a TLS server shows. */
  readonly credentials?: Credentials | undefined;
  /** Memory of the counter that all share. */
  readonly memory: SharedArrayBuffer;
  /** Number of the worker; the main thread has 0. */
  readonly thread: number;
  /** Permissions to keep for a worker that takes another one's place. All threads share them: what one gives up is gone. */
  readonly needs: readonly Need[];
  /** Which streams are terminals. */
  readonly terminal: Readonly<Record<WorkerStream, boolean>>;
  /** Whether NO_COLOR is set. */
  readonly noColor: boolean;
  /** The language of the system. */
  readonly language: Language;
}

/** What the server command gets when it runs in a worker. */
export interface WorkerRole extends Pick<WorkerConfig, "address" | "credentials" | "needs"> {
  /** Shared with the other workers. */
  readonly counter: ConnectionCounter;
  /** Says that this worker listens; settles when all do. */
  ready(): Promise<void>;
}

/** A message to a worker. */
export type ToWorker =
  | { readonly type: "start"; readonly config: WorkerConfig }
  /** All workers listen. */
  | { readonly type: "serve" }
  /** The last write to a stream was taken: the worker may write more to it. */
  | { readonly type: "written"; readonly stream: WorkerStream }
  /** It comes again and again until the worker has ended, and is answered each time. */
  | { readonly type: "stop" };

/** A message of a worker. */
export type FromWorker =
  /** It receives messages. A message that came earlier would be lost. */
  | { readonly type: "started" }
  | { readonly type: "listening" }
  | { readonly type: "write"; readonly stream: WorkerStream; readonly bytes: Uint8Array }
  /** It has heard `stop`: it does not hang. */
  | { readonly type: "stopping" }
  | { readonly type: "ended"; readonly totals: Totals; readonly failure?: WorkerFailure | undefined };

/** A SockeyeError on its way between threads. */
export type WorkerFailure = Pick<SockeyeError, "kind" | "message">;

/** A thread of the process; it runs the same command line. */
export type Thread = Pick<Worker, "addEventListener" | "postMessage" | "terminate">;
