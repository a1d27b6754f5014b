/**
 * A captured conversation as the replay sees it: messages and ends in their original order.
 *
 * @module
 */

import type { Dir } from "../events.ts";
import type { EndKind } from "./recorder.ts";

/** Bytes that passed. */
export interface RecordedMessage {
  /** Its direction. */
  readonly dir: Dir;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** Its place among the messages of both directions, from 1. */
  readonly number: number;
  /** The bytes stand outside a frame. */
  readonly stray?: boolean;
}

/** The end of a direction, or of both. */
export interface RecordedEnd {
  /** The end that sends no more. */
  readonly dir: Dir;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** How: `reset` ends both directions. */
  readonly how: EndKind;
}

/** What passed. */
export type RecordedStep = RecordedMessage | RecordedEnd;

/** A conversation. */
export interface RecordedConversation {
  /** Its number in the capture, from 1. */
  readonly number: number;
  /** True for datagrams. */
  readonly connectionless: boolean;
  /** Milliseconds since 1970 of its first packet. */
  readonly start: number;
  /** In the order in which they passed. */
  readonly steps: readonly RecordedStep[];
}

/** Whether a step is a message. */
export function isMessage(step: RecordedStep): step is RecordedMessage {
  return "bytes" in step;
}

/** A client's message and the server's reaction until the next one. */
export interface Exchange {
  /** Number of its conversation in the capture. */
  readonly stream: number;
  /** The client's message; the end of its half; or the server's data before its first message. */
  readonly kind: "message" | "end" | "begin";
  /** Number of the first message in it; 0 where it has none. */
  readonly number: number;
  /** What the client said; empty where it is no message. */
  readonly request: Uint8Array;
  /** Milliseconds since 1970 of the client's last byte in it. */
  readonly time: number;
  /** What the server answered, and how it ended. */
  readonly answers: readonly RecordedStep[];
}
