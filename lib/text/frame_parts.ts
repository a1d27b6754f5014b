/**
 * The parts of a message that its frame rule knows: everything except the content.
 *
 * @module
 */

import type { Frame } from "./framing.ts";
import { fieldSizeOf } from "./scanners.ts";

/** A part of a message, from its first byte to the one after its last. */
export interface Part {
  /** What it is. */
  readonly is: "head" | "length" | "tail";
  /** Its first byte, from 0. */
  readonly from: number;
  /** The byte after its last one. */
  readonly to: number;
}

/** Finds the parts of a message, in their order; one that is unfinished or stray may lack them. */
export function partsOf(frame: Frame, message: Uint8Array): Part[] {
  const parts: Part[] = [];
  const add = (is: Part["is"], from: number, to: number) => void (to <= message.length && parts.push({ is, from, to }));
  if (frame.by === "between" && startsWith(message, frame.head)) add("head", 0, frame.head.length);
  if (frame.by === "length") add("length", frame.at, frame.at + fieldSizeOf(frame, message));
  const tail = tailLength(frame, message);
  if (tail > 0) add("tail", message.length - tail, message.length);
  return parts;
}

/** Bytes at the end of a message that end it: a line end or a tail; 0 where it has none. */
export function tailLength(frame: Frame | undefined, message: Uint8Array): number {
  if (frame?.by === "line") return message.at(-1) !== 0x0a ? 0 : message.at(-2) === 0x0d ? 2 : 1;
  if (frame?.by !== "until" && frame?.by !== "between") return 0;
  const { tail } = frame;
  return message.length >= tail.length && startsWith(message.subarray(-tail.length), tail) ? tail.length : 0;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}
