/**
 * Ways to say a conversation: the same bytes in other writes, at other times.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { Cut } from "./cuts.ts";

/** What is sent before the next answer is waited for. */
export interface Turn {
  /** Each is a write of its own. */
  readonly pieces: readonly Uint8Array[];
  /** Milliseconds between two of them. */
  readonly pauseMs: number;
  /** How many messages of the conversation have been sent then. */
  readonly said: number;
  /** Milliseconds in which the answer is not read. Default: none. */
  readonly heldMs?: number;
  /** Whether our half ends right after it. */
  readonly halfCloses?: true;
}

/** A conversation in writes. */
export type Plan = readonly Turn[];

/** Each message in a write of its own. */
export function uncut(messages: readonly Uint8Array[]): Plan {
  return messages.map((message, i) => ({ pieces: [message], pauseMs: 0, said: i + 1 }));
}

/** One message in two pieces. */
export function cutOnce(messages: readonly Uint8Array[], { message, at }: Cut, pauseMs: number): Plan {
  return change(messages, message, (bytes) => ({ pieces: [bytes.subarray(0, at), bytes.subarray(at)], pauseMs }));
}

/** Two messages, the first with this index, in one write. */
export function gluedAt(messages: readonly Uint8Array[], index: number): Plan {
  return glue(messages, index, index + 2);
}

/** All messages in one write. */
export function gluedAll(messages: readonly Uint8Array[]): Plan {
  return glue(messages, 0, messages.length);
}

function glue(messages: readonly Uint8Array[], from: number, to: number): Plan {
  const turn = { pieces: [concat(messages.slice(from, to))], pauseMs: 0, said: to };
  const plan = uncut(messages);
  return [...plan.slice(0, from), turn, ...plan.slice(to)];
}

/** Each byte in a write of its own, all pauses together of so many milliseconds. */
export function bytewise(messages: readonly Uint8Array[], totalMs: number, pauseMaxMs: number): Plan {
  const count = messages.reduce((sum, { length }) => sum + length, 0);
  const pauseMs = Math.min(pauseMaxMs, totalMs / count);
  return messages.map((message, i) => ({
    pieces: [...message].map((byte) => Uint8Array.of(byte)),
    pauseMs,
    said: i + 1,
  }));
}

/** Each message in two halves, all pauses together of so many milliseconds. */
export function inHalves(messages: readonly Uint8Array[], totalMs: number, pauseMaxMs: number): Plan {
  const pauseMs = Math.min(pauseMaxMs, totalMs / messages.length);
  return messages.map((message, i) => {
    const at = Math.ceil(message.length / 2);
    return { pieces: [message.subarray(0, at), message.subarray(at)], pauseMs, said: i + 1 };
  });
}

/** The answer to one message is not read for so long. */
export function heldAt(messages: readonly Uint8Array[], index: number, heldMs: number): Plan {
  return change(messages, index, (bytes) => ({ pieces: [bytes], pauseMs: 0, heldMs }));
}

/** Our half ends right after the last message. */
export function halfClosing(messages: readonly Uint8Array[]): Plan {
  return change(messages, messages.length - 1, (bytes) => ({ pieces: [bytes], pauseMs: 0, halfCloses: true }));
}

function change(
  messages: readonly Uint8Array[],
  index: number,
  turn: (message: Uint8Array) => Omit<Turn, "said">,
): Plan {
  return uncut(messages).map((write, i) => i === index ? { ...turn(messages[i]!), said: write.said } : write);
}
