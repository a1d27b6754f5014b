/**
 * What the main thread of a server and its workers say to each other.
 *
 * @module
 */

import type { ErrorKind } from "../errors.ts";
import type { Address } from "../transport/address.ts";
import type { Desk } from "./connection_counter.ts";
import type { Credentials } from "../transport/tls/server.ts";
import type { Tally } from "../output/output.ts";
import type { Stream } from "../output/sink.ts";

/** What a worker has to know besides the command line. */
export interface Order {
  /** Where all listen, with the real port. */
  readonly address: Address;
  /** What a TLS server shows. */
  readonly credentials?: Credentials | undefined;
  /** Of the desk that all share. */
  readonly memory: SharedArrayBuffer;
  /** Which streams a person reads. */
  readonly terminal: Readonly<Record<Stream, boolean>>;
  /** Whether NO_COLOR is set. */
  readonly noColor: boolean;
}

/** What a worker's command shall do. */
export interface Duty extends Pick<Order, "address" | "credentials"> {
  /** Shared with the other threads. */
  readonly desk: Desk;
  /** Says that it listens; settles when all do. */
  ready(): Promise<void>;
}

/** What a worker hears. */
export type ToWorker =
  | { readonly say: "start"; readonly order: Order }
  /** All listen. */
  | { readonly say: "serve" }
  /** What it wrote last went on its way: it may write more. */
  | { readonly say: "written" }
  | { readonly say: "stop" };

/** What a worker says. */
export type FromWorker =
  /** It hears what it is told. */
  | { readonly say: "here" }
  /** It listens. */
  | { readonly say: "ready" }
  | { readonly say: "write"; readonly stream: Stream; readonly bytes: Uint8Array }
  /** Its work is over. */
  | { readonly say: "over"; readonly tally: Tally; readonly failure?: Failure | undefined };

/** A SockeyeError on its way between threads. */
export interface Failure {
  /** What went wrong. */
  readonly kind: ErrorKind;
  /** One line. */
  readonly message: string;
}
