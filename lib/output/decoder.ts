/**
 * Traffic as people read it, one streaming decoder for each direction of a peer: a character that is split over two
 * reads comes out whole. A carriage return at the end of a read waits for the next one: it may be half of a CRLF.
 *
 * @module
 */

import { type Decoded, TextStream } from "../text/decode.ts";
import { escapeControls } from "../printable.ts";
import { HexDump } from "../text/hex_dump.ts";
import { EncodingHint } from "../text/hint.ts";

/** Decodes one direction of one peer, from its first byte to its last. */
export class DirectionDecoder {
  /** The characters, before anything is escaped. */
  readonly textStream: TextStream;
  readonly #safe: boolean;
  readonly #encoding: string;
  readonly #hint: EncodingHint;
  /** Made with the first dump; it counts the offset over all reads. */
  #hexDump: HexDump | undefined;
  /** Bytes that were not shown before the first dump. */
  #skipped = 0;
  /** A carriage return that ended the last read, else empty. */
  #heldCr = "";
  /** The last arrival ended with a carriage return: a line feed at the start of the next one belongs to it. */
  #afterCr = false;
  readonly #mark: (escape: string) => string;

  /**
   * Makes a decoder for a direction that has no bytes yet.
   *
   * @param safe whether text is for a terminal: control characters escaped, line ends LF. Else only invalid bytes are
   * escaped
   * @param mark colours the escape of a byte that is not text, such as `\xff`; only for a terminal. Default: nothing
   */
  constructor(encoding: string, safe: boolean, mark?: (escape: string) => string) {
    this.#safe = safe;
    this.#encoding = encoding;
    this.#mark = mark ?? ((escape) => escape);
    this.textStream = new TextStream(encoding, safe && mark !== undefined);
    this.#hint = new EncodingHint(encoding);
  }

  /**
   * Decodes the next bytes: all characters that are complete by now, with `\xNN` for each invalid byte.
   *
   * @param whole true for a message of its own: nothing of it waits for the next one
   * @returns the text, and once for a direction the name of an encoding that fits the bytes better
   */
  decode(bytes: Uint8Array, whole = false): { text: string; hint: string | undefined } {
    const decoded = whole ? this.textStream.all(bytes) : this.textStream.push(bytes);
    return { text: this.#escape(decoded, whole), hint: this.#hint.push(bytes, decoded.invalid) };
  }

  /**
   * Decodes the bytes of one read that is shown at once, as lines of its own: as {@linkcode DirectionDecoder.decode}, with
   * the line end that the text had.
   */
  arrival(bytes: Uint8Array, whole = false): { text: string; end: "\n" | "\r" | ""; hint: string | undefined } {
    const { text, hint } = this.decode(bytes, whole);
    const shown = this.#afterCr && text.startsWith("\n") ? text.slice(1) : text;
    this.#afterCr = this.#heldCr !== "" || (this.#afterCr && text === "");
    const end = this.#heldCr !== "" ? "\r" : shown.endsWith("\n") ? "\n" : "";
    this.#heldCr = "";
    return { text: end === "\n" ? shown.slice(0, -1) : shown, end, hint };
  }

  /** Ends the direction: returns the bytes that waited for more, such as half a character as invalid bytes. */
  rest(): string {
    return this.#escape(this.textStream.end(), true);
  }

  /** Dumps the next bytes in rows of offset, hex and text; the offset goes on from the read before. */
  dump(bytes: Uint8Array, whole: boolean, options: Parameters<HexDump["push"]>[2] = {}): Uint8Array {
    this.#hexDump ??= new HexDump(this.#encoding, this.#skipped);
    return this.#hexDump.push(bytes, whole, options);
  }

  /** Skips bytes: bytes that waited for them are skipped as well, and offsets continue after them. */
  skip(bytes: Uint8Array): void {
    this.textStream.end();
    this.#heldCr = "";
    if (this.#hexDump) this.#hexDump.skip(bytes.length);
    else this.#skipped += bytes.length;
  }

  #escape({ text, runs = [] }: Decoded, last: boolean): string {
    if (!this.#safe) return text;
    let shown = "";
    let from = 0;
    for (const [start, end] of runs) {
      shown += this.#clean(text.slice(from, start), true) + this.#mark(text.slice(start, end));
      from = end;
    }
    return shown + this.#clean(text.slice(from), last);
  }

  #clean(text: string, last: boolean): string {
    let complete = this.#heldCr + text;
    this.#heldCr = !last && complete.endsWith("\r") ? "\r" : "";
    if (this.#heldCr) complete = complete.slice(0, -1);
    return escapeControls(complete.replaceAll("\r\n", "\n"), this.#mark);
  }
}
