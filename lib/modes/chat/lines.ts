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

/** The longest datagram (RFC 768). */
const MESSAGE_MAX = 65_507;

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

  /**
   * The lines as bytes, each a message of its own.
   *
   * @param script how the reader's lines are written
   * @returns an array for each line; what no datagram holds is cut
   */
  apart({ encoding, eol }: Script): Uint8Array[] {
    return this.texts.map((text) => encodeShown(text + eol, encoding).subarray(0, MESSAGE_MAX));
  }
}
