/**
 * One end of a connection, driven by a case: it sends in pieces, waits for what must come, and keeps what happened.
 *
 * @module
 */

import type { End, Evidence, Step } from "./finding.ts";

/** One end of a connection. Its methods do not throw when the other end is gone: `end` says so. */
export interface Actor extends AsyncDisposable {
  /** What it did. */
  readonly steps: readonly Step[];
  /** What has come so far; of datagrams, all of them in a row. */
  readonly received: Uint8Array;
  /** What has come so far, datagram by datagram; over a stream, read by read. */
  readonly messages: readonly Uint8Array[];
  /** How the connection stands. */
  readonly end: End;
  /** Whether the other end refused what we sent: then it has closed the connection, and not only its own direction. */
  readonly refused: boolean;
  /** Sends each piece in a write of its own, with a pause between them. Default pause: none. */
  send(pieces: Uint8Array | readonly Uint8Array[], pauseMs?: number): Promise<void>;
  /** Says that it sends no more. */
  halfClose(): Promise<void>;
  /** Ends the connection with a reset. */
  reset(): void;
  /** Ends the connection. */
  close(): void;
  /** Stops reading, so that the other end's writes have to wait; `false` goes on. */
  hold(held: boolean): void;
  /** Waits until what has come is enough, the connection ended, or the time is over; says whether it was enough. */
  until(enough: (received: Uint8Array) => boolean, ms: number): Promise<boolean>;
  /** Waits until so many bytes have come. */
  bytes(count: number, ms: number): Promise<boolean>;
  /** Waits until the other end has ended the connection; says whether it did. */
  ended(ms: number): Promise<boolean>;
  /** What was seen, for a finding. */
  evidence(expected?: Evidence["expected"]): Evidence;
}
