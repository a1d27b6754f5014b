/**
 * Hexadecimal digits to bytes, in any usual notation, and bytes to the rows of a hex dump with the text beside them.
 *
 * In the text of the dump each byte is one column, so that the columns of a row line up: a character is shown at its
 * last byte, after a blank for each byte that it has more than columns. A character that has no width or that a
 * terminal would act on is shown as a dot.
 *
 * @module
 */

import { unicodeWidth } from "@std/cli/unicode-width";
import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { resolveEncoding } from "./encodings.ts";
import { escapeControls, quote } from "../printable.ts";
import { type Measure, measureOf } from "./measure.ts";

const SEPARATORS = /[\s,:-]+/;
const PREFIXED_BYTE = /(?:0x|\\x)?([0-9a-f]{2})/giy;
const NOT_A_DIGIT = /[^0-9a-f]/iu;

/**
 * Parses pairs of hexadecimal digits in any case, joined or separated by blanks, commas, colons, dashes or line ends,
 * each optionally with `0x` or `\x` before it.
 *
 * @example
 * ```ts ignore
 * parseHex("0x01, 0A:ff"); // 01 0a ff
 * ```
 *
 * @throws {SockeyeError} kind `usage` for an odd number of digits or another character
 */
export function parseHex(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const token of text.split(SEPARATORS)) {
    let read = 0;
    for (const match of token.matchAll(PREFIXED_BYTE)) {
      bytes.push(parseInt(match[1]!, 16));
      read += match[0].length;
    }
    if (read < token.length) throw cannotParse(text, token, token.slice(read));
  }
  return Uint8Array.from(bytes);
}

function cannotParse(text: string, token: string, rest: string): SockeyeError {
  const wrong = rest.replace(/^(?:0x|\\x)(?=.)/i, "").match(NOT_A_DIGIT);
  const reason = wrong === null
    ? `${quote(token)} has an odd number of digits`
    : `${quote(wrong[0])} is not a hexadecimal digit`;
  return new SockeyeError("usage", `Cannot parse hex ${quote(text)}: ${reason}`);
}

/** Bytes per row: with the offset and the text they fit in 80 columns. */
const ROW = 16;

/** Columns of a full row of digits: two per byte, one between bytes, one more after the eighth. */
const DIGITS_WIDTH = 3 * ROW;

/**
 * Makes the rows of a hex dump of one stream.
 *
 * @example
 * ```ts ignore
 * const dump = new HexDump("utf-8");
 * dump.push(Uint8Array.of(0x48, 0x69, 0x0a));
 * // ["00000000  48 69 0a                                          |Hi.|"]
 * ```
 */
export class HexDump {
  readonly #decoder: TextDecoder;
  readonly #measure: Measure;
  /** The incomplete character at the end of the last push: at most 3 bytes. */
  #pending: Uint8Array = new Uint8Array(0);
  /** Bytes of the stream before the next push. */
  #offset: number;

  /** Begins at an offset of a stream; an unknown encoding throws a SockeyeError of kind `usage`. */
  constructor(encoding: string, offset = 0) {
    this.#offset = offset;
    const name = resolveEncoding(encoding);
    this.#decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
    this.#measure = measureOf(name);
  }

  /**
   * Makes the rows of a chunk, without line ends. Each chunk begins a new row.
   *
   * @param whole true for a complete message, which may be empty and whose last character is not continued by the next
   * push
   */
  push(bytes: Uint8Array, whole = false): string[] {
    const marks = this.#marks(bytes, whole);
    const rows: string[] = [];
    const end = whole ? Math.max(bytes.length, 1) : bytes.length;
    for (let from = 0; from < end; from += ROW) {
      const offset = (this.#offset + from).toString(16).padStart(8, "0");
      const digits = digitsOf(bytes.subarray(from, from + ROW));
      rows.push(`${offset}  ${digits}  |${textOf(marks.slice(from, from + ROW))}|`);
    }
    this.#offset += bytes.length;
    return rows;
  }

  /** Leaves out so many bytes of the stream, and the character that was not complete before them. */
  skip(bytes: number): void {
    this.#pending = new Uint8Array(0);
    this.#offset += bytes;
  }

  /** The text to show for each byte: a character for its last byte, the empty text for the bytes before it. */
  #marks(bytes: Uint8Array, whole: boolean): string[] {
    const before = this.#pending.length;
    const all = concat([this.#pending, bytes]);
    const marks: string[] = new Array(all.length).fill("");
    let at = 0;
    for (let length = 1; at < all.length && length !== 0; at += Math.abs(length)) {
      length = this.#measure(all, at);
      if (length < 0) marks.fill(".", at, at - length);
      if (length > 0) marks[at + length - 1] = this.#visible(all.subarray(at, at + length));
    }
    if (whole) marks.fill(".", at);
    this.#pending = whole ? new Uint8Array(0) : all.slice(at);
    return marks.slice(before);
  }

  #visible(character: Uint8Array): string {
    const first = character[0]!;
    if (character.length === 1 && first < 0x80) return isPrintable(first) ? String.fromCharCode(first) : ".";
    const text = this.#decoder.decode(character);
    const safe = text !== "\t" && text !== "\n" && escapeControls(text) === text;
    return safe && unicodeWidth(text) > 0 ? text : ".";
  }
}

function isPrintable(ascii: number): boolean {
  return ascii >= 0x20 && ascii !== 0x7f;
}

function digitsOf(bytes: Uint8Array): string {
  const pairs = bytes.toHex().match(/../g) ?? [];
  const left = pairs.slice(0, ROW / 2).join(" ");
  return `${left}  ${pairs.slice(ROW / 2).join(" ")}`.padEnd(DIGITS_WIDTH);
}

/** Joins the marks of a row; a character gets a blank before it for each byte in this row beyond its width. */
function textOf(marks: string[]): string {
  let text = "";
  let waiting = 0;
  for (const mark of marks) {
    waiting++;
    if (mark === "") continue;
    text += " ".repeat(Math.max(0, waiting - unicodeWidth(mark))) + mark;
    waiting = 0;
  }
  return text + " ".repeat(waiting);
}
