/**
 * Measures the character at a position. Only this module decides what is valid, incomplete or invalid; decoding and hex
 * dumps follow it, which is why their result does not depend on where the bytes were cut.
 *
 * In all encodings handled here no character is a prefix of another one, so reading from left to right is enough.
 * UTF-8, UTF-16 and four-byte gb18030 are arithmetic; for the rest a table is made from what `TextDecoder` accepts.
 *
 * @module
 */

import { GB18030_ASTRAL_FIRST, GB18030_BMP_COUNT, sequences } from "./sequences.ts";

/**
 * Returns the length in bytes of the character at `at` if it is complete and valid, 0 if `bytes` ends before that is
 * certain (at most 3 bytes are then left), or `-n` if the next `n` bytes are not valid.
 */
export type Measure = (bytes: Uint8Array, at: number) => number;

const measures = new Map<string, Measure>();

/**
 * Returns the measure of an encoding, a name from `resolveEncoding`. Its tables (at most 128 KiB) are made at the first
 * call and kept.
 *
 * @example
 * ```ts ignore
 * const measure = measureOf("utf-8");
 * measure(Uint8Array.of(0xe4, 0xbd, 0xa0), 0); // 3
 * measure(Uint8Array.of(0xe4, 0xbd), 0); // 0: incomplete
 * measure(Uint8Array.of(0xff), 0); // -1: invalid
 * ```
 */
export function measureOf(encoding: string): Measure {
  let measure = measures.get(encoding);
  if (measure === undefined) {
    measure = makeMeasure(encoding);
    measures.set(encoding, measure);
  }
  return measure;
}

function makeMeasure(encoding: string): Measure {
  if (encoding === "utf-8") return measureUtf8;
  if (encoding === "utf-16le") return (bytes, at) => measureUtf16(bytes, at, 1);
  if (encoding === "utf-16be") return (bytes, at) => measureUtf16(bytes, at, 0);
  return measureByTable(encoding);
}

function measureUtf8(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  if (at + 1 === bytes.length) return 0;
  if (!mayFollow(lead, bytes[at + 1]!)) return -1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = at + 2; i < at + length; i++) {
    if (i === bytes.length) return 0;
    if ((bytes[i]! & 0xc0) !== 0x80) return -1;
  }
  return length;
}

/** The second byte shows overlong forms, surrogates and code points above U+10FFFF. */
function mayFollow(lead: number, second: number): boolean {
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= lowest && second <= highest;
}

function measureUtf16(bytes: Uint8Array, at: number, highByte: 0 | 1): number {
  if (at + 2 > bytes.length) return 0;
  const kind = bytes[at + highByte]! & 0xfc;
  if (kind === 0xdc) return -2;
  if (kind !== 0xd8) return 2;
  if (at + 4 > bytes.length) return 0;
  return (bytes[at + 2 + highByte]! & 0xfc) === 0xdc ? 4 : -2;
}

function measureByTable(encoding: string): Measure {
  const { one, two, three } = tablesOf(encoding);
  return (bytes, at) => {
    const first = bytes[at]!;
    const single = one[first]!;
    if (single !== 0) return single;
    if (at + 1 === bytes.length) return 0;
    const pair = two[(first << 8) | bytes[at + 1]!]!;
    if (pair !== 0) return pair;
    return three === undefined ? measureFour(bytes, at) : measureThree(bytes, at, three);
  };
}

/** Lookup tables of an encoding. */
interface Tables {
  /** The result of {@linkcode Measure} by the first byte; 0 if the second byte decides. */
  one: Int8Array;
  /** The result by the first two bytes; 0 if the third byte decides. */
  two: Int8Array;
  /** For euc-jp: 1 if `8f` and these two bytes are a character. */
  three: Uint8Array | undefined;
}

function tablesOf(encoding: string): Tables {
  const one = new Int8Array(0x100).fill(-1);
  const two = new Int8Array(0x10000).fill(-1);
  const three = encoding === "euc-jp" ? new Uint8Array(0x10000) : undefined;
  for (const { code } of sequences(encoding)) {
    if (code <= 0xff) one[code] = 1;
    else if (code <= 0xffff) two[code] = 2;
    else three![code & 0xffff] = 1;
  }
  // Pairs that need more bytes: in euc-jp 8f and a byte, in gb18030 (which the gbk decoder also accepts) a lead and a
  // digit.
  if (three !== undefined) two.fill(0, 0x8fa1, 0x8fff);
  if (encoding === "gbk" || encoding === "gb18030") {
    for (let lead = 0x81; lead <= 0xfe; lead++) two.fill(0, (lead << 8) | 0x30, (lead << 8) | 0x3a);
  }
  for (let code = 0x8000; code <= 0xffff; code++) if (two[code]! >= 0) one[code >> 8] = 0;
  return { one, two, three };
}

function measureThree(bytes: Uint8Array, at: number, three: Uint8Array): number {
  if (at + 2 === bytes.length) return 0;
  return three[(bytes[at + 1]! << 8) | bytes[at + 2]!] === 1 ? 3 : -1;
}

/** Number of code points above the first plane. */
const ASTRAL_COUNT = 0x100000;

function measureFour(bytes: Uint8Array, at: number): number {
  if (at + 2 === bytes.length) return 0;
  const third = bytes[at + 2]! - 0x81;
  if (third < 0 || third > 125) return -1;
  if (at + 3 === bytes.length) return 0;
  const fourth = bytes[at + 3]! - 0x30;
  if (fourth < 0 || fourth > 9) return -1;
  const pointer = (bytes[at]! - 0x81) * 12_600 + (bytes[at + 1]! - 0x30) * 1260 + third * 10 + fourth;
  const astral = pointer - GB18030_ASTRAL_FIRST;
  return pointer < GB18030_BMP_COUNT || (astral >= 0 && astral < ASTRAL_COUNT) ? 4 : -1;
}
