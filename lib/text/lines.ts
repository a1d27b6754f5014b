/**
 * Lines of bytes: cuts a stream at its line feeds, and turns LF into CRLF. The beginning of a line whose end has not
 * arrived is collected in a buffer that doubles up to the limit, so that a peer that sends single bytes costs no more
 * than one that sends lines.
 *
 * @module
 */

import { ByteBuffer } from "../bytes.ts";

const LF = 0x0a;
const CR = 0x0d;

/**
 * Longest line in bytes: far more than a person types or a protocol allows, yet little memory for each of 1024 peers.
 */
export const LINE_LIMIT = 64 * 1024;

/**
 * Cuts one stream into lines.
 *
 * @example
 * ```ts ignore
 * const splitter = new LineSplitter();
 * splitter.push(encode("one\r\ntw")); // ["one\r\n"], as bytes
 * splitter.push(encode("o\nthree")); // ["two\n"]
 * splitter.end(); // "three"
 * ```
 */
export class LineSplitter {
  readonly #limit: number;
  /** The beginning of a line whose end has not arrived. */
  readonly #held: ByteBuffer;
  #cut = 0;

  /** Begins a stream whose lines have at most `limit` bytes, their terminators included. */
  constructor(limit: number = LINE_LIMIT) {
    this.#limit = limit;
    this.#held = new ByteBuffer(limit);
  }

  /** Number of times that a line was cut because it is longer than the limit. */
  get cut(): number {
    return this.#cut;
  }

  /**
   * Takes a chunk.
   *
   * @returns the lines that are now complete, each with its LF or CRLF. A line longer than the limit is returned in
   * pieces of exactly `limit` bytes and a last one with the terminator. A piece that began in an earlier chunk is a new
   * array; every other piece is a view of `bytes`, valid until the caller reuses that buffer
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let from = 0;
    let end = 0; // End of the line that begins at `from`; 0 before the first search.
    while (from < bytes.length) {
      if (end <= from) end = bytes.indexOf(LF, from) + 1 || Infinity;
      const to = Math.min(end, bytes.length, from + this.#limit - this.#held.length);
      const piece = bytes.subarray(from, to);
      from = to;
      if (to !== end && to === bytes.length) this.#held.push(piece);
      else lines.push(this.#complete(piece));
      if (to !== end && to < bytes.length) this.#cut++;
    }
    return lines;
  }

  /** Ends the stream; returns the last line, as a new array, if it has no terminator. */
  end(): Uint8Array | undefined {
    return this.#held.length === 0 ? undefined : this.#complete(new Uint8Array(0));
  }

  /** Hands over the buffer with the line: no second copy, and no memory is kept while the peer is silent. */
  #complete(piece: Uint8Array): Uint8Array {
    if (this.#held.length === 0) return piece;
    this.#held.push(piece);
    return this.#held.take();
  }
}

/** Whether a byte 0a is always a line feed: not in UTF-16, where it is also half of other characters. */
export function hasLineByte(encoding: string): boolean {
  return !encoding.startsWith("utf-16");
}

/** Returns a view of a line without its LF or CRLF; only UTF-16 writes them with other bytes. */
export function stripEol(line: Uint8Array, encoding = "utf-8"): Uint8Array {
  const unit = encoding.startsWith("utf-16") ? 2 : 1;
  const little = encoding === "utf-16le";
  const isUnit = (end: number, code: number) =>
    end >= unit && line[little ? end - unit : end - 1] === code &&
    (unit === 1 || line[little ? end - 1 : end - 2] === 0);
  let end = line.length;
  if (!isUnit(end, LF)) return line;
  end -= unit;
  return line.subarray(0, isUnit(end, CR) ? end - unit : end);
}

/**
 * Returns a view of a line, without its end, that lacks the NULs at its `sides`: programs in C send whole buffers, in
 * which NULs often follow the text.
 */
export function withoutNuls(line: Uint8Array, sides: { readonly start: boolean; readonly end: boolean }): Uint8Array {
  let [from, to] = [0, line.length];
  while (sides.start && from < to && line[from] === 0) from++;
  while (sides.end && from < to && line[to - 1] === 0) to--;
  return from === 0 && to === line.length ? line : line.subarray(from, to);
}

/** Turns each LF of one stream that has no CR before it into CRLF. */
export class CrlfWriter {
  /** The last byte of the stream so far. */
  #last = 0;

  /** Takes a chunk; returns the same array if nothing changes. */
  push(bytes: Uint8Array): Uint8Array {
    const bare = this.#bareLineFeeds(bytes);
    this.#last = bytes.at(-1) ?? this.#last;
    if (bare.length === 0) return bytes;
    const written = new Uint8Array(bytes.length + bare.length);
    let from = 0;
    bare.forEach((at, added) => {
      written.set(bytes.subarray(from, at), from + added);
      written[at + added] = CR;
      from = at;
    });
    written.set(bytes.subarray(from), from + bare.length);
    return written;
  }

  #bareLineFeeds(bytes: Uint8Array): number[] {
    const places: number[] = [];
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      if ((at === 0 ? this.#last : bytes[at - 1]) !== CR) places.push(at);
    }
    return places;
  }
}
