/**
 * `--ignore`: bytes that may differ between the recording and the received data.
 *
 * @module
 */

import { commonLength, latin1 } from "../bytes.ts";

/** Finds bytes that may differ: a pattern over bytes as Latin-1. */
export type IgnorePattern = RegExp;

/** Stands for ignored bytes, of whatever length. */
const IGNORED = 256;

/** Bytes in which the parts that may differ are masked. */
export interface Masked {
  /** The bytes; each part that may differ is replaced by a single number that is not a byte. */
  readonly codes: readonly number[];
  /** Where each of them begins in the bytes, and at the end their length. */
  readonly offsets: readonly number[];
}

/**
 * Reads a pattern: a regular expression over bytes, or `hex:01??ff` where `??` is any byte. Characters beyond ASCII
 * stand for their bytes in UTF-8.
 *
 * @throws {Error} what is wrong with it
 */
export function asIgnorePattern(text: string): IgnorePattern {
  if (text.startsWith("hex:")) return hexPattern(text.slice(4));
  if (text === "") throw new Error("expected a regular expression or hex:01??ff");
  const source = text.replace(/\P{ASCII}/gu, (character) => {
    const bytes = [...new TextEncoder().encode(character)];
    return `(?:${bytes.map((byte) => `\\x${byte.toString(16)}`).join("")})`;
  });
  return new RegExp(source, "gm");
}

function hexPattern(text: string): RegExp {
  const digits = text.replace(/[\s,:-]/g, "");
  if (!/^(?:[0-9a-f]{2}|\?\?)+$/i.test(digits)) {
    throw new Error("expected pairs of hexadecimal digits, or ?? for any byte, such as hex:01??ff");
  }
  return new RegExp(digits.replace(/../g, (pair) => pair === "??" ? "[^]" : `\\x${pair}`), "g");
}

/** Masks the matches of the patterns. */
export function mask(bytes: Uint8Array, patterns: readonly IgnorePattern[]): Masked {
  const text = latin1(bytes);
  const ends = new Map<number, number>();
  for (const pattern of patterns) {
    for (const { 0: { length }, index } of text.matchAll(pattern)) {
      if (length > 0) ends.set(index, Math.max(ends.get(index) ?? 0, index + length));
    }
  }
  const codes: number[] = [];
  const offsets: number[] = [];
  for (let at = 0; at < bytes.length;) {
    let end = ends.get(at);
    codes.push(end === undefined ? bytes[at]! : IGNORED);
    offsets.push(at);
    // A match may begin within another.
    for (let i = at++; end !== undefined && i < end; i++) at = end = Math.max(end, ends.get(i) ?? 0);
  }
  offsets.push(bytes.length);
  return { codes, offsets };
}

/** What comparing two byte arrays found. */
export interface Comparison {
  /** Whether one is the other, or its beginning. */
  readonly fits: boolean;
  /** Offset in the recording of the first byte that differs or has not arrived. */
  readonly recordedAt: number;
  /** Offset in the received data of the first byte that differs or exceeds the recording. */
  readonly receivedAt: number;
  /** Whether all recorded bytes have arrived. */
  readonly complete: boolean;
}

/** Compares from the beginning to the end of the shorter one, except for the matches of the patterns. */
export function compare(
  recorded: Uint8Array,
  received: Uint8Array,
  patterns: readonly IgnorePattern[],
): Comparison {
  if (patterns.length === 0) {
    const at = commonLength(recorded, received);
    const fits = at === Math.min(recorded.length, received.length);
    return { fits, recordedAt: at, receivedAt: at, complete: at === recorded.length };
  }
  const [one, other] = [mask(recorded, patterns), mask(received, patterns)];
  const at = commonLength(one.codes, other.codes);
  return {
    fits: at === Math.min(one.codes.length, other.codes.length),
    recordedAt: one.offsets[at]!,
    receivedAt: other.offsets[at]!,
    complete: at === one.codes.length,
  };
}

/** Whether two messages are equal except for the matches of the patterns. */
export function isSame(one: Uint8Array, other: Uint8Array, patterns: readonly IgnorePattern[]): boolean {
  const { complete, receivedAt } = compare(one, other, patterns);
  return complete && receivedAt === other.length;
}
