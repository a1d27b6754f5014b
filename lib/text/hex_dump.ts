/**
 * Bytes to the rows of a hex dump with the text beside them.
 *
 * In the text each byte is one column, so that the columns of a row line up: a character is shown at its last byte,
 * after a blank for each byte that it has more than columns. Where a row cuts a character, it is shown in the row that
 * has room for it, the later one if both have. A character that has no width or that a terminal would act on is shown
 * as a dot, and so is each byte of one that no row has room for, or that is incomplete. Rows are made as bytes, not as
 * strings: a dump of both directions must not slow a server down.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { type Glyphs, glyphsOf } from "./glyphs.ts";
import { resolveEncoding } from "./encodings.ts";
import { type Measure, measureOf } from "./measure.ts";

/** The most bytes per row: with the offset and the text they fit in 80 columns. */
const ROW = 16;

/** Bytes per row that fit into so many columns: 16 from 78 columns on, 8 from 45 on, else 4. */
export function bytesPerRow(columns: number): number {
  return [16, 8].find((bytes) => columns >= OFFSET_WIDTH + 4 * bytes + (bytes > HALF ? 4 : 3)) ?? 4;
}

/** After so many bytes of a row there is one more blank. */
const HALF = 8;

/** Columns of an offset of eight digits and the blanks behind it. */
const OFFSET_WIDTH = 10;

/** Digits of the longest offset, with the two blanks behind it; most have eight. */
const OFFSET_MAX = 18;

/** Bytes of the text of one byte, at the most: a character of one byte may have three in UTF-8, and one of two four. */
const TEXT_MAX = 4;

/** Bytes of a row, at the most: with the blanks and bars around the text, and the line end. */
const ROW_MAX = OFFSET_MAX + 3 * ROW + 6 + ROW * TEXT_MAX;

const BLANK = 0x20, BAR = 0x7c, NEWLINE = 0x0a, DOT = 0x2e;

const DIGITS = new TextEncoder().encode("0123456789abcdef");

/** What is shown for each byte of ASCII: itself, or a dot. */
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) => code >= BLANK && code !== 0x7f ? code : DOT);

/** Bytes of a chunk whose digits are coloured. */
export interface Span {
  /** The first one, from 0. */
  readonly from: number;
  /** The byte after the last one. */
  readonly to: number;
  /** What switches the colour on, and off again. */
  readonly colour: readonly [on: Uint8Array, off: Uint8Array];
}

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
   * @param options `row`: bytes per row, at most 16, which is the default; `spans` do not overlap, and stand in the order of
   * the bytes
   */
  push(
    bytes: Uint8Array,
    whole = false,
    { row = ROW, spans = [] }: { readonly row?: number | undefined; readonly spans?: readonly Span[] } = {},
  ): Uint8Array {
    const marks = this.#marks(bytes, whole, row);
    const length = whole ? Math.max(bytes.length, 1) : bytes.length;
    const coloured = spans.reduce((sum, { colour: [on, off] }) => sum + on.length + off.length, 0);
    const rows = new Uint8Array(Math.ceil(length / row) * (ROW_MAX + coloured));
    let at = 0;
    for (let from = 0; from < length; from += row) {
      at = writeOffset(rows, at, this.#offset + from);
      const to = Math.min(from + row, bytes.length);
      at = writeDigits(rows, at, { bytes, from, to, row, spans });
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
  #marks(bytes: Uint8Array, whole: boolean, row: number): Int32Array {
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
      if (length > 0) this.#place(marks, this.#glyphs.numberOf(all, at, length), { at, length, before, row });
    }
    // Also an incomplete character: its rest may arrive much later.
    marks.fill(DOT, at);
    this.#pending = whole ? new Uint8Array(0) : all.slice(at);
    return before > 0 ? marks.subarray(before) : marks;
  }

  /** Puts the number of a glyph where it is shown, or a dot for each byte. Rows begin behind the bytes of an earlier push. */
  #place(
    marks: Int32Array,
    number: number,
    { at, length, before, row }: { at: number; length: number; before: number; row: number },
  ): void {
    const width = number < 0x80 ? 1 : this.#glyphs.at(number).width;
    const start = Math.max(at, before);
    const end = at + length;
    const lastRow = end - 1 - (end - 1 - before) % row;
    if (end - Math.max(start, lastRow) >= width) marks[end - 1] = number;
    else if (lastRow - start >= width) marks[lastRow - 1] = number;
    else marks.fill(DOT, start, end);
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

/** What the digits of a row are made from. */
interface RowParts {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly row: number;
  readonly spans: readonly Span[];
}

function writeDigits(rows: Uint8Array, at: number, { bytes, from, to, row, spans }: RowParts): number {
  let end = at + 3 * row + (row > HALF ? 1 : 0);
  const write = (sequence: Uint8Array) => {
    rows.set(sequence, at);
    at += sequence.length;
    end += sequence.length;
  };
  for (let i = from; i < to; i++) {
    if (i - from === HALF) rows[at++] = BLANK;
    const span = spans.length === 0 ? undefined : spans.find((one) => one.from <= i && i < one.to);
    if (span && (i === span.from || i === from)) write(span.colour[0]);
    const byte = bytes[i]!;
    rows[at++] = DIGITS[byte >> 4]!;
    rows[at++] = DIGITS[byte & 15]!;
    if (span && (i + 1 === span.to || i + 1 === to)) write(span.colour[1]);
    rows[at++] = BLANK;
  }
  while (at < end) rows[at++] = BLANK;
  return at;
}
