/**
 * Bytes to the rows of a hex dump with the text beside them.
 *
 * In the text each byte is one column, so that the columns of a row line up: a character is shown at its last byte, after
 * a blank for each byte that it has more than columns. A character that has no width or that a terminal would act on is
 * shown as a dot. Rows are made as bytes, not as strings: a dump of both directions must not slow a server down.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { type Glyphs, glyphsOf } from "./glyphs.ts";
import { resolveEncoding } from "./encodings.ts";
import { type Measure, measureOf } from "./measure.ts";

/** Bytes per row: with the offset and the text they fit in 80 columns. */
const ROW = 16;

/** Digits of the longest offset, with the two blanks behind it; most have eight. */
const OFFSET_MAX = 18;

/** Columns of a full row of digits: two per byte, one between bytes, one more after the eighth. */
const DIGITS_WIDTH = 3 * ROW;

/** Bytes of the text of one byte, at the most: a character of one byte may have three in UTF-8, and one of two four. */
const TEXT_MAX = 4;

/** Bytes of a row, at the most: with the blanks and bars around the text, and the line end. */
const ROW_MAX = OFFSET_MAX + DIGITS_WIDTH + 5 + ROW * TEXT_MAX;

const BLANK = 0x20, BAR = 0x7c, NEWLINE = 0x0a, DOT = 0x2e;

const DIGITS = new TextEncoder().encode("0123456789abcdef");

/** What is shown for each byte of ASCII: itself, or a dot. */
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) => code >= BLANK && code !== 0x7f ? code : DOT);

/**
 * Makes the rows of a hex dump of one stream.
 *
 * @example
 * ```ts ignore
 * const dump = new HexDump("utf-8");
 * new TextDecoder().decode(dump.push(Uint8Array.of(0x48, 0x69, 0x0a)));
 * // "00000000  48 69 0a                                          |Hi.|\n"
 * ```
 */
export class HexDump {
  readonly #measure: Measure;
  readonly #glyphs: Glyphs;
  /** The incomplete character at the end of the last push: at most 3 bytes. */
  #pending: Uint8Array = new Uint8Array(0);
  /** Bytes of the stream before the next push. */
  #offset: number;

  /** Begins at an offset of a stream; an unknown encoding throws a SockeyeError of kind `usage`. */
  constructor(encoding: string, offset = 0) {
    this.#offset = offset;
    const name = resolveEncoding(encoding);
    this.#measure = measureOf(name);
    this.#glyphs = glyphsOf(name);
  }

  /**
   * Makes the rows of a chunk, in UTF-8, each with its line end. Each chunk begins a new row.
   *
   * @param whole true for a complete message, which may be empty and whose last character is not continued by the next
   * push
   * @param prefix stands before each row
   */
  push(bytes: Uint8Array, whole = false, prefix: Uint8Array = new Uint8Array(0)): Uint8Array {
    const marks = this.#marks(bytes, whole);
    const length = whole ? Math.max(bytes.length, 1) : bytes.length;
    const rows = new Uint8Array(Math.ceil(length / ROW) * (prefix.length + ROW_MAX));
    let at = 0;
    for (let from = 0; from < length; from += ROW) {
      rows.set(prefix, at);
      at = writeOffset(rows, at + prefix.length, this.#offset + from);
      const to = Math.min(from + ROW, bytes.length);
      at = writeDigits(rows, at, bytes, from, to);
      at = this.#writeText(rows, at, marks, from, to);
    }
    this.#offset += bytes.length;
    return rows.subarray(0, at);
  }

  /** Leaves out so many bytes of the stream, and the character that was not complete before them. */
  skip(bytes: number): void {
    this.#pending = new Uint8Array(0);
    this.#offset += bytes;
  }

  /** The number of the glyph that is shown for each byte: a character for its last byte, 0 for the bytes before it. */
  #marks(bytes: Uint8Array, whole: boolean): Int32Array {
    this.#glyphs.trim();
    const { isAscii } = this.#glyphs;
    const before = this.#pending.length;
    const all = concat([this.#pending, bytes]);
    const marks = new Int32Array(all.length);
    let at = 0;
    for (let length = 1; at < all.length && length !== 0; at += Math.abs(length)) {
      if (isAscii && all[at]! < 0x80) {
        marks[at] = ASCII[all[at]!]!;
        length = 1;
        continue;
      }
      length = this.#measure(all, at);
      for (let i = at; i < at - length; i++) marks[i] = DOT;
      if (length > 0) marks[at + length - 1] = this.#glyphs.numberOf(all, at, length);
    }
    if (whole) marks.fill(DOT, at);
    this.#pending = whole ? new Uint8Array(0) : all.slice(at);
    return before > 0 ? marks.subarray(before) : marks;
  }

  /** Writes the text of a row; a character gets a blank before it for each byte in this row beyond its width. */
  #writeText(rows: Uint8Array, at: number, marks: Int32Array, from: number, to: number): number {
    rows[at++] = BLANK;
    rows[at++] = BAR;
    let waiting = 0;
    for (let i = from; i < to; i++) {
      const mark = marks[i]!;
      waiting++;
      if (mark === 0) continue;
      const glyph = mark < 0x80 ? undefined : this.#glyphs.at(mark);
      for (let blanks = waiting - (glyph?.width ?? 1); blanks > 0; blanks--) rows[at++] = BLANK;
      waiting = 0;
      if (!glyph) rows[at++] = mark;
      else for (let j = 0; j < glyph.bytes.length; j++) rows[at++] = glyph.bytes[j]!;
    }
    while (waiting-- > 0) rows[at++] = BLANK;
    rows[at++] = BAR;
    rows[at++] = NEWLINE;
    return at;
  }
}

/** Writes an offset of eight digits, or of more where the stream is longer than 4 GiB. */
function writeOffset(rows: Uint8Array, at: number, offset: number): number {
  const high = Math.floor(offset / 2 ** 32);
  if (high > 0) { for (const digit of high.toString(16)) rows[at++] = digit.charCodeAt(0); }
  for (let shift = 28; shift >= 0; shift -= 4) rows[at++] = DIGITS[(offset >>> shift) & 15]!;
  rows[at++] = BLANK;
  rows[at++] = BLANK;
  return at;
}

function writeDigits(rows: Uint8Array, at: number, bytes: Uint8Array, from: number, to: number): number {
  const end = at + DIGITS_WIDTH + 1;
  for (let i = from; i < to; i++) {
    if (i - from === ROW / 2) rows[at++] = BLANK;
    const byte = bytes[i]!;
    rows[at++] = DIGITS[byte >> 4]!;
    rows[at++] = DIGITS[byte & 15]!;
    rows[at++] = BLANK;
  }
  while (at < end) rows[at++] = BLANK;
  return at;
}
