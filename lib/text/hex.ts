/**
 * Bytes as hexadecimal digits, both ways: digits in any usual notation to bytes, and bytes to the rows of a dump with
 * the text beside them.
 *
 * In the dump one byte is one column of text, so the columns of a row add up: a character stands where its last byte
 * stands, with blanks before it for the bytes that are more than it is wide. What has no width of its own or would
 * act on the terminal is a dot.
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
 * Reads bytes written in hexadecimal.
 *
 * @param text pairs of digits in any case, together or separated by blanks, commas, colons, dashes or line ends, each
 * with `0x` or `\x` before it or not
 * @returns a new array, empty if there are no digits
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

/** Bytes in a row: what fits on 80 columns with offset and text. */
const ROW = 16;

/** The columns of a full row of digits: two a byte, one between, one more after the eighth. */
const DIGITS_WIDTH = 3 * ROW;

/** Makes the rows of a hex dump of one stream. */
export class HexDump {
  readonly #decoder: TextDecoder;
  readonly #measure: Measure;
  /** The incomplete character at the end of the last push: at most 3 bytes. */
  #pending: Uint8Array = new Uint8Array(0);
  #offset = 0;

  /**
   * Begins a stream at offset 0.
   *
   * @param encoding any name that `resolveEncoding` takes, for the text part
   * @throws {SockeyeError} kind `usage` for an unknown one
   */
  constructor(encoding: string) {
    const name = resolveEncoding(encoding);
    this.#decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
    this.#measure = measureOf(name);
  }

  /**
   * The rows for a chunk; each chunk begins a row of its own.
   *
   * @param bytes not kept
   * @param whole a message of its own, which may be empty: a character that is cut at its end stays cut. Default false
   * @returns rows such as `00000000  d0 c5 0a                                          |信.|`, without line ends
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

  /** What stands at the place of each byte: a character at its last byte, nothing at the bytes before it. */
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

/** The marks side by side; a blank for each byte that the character completed in this row does not need. */
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
