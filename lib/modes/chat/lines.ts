/**
 * Lines on their way to many readers: made into bytes once for each way of writing that occurs among them.
 *
 * @module
 */

import { encodeShown } from "../../text/encode.ts";

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
  readonly #written = new Map<string, Uint8Array>();

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
    return Math.max(0, ...[...this.#written.values()].map(({ length }) => length));
  }

  /**
   * The lines as bytes.
   *
   * @param script how the reader's lines are written
   * @returns the same array for every reader of that script: it must not be changed
   */
  in({ encoding, eol }: Script): Uint8Array {
    const key = eol === "\n" ? encoding : `${encoding} crlf`;
    let bytes = this.#written.get(key);
    if (!bytes) this.#written.set(key, bytes = encodeShown(this.texts.join(eol) + eol, encoding));
    return bytes;
  }
}
