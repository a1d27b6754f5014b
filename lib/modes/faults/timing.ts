/**
 * Faults of time: `delay`, `rate` and `split`.
 *
 * @module
 */

import { asDuration, asRate } from "../../options.ts";
import { type Fault, type FaultKind, piecesOf, type Segment } from "./fault.ts";
import type { Random } from "../../random.ts";

/** Bytes of a stream that travel together: the payload of a TCP segment on Ethernet. */
const BLOCK = 1460;

/** `delay=D~J`: each block or datagram comes later; the order is kept. */
export const delay: FaultKind = {
  example: "100ms~20ms",
  fits: () => true,
  read(value) {
    const [, mean = "", jitter = "0"] = /^([^~]*)(?:~(.*))?$/.exec(value) ?? [];
    const [d, j] = [asDuration(mean), asDuration(jitter)];
    if (j > d) throw new Error("expected a jitter that is not above the delay, such as 100ms~20ms");
    return (random) => new Delay(d - j, 2 * j, random);
  },
};

class Delay implements Fault {
  readonly #least: number;
  readonly #spread: number;
  readonly #random: Random;
  /** Bytes of the present block that are still to come. */
  #left = 0;
  /** Its delay, drawn. */
  #ms = 0;
  /** When the last one is passed on. */
  #last = 0;

  constructor(least: number, spread: number, random: Random) {
    this.#least = least;
    this.#spread = spread;
    this.#random = random;
  }

  *apply(segment: Segment): Generator<Segment> {
    const { bytes, whole, end } = segment;
    if (!bytes) {
      if (this.#left === 0) this.#draw();
      return yield end ? this.#later(segment) : segment;
    }
    if (whole) {
      this.#draw();
      return yield this.#later(segment);
    }
    let waiting: Segment | undefined;
    let from = 0;
    for (const piece of piecesOf(segment, BLOCK, this.#left || BLOCK)) {
      const length = piece.bytes?.length ?? 0;
      if (this.#left === 0) this.#draw();
      this.#left -= length;
      const next = this.#later(piece);
      // Blocks that leave at the same time are written at once.
      if (waiting && waiting.at !== next.at) {
        yield waiting;
        from += waiting.bytes?.length ?? 0;
        waiting = undefined;
      }
      const size = (waiting?.bytes?.length ?? 0) + length;
      waiting = { ...(waiting ?? next), bytes: bytes.subarray(from, from + size), end: next.end };
    }
    if (waiting) yield waiting;
  }

  #draw(): void {
    this.#left = BLOCK;
    this.#ms = this.#least + this.#spread * this.#random();
  }

  #later(segment: Segment): Segment {
    let at = segment.at + this.#ms;
    if (!segment.late) at = this.#last = Math.max(this.#last, at);
    const mark = `delayed ${Math.round(at - segment.at)} ms`;
    return { ...segment, at, marks: [...segment.marks, mark] };
  }
}

/** Parts of a second that leave at once: a tenth is the most that is allowed, and timers may be late. */
const PARTS = 20;

/** `rate=S`: so many bytes a second. */
export const rate: FaultKind = {
  example: "64k",
  fits: () => true,
  read(value) {
    const perSecond = asRate(value);
    return () => new Rate(perSecond);
  },
};

class Rate implements Fault {
  readonly #perSecond: number;
  /** When the last byte before has left. */
  #free = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  *apply(segment: Segment): Generator<Segment> {
    const size = segment.whole ? Infinity : Math.max(1, Math.floor(this.#perSecond / PARTS));
    for (const piece of piecesOf(segment, size)) {
      const begin = Math.max(this.#free, piece.late ? this.#free : piece.at);
      this.#free = begin + (piece.bytes?.length ?? 0) * 1000 / this.#perSecond;
      const lag = this.#free - segment.at;
      yield { ...piece, at: Math.max(this.#free, piece.at), lag: Math.max(piece.lag, piece.late ? 0 : lag) };
    }
  }
}

/** Milliseconds between segments: with less the receiver might read two at once. */
const SPLIT_MS = 1;

/** `split=N`: segments of so many bytes. */
export const split: FaultKind = {
  example: "1",
  fits: ({ messageBoundaries }) => !messageBoundaries,
  read(value) {
    const size = asBytes(value);
    if (size === 0) throw new Error("expected at least 1 byte");
    return () => new Split(size);
  },
};

class Split implements Fault {
  readonly #size: number;
  #last = -Infinity;

  constructor(size: number) {
    this.#size = size;
  }

  *apply(segment: Segment): Generator<Segment> {
    if (!segment.bytes) return yield { ...segment, at: Math.max(segment.at, this.#last) };
    for (const piece of piecesOf(segment, this.#size)) {
      const at = this.#last = Math.max(piece.at, this.#last + SPLIT_MS);
      yield { ...piece, at, gap: SPLIT_MS, lag: Math.max(piece.lag, at - segment.at) };
    }
  }
}

/** Parses a whole number of bytes, or a size such as `64k`. */
export function asBytes(text: string): number {
  const [, number, unit = ""] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  const bytes = Number(number) * 1024 ** ["", "k", "m", "g"].indexOf(unit.toLowerCase());
  if (!Number.isSafeInteger(bytes)) throw new Error("expected a whole number of bytes, such as 1000 or 64k");
  return bytes;
}
