/**
 * The interface of faults. A fault is a function over the traffic: it takes a segment and returns the resulting ones,
 * each with the time at which to pass it on. It has no clock and no socket; `line.ts` has them.
 *
 * @module
 */

import type { Dir } from "../../events.ts";
import type { Traits } from "../../transport/transport.ts";
import type { Random } from "../../random.ts";

/** Milliseconds between the last bytes and a reset, which would destroy data still on its way. */
export const RESET_MS = 100;

/** Bytes that pass, or an end. */
export interface Segment {
  /** The bytes; undefined for the begin and the end of a stream. */
  readonly bytes?: Uint8Array | undefined;
  /** Whether it is a message, such as a datagram. */
  readonly whole: boolean;
  /** When it is to be passed on, in milliseconds of the clock of its line. */
  readonly at: number;
  /** Milliseconds by which the sender is too fast, so that it has to be slowed down. */
  readonly lag: number;
  /** The minimum number of milliseconds since the previous one. */
  readonly gap: number;
  /** What happens after its bytes; after `silence` nothing more passes. */
  readonly end?: "fin" | "reset" | "silence" | undefined;
  /** It is not passed on. */
  readonly lost?: true;
  /** Others overtake it. */
  readonly late?: true;
  /** What was done to it, in a few words each. */
  readonly marks: readonly string[];
}

/** A fault at work on one direction of one connection. */
export interface Fault {
  /** Takes the next segment, returns the resulting ones. */
  apply(segment: Segment): Iterable<Segment>;
}

/** One kind of fault. */
export interface FaultKind {
  /** An example of its value. */
  readonly example: string;
  /** The transports that it is for. */
  fits(transport: Traits): boolean;
  /** Parses its value and returns a factory for the fault; throws an Error with the expected form. */
  read(value: string): (random: Random) => Fault;
}

/** One `--fault`, parsed. */
export interface FaultRule {
  /** As it was written. */
  readonly text: string;
  /** The word, such as `delay`. */
  readonly kind: string;
  /** Its only direction. Default: both. */
  readonly dir?: Dir | undefined;
  /** The part of the connections that it is for, from 0 to 1. */
  readonly chance: number;
  /** Makes the fault for one direction of one connection. */
  readonly make: (random: Random) => Fault;
}

/** Cuts a segment into pieces of `size` bytes, the first of `first`. What was done stands at the first, the end at the last. */
export function* piecesOf(segment: Segment, size: number, first = size): Generator<Segment> {
  const { bytes } = segment;
  if (!bytes || bytes.length <= first) return yield segment;
  const { end, ...rest } = segment;
  for (let from = 0, to = first; from < bytes.length; from = to, to += size) {
    const isLast = to >= bytes.length;
    yield {
      ...rest,
      bytes: bytes.subarray(from, to),
      marks: from === 0 ? segment.marks : [],
      ...(isLast && end && { end }),
    };
  }
}
