/**
 * Lines on their way to many readers: made into bytes once for each way of writing that occurs among them.
 *
 * @module
 */

import { encodeShown } from "../text/encode.ts";

/** Characters that are said in one go: a client that pours out lines is dealt with in bites of this size. */
export const BITE = 32 * 1024;

/** Characters that a line has besides the name and the text: `<> ` and its end. */
export const LINE_EXTRA = 5;

/** How one person's lines are written. */
export interface Script {
  /** A canonical name. */
  readonly encoding: string;
  /** What ends a line. */
  readonly eol: "\n" | "\r\n";
}

/** Lines that are said together. */
export class Lines {
  /** The lines, safe for a terminal, without their ends. */
  readonly texts: readonly string[];
  readonly #together = new Map<string, Uint8Array>();
  readonly #apart = new Map<string, readonly Uint8Array[]>();
  #length = 0;

  /**
   * Takes lines.
   *
   * @param texts without control characters and line ends
   */
  constructor(texts: readonly string[]) {
    this.texts = texts;
  }

  /** The most bytes that one reader gets, as far as it is written. */
  get length(): number {
    return this.#length;
  }

  /**
   * The lines as bytes.
   *
   * @param script how the reader's lines are written
   * @returns the same array for every reader of that script: it must not be changed
   */
  in(script: Script): Uint8Array {
    const key = keyOf(script);
    let bytes = this.#together.get(key);
    if (bytes) return bytes;
    bytes = encodeShown(this.texts.join(script.eol) + script.eol, script.encoding);
    this.#together.set(key, bytes);
    this.#length = Math.max(this.#length, bytes.length);
    return bytes;
  }

  /**
   * The lines as bytes, each a message of its own.
   *
   * @param script how the reader's lines are written
   * @param max bytes that a message holds, the same each time; what is longer is cut
   * @returns an array for each line, the same for every reader of that script
   */
  apart(script: Script, max: number): readonly Uint8Array[] {
    const key = keyOf(script);
    let parts = this.#apart.get(key);
    if (parts) return parts;
    parts = this.texts.map((text) => encodeShown(text + script.eol, script.encoding).subarray(0, max));
    this.#apart.set(key, parts);
    this.#length = Math.max(this.#length, parts.reduce((sum, part) => sum + part.length, 0));
    return parts;
  }
}

function keyOf({ encoding, eol }: Script): string {
  return eol === "\n" ? encoding : `${encoding} crlf`;
}
