/**
 * What faults work on. A fault is a function of what passes: it takes a segment and gives those that come of it, each with the
 * time at which it is to be passed on. It has no clock and no socket; `line.ts` has them.
 *
 * @module
 */

import type { Dir } from "../../events.ts";
import type { Traits } from "../../transport/transport.ts";
import type { Random } from "../../random.ts";

/** Milliseconds between the last bytes and a reset, which would destroy what is still on its way. */
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
  /** Milliseconds that lie at least between the one before and this one. */
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
  /** Takes the next segment, gives what comes of it. */
  apply(segment: Segment): Iterable<Segment>;
}

/** One kind of fault. */
export interface FaultKind {
  /** An example of its value. */
  readonly example: string;
  /** The transports that it is for. */
  fits(transport: Traits): boolean;
  /** Reads its value and gives what makes the fault; throws an Error that says what was expected. */
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
