/**
 * Conversations as they are found in a capture.
 *
 * @module
 */

import type { Dir } from "../events.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndKind } from "./recorder.ts";

/** A conversation in a capture. */
export interface CapturedConversation {
  /** Its place in the order of first packets, from 1. */
  readonly number: number;
  /** True for datagrams. */
  readonly connectionless: boolean;
  /** The end that asked for the connection, or sent the first datagram. */
  readonly client: Endpoint;
  /** The other end. */
  readonly server: Endpoint;
  /** Milliseconds since 1970 of its first packet. */
  readonly start: number;
  /** Of its last packet so far. */
  readonly last: number;
  /** Whether its beginning was not captured. */
  readonly beganBefore: boolean;
}

/** How a conversation ended: by one end, or nothing tells. */
export interface Ending {
  /** The end that ended it: the client (`up`) or the server. */
  readonly dir: Dir;
  /** How. */
  readonly how: EndKind;
}

/** Receives the contents of a capture, each conversation in its original order. */
export interface CaptureHandler {
  /** A conversation begins. */
  open(conversation: CapturedConversation, time: number): void;
  /**
   * Bytes of a stream, or a datagram.
   *
   * @param more whether the next piece may belong to the same write: PSH was not set
   */
  data(conversation: CapturedConversation, dir: Dir, bytes: Uint8Array, time: number, more: boolean): void;
  /** Bytes of a direction were not captured. */
  gap(conversation: CapturedConversation, dir: Dir, bytes: number, time: number): void;
  /** A direction of a stream ended in order. */
  end(conversation: CapturedConversation, dir: Dir, time: number): void;
  /** A remark of the file. */
  comment(conversation: CapturedConversation, text: string, time: number): void;
  /** The conversation is over, or the capture is (undefined). */
  close(conversation: CapturedConversation, ending: Ending | undefined, time: number): void;
}
