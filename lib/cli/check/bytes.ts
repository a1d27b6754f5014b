/**
 * Bytes on one row of a report: text in quotes, or hex where they are no text, shortened around a place.
 *
 * @module
 */

import { escapeControls } from "../../printable.ts";
import { TextStream } from "../../text/decode.ts";
import { graphemeWidth } from "../../text/graphemes.ts";
import { measureOf } from "../../text/measure.ts";

/** How bytes are shown. */
export interface BytesForm {
  /** The encoding of text, a canonical name. */
  readonly encoding: string;
  /** Whether all bytes are shown in hex. */
  readonly hex: boolean;
}

/** A character, or in hex a byte, with the bytes that it stands for. */
interface Cell {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** What stands for bytes that are not shown. */
const ELLIPSIS = "…";

/** The part of bytes that may be no text, or control characters, where they are still shown as text. */
const STRANGE_MAX = 0.3;

/** Bytes that are looked at to decide that. */
const SAMPLE = 4_096;

/** Whether bytes are better read in hex. */
export function isBinary(bytes: Uint8Array, encoding: string): boolean {
  const sample = bytes.subarray(0, SAMPLE);
  const { text, invalid } = new TextStream(encoding).push(sample);
  // deno-lint-ignore no-control-regex -- they are what is counted
  const controls = text.match(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g)?.length ?? 0;
  return invalid + controls > sample.length * STRANGE_MAX;
}

/** Bytes on a row. */
export interface ShownBytes {
  /** In quotes or as hex, with `…` where it goes on. */
  readonly text: string;
  /** Whether bytes were left out. */
  readonly shortened: boolean;
  /** The column of the byte that was asked for, from the beginning of the text. */
  readonly column: number;
}

/**
 * Shows bytes.
 *
 * @param columns how many may be taken
 * @param window where to begin, from {@linkcode windowStart}, and the byte whose column is wanted. Default: their beginning
 */
export function showBytes(
  bytes: Uint8Array,
  form: BytesForm,
  columns: number,
  { from = 0, at = 0 }: { readonly from?: number; readonly at?: number } = {},
): ShownBytes {
  const cells = cellsOf(bytes, form, from, columns);
  const [open, close, gap] = form.hex ? ["", "", 1] : ['"', '"', 0];
  const before = from > 0 ? ELLIPSIS : "";
  let room = columns - open.length - close.length - before.length;
  const shown: string[] = [];
  let column = open.length + before.length;
  let end = from;
  for (const [i, { text, to }] of cells.entries()) {
    const width = widthOf(text) + (i === 0 ? 0 : gap);
    const rest = to < bytes.length ? ELLIPSIS.length : 0;
    if (room - width < rest) break;
    room -= width;
    shown.push(text);
    if (to <= at) column += widthOf(text) + gap;
    end = to;
  }
  const after = end < bytes.length ? ELLIPSIS : "";
  const text = `${before}${open}${shown.join(" ".repeat(gap))}${close}${after}`;
  return { text, shortened: before !== "" || after !== "", column };
}

/**
 * Where to begin so that the byte `at`, and half a row of what stands before it, can be seen. It depends on nothing behind
 * that byte: what came and what was expected begin at the same place, and stand below each other.
 */
export function windowStart(bytes: Uint8Array, form: BytesForm, columns: number, at: number): number {
  let width = 0;
  const before = cellsOf(bytes.subarray(0, at), form, Math.max(0, at - 4 * columns), 5 * columns);
  const total = before.reduce((sum, { text }) => sum + widthOf(text) + (form.hex ? 1 : 0), 0);
  const isWhole = before[0] === undefined || before[0].from === 0;
  if (isWhole && total <= columns * 0.7) return 0;
  for (const { text, from } of before.toReversed()) {
    width += widthOf(text) + (form.hex ? 1 : 0);
    if (width > columns / 2) return from;
  }
  return before[0]?.from ?? 0;
}

/** At most `count` cells of bytes, from the first character on that begins at `from` or behind it. */
function cellsOf(bytes: Uint8Array, { encoding, hex }: BytesForm, from: number, count: number): Cell[] {
  const cells: Cell[] = [];
  const measure = measureOf(encoding);
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  for (let at = hex ? from : 0; at < bytes.length && cells.length < count;) {
    const length = hex ? 1 : measure(bytes, at);
    // What is invalid, or cut at the end, is shown byte by byte.
    const to = length > 0 ? at + length : at + 1;
    if (at >= from) {
      const part = bytes.subarray(at, to);
      const text = hex ? part.toHex() : length > 0 ? safe(decoder.decode(part)) : `\\x${part.toHex()}`;
      cells.push({ text, from: at, to });
    }
    at = to;
  }
  return cells;
}

/** A character as it is written in a report. */
function safe(text: string): string {
  if (text === "\n") return "\\n";
  if (text === "\t") return "\\t";
  return escapeControls(text);
}

/** Characters stand by themselves here: a mark takes no column. */
function widthOf(text: string): number {
  return Array.from(text, graphemeWidth).reduce((sum, width) => sum + width, 0);
}
