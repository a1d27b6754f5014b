/**
 * One small state machine for each frame rule but pauses. A scanner is given a stream in chunks of any size and keeps
 * what it has to know of the earlier ones, so that where messages end does not depend on the chunks.
 *
 * @module
 */

import type { Frame, LengthField, LengthFrame } from "./framing.ts";

/** Finds where messages end. */
export interface Scanner {
  /** Continues at `bytes[at]`; undefined when the message does not end in these bytes. */
  next(bytes: Uint8Array, at: number): End | undefined;
  /** Whether the bytes since the last end stand outside a frame. */
  readonly stray?: boolean;
  /** How many of the last bytes may yet turn out to be stray, or the beginning of the next message. Default 0. */
  readonly undecided?: number;
}

/** The end of a message. */
export interface End {
  /** Index of the byte after the message; below 0 where that byte is in an earlier chunk. */
  readonly at: number;
  /** How many bytes of the next message the scanner has taken. Default 0. */
  readonly ahead?: number;
  /** Whether the bytes stand outside a frame. */
  readonly stray?: boolean;
}

/** Makes the scanner of a rule. */
export function makeScanner(frame: Exclude<Frame, { by: "gap" }>): Scanner {
  switch (frame.by) {
    case "line":
      return new TailScanner(Uint8Array.of(0x0a));
    case "fixed":
      return new FixedScanner(frame.size);
    case "until":
      return new TailScanner(frame.tail);
    case "between":
      return new BetweenScanner(frame.head, frame.tail);
    case "length":
      return new LengthScanner(frame);
  }
}

class FixedScanner implements Scanner {
  readonly #size: number;
  #left: number;

  constructor(size: number) {
    this.#size = size;
    this.#left = size;
  }

  next(bytes: Uint8Array, at: number): End | undefined {
    const end = at + this.#left;
    if (end > bytes.length) return void (this.#left = end - bytes.length);
    this.#left = this.#size;
    return { at: end };
  }
}

class TailScanner implements Scanner {
  readonly #tail: Pattern;

  constructor(tail: Uint8Array) {
    this.#tail = new Pattern(tail);
  }

  next(bytes: Uint8Array, at: number): End | undefined {
    const end = this.#tail.find(bytes, at);
    return end < 0 ? undefined : { at: end };
  }
}

class BetweenScanner implements Scanner {
  readonly #head: Pattern;
  readonly #tail: Pattern;
  #inside = false;
  /** Bytes since the last message that were scanned for a head. */
  #outside = 0;

  constructor(head: Uint8Array, tail: Uint8Array) {
    this.#head = new Pattern(head);
    this.#tail = new Pattern(tail);
  }

  get stray(): boolean {
    return !this.#inside;
  }

  get undecided(): number {
    return this.#inside ? 0 : this.#head.matched;
  }

  next(bytes: Uint8Array, at: number): End | undefined {
    let from = at;
    if (!this.#inside) {
      from = this.#head.find(bytes, at);
      this.#outside += (from < 0 ? bytes.length : from) - at;
      if (from < 0) return undefined;
      const { length } = this.#head;
      this.#inside = true;
      if (this.#outside > length) return { at: from - length, ahead: length, stray: true };
    }
    const end = this.#tail.find(bytes, from);
    if (end < 0) return undefined;
    this.#inside = false;
    this.#outside = 0;
    return { at: end };
  }
}

/** Bytes of the fixed forms of a length field, and whether the lowest comes first. */
const FORMS: Readonly<Record<Exclude<LengthField, "varint">, { readonly size: number; readonly little: boolean }>> = {
  u8: { size: 1, little: false },
  u16be: { size: 2, little: false },
  u16le: { size: 2, little: true },
  u24be: { size: 3, little: false },
  u32be: { size: 4, little: false },
  u32le: { size: 4, little: true },
};

/** Bytes of the longest varint: 49 bits, so that its value is exact. */
const VARINT_MAX = 7;

/** Bytes of the length field of a message; a varint that is cut has as many as are there. */
export function fieldSizeOf({ field, at }: LengthFrame, message: Uint8Array): number {
  if (field !== "varint") return FORMS[field].size;
  const bytes = message.subarray(at, at + VARINT_MAX);
  return bytes.findIndex((byte) => byte < 0x80) + 1 || bytes.length;
}

class LengthScanner implements Scanner {
  readonly #frame: LengthFrame;
  /** Bytes of the message that were scanned, until its length is known. */
  #seen = 0;
  #value = 0;
  /** Bytes that the message still needs; undefined until its length is known. */
  #left: number | undefined;

  constructor(frame: LengthFrame) {
    this.#frame = frame;
  }

  get undecided(): number {
    return this.#seen;
  }

  next(bytes: Uint8Array, at: number): End | undefined {
    let from = at;
    while (this.#left === undefined) {
      const before = this.#frame.at - this.#seen;
      const skipped = Math.min(Math.max(before, 0), bytes.length - from);
      this.#seen += skipped;
      from += skipped;
      if (from === bytes.length) return undefined;
      if (this.#takesLast(bytes[from++]!)) {
        this.#left = this.#value + this.#frame.adjust;
        this.#seen = this.#value = 0;
      }
    }
    // A length that ends inside the field makes no message: the bytes up to here are stray.
    const stray = this.#left < 0;
    const end = from + Math.max(this.#left, 0);
    if (end > bytes.length) return void (this.#left = end - bytes.length);
    this.#left = undefined;
    return stray ? { at: end, stray } : { at: end };
  }

  /** Takes a byte of the field; returns whether it is the last one. */
  #takesLast(byte: number): boolean {
    const { field, at } = this.#frame;
    const index = this.#seen++ - at;
    if (field === "varint") {
      this.#value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return true;
      if (index + 1 < VARINT_MAX) return false;
      this.#value = -Infinity; // No length that a message could have.
      return true;
    }
    const { size, little } = FORMS[field];
    this.#value += byte * 2 ** (8 * (little ? index : size - 1 - index));
    return index === size - 1;
  }
}

/** A sequence of bytes that is looked for across chunks, in linear time (Knuth, Morris and Pratt). */
class Pattern {
  readonly #bytes: Uint8Array;
  /** For each number of bytes that match: how many match still when the next one does not. */
  readonly #fallbacks: readonly number[];
  #matched = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const fallbacks = [0, 0];
    for (let at = 1, matched = 0; at < bytes.length; at++) {
      while (matched > 0 && bytes[at] !== bytes[matched]) matched = fallbacks[matched]!;
      if (bytes[at] === bytes[matched]) matched++;
      fallbacks.push(matched);
    }
    this.#fallbacks = fallbacks;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** How many of its bytes match at the end of the searched bytes. */
  get matched(): number {
    return this.#matched;
  }

  /** Returns the index after the pattern, which may begin in an earlier chunk; -1 if it does not end in these bytes. */
  find(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      if (this.#matched === 0) {
        at = bytes.indexOf(this.#bytes[0]!, at);
        if (at < 0) return -1;
      }
      while (this.#matched > 0 && bytes[at] !== this.#bytes[this.#matched]) {
        this.#matched = this.#fallbacks[this.#matched]!;
      }
      if (bytes[at] === this.#bytes[this.#matched]) this.#matched++;
      if (this.#matched === this.#bytes.length) {
        this.#matched = 0;
        return at + 1;
      }
    }
    return -1;
  }
}
