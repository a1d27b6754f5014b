/**
 * Lines of bytes: cutting a stream at its line feeds, and making CRLF of them.
 *
 * A line may come in many chunks. What is carried over is gathered in a buffer that doubles, so that a peer which sends
 * byte by byte costs no more than one which sends lines, and which never grows beyond the limit.
 *
 * @module
 */

import { ByteBuffer } from "../bytes.ts";

const LF = 0x0a;
const CR = 0x0d;

/** The longest line in bytes: far more than people type or protocols allow, yet little to hold for each of 1024 peers. */
export const LINE_LIMIT = 64 * 1024;

/** Cuts one stream into lines. */
export class LineSplitter {
  readonly #limit: number;
  /** The beginning of a line whose end has not come. */
  readonly #held: ByteBuffer;
  #cut = 0;

  /**
   * Begins a stream.
   *
   * @param limit the most bytes of a line, its terminator included
   */
  constructor(limit: number = LINE_LIMIT) {
    this.#limit = limit;
    this.#held = new ByteBuffer(limit);
  }

  /** How many times a line was cut because it is longer than the limit. */
  get cut(): number {
    return this.#cut;
  }

  /**
   * Takes a chunk.
   *
   * @param bytes the next bytes of the stream
   * @returns the lines that are complete now, each with its LF or CRLF. A longer line than the limit comes in pieces of
   * exactly `limit` bytes and a last one with the terminator. A piece that began in an earlier chunk is an array of its
   * own; every other piece is a view of `bytes`, valid until the caller uses that buffer again
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let from = 0;
    let end = 0; // where the line that begins at `from` ends; 0 until it was looked for
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

  /**
   * Ends the stream.
   *
   * @returns the last line if it has no terminator, as an array of its own
   */
  end(): Uint8Array | undefined {
    return this.#held.length === 0 ? undefined : this.#complete(new Uint8Array(0));
  }

  /** Gives the buffer away with the line, so that it is neither copied again nor kept while the peer is silent. */
  #complete(piece: Uint8Array): Uint8Array {
    if (this.#held.length === 0) return piece;
    this.#held.push(piece);
    return this.#held.take();
  }
}

/**
 * Whether lines of an encoding can be found by their LF byte.
 *
 * @param encoding a canonical name
 * @returns false for the two of UTF-16, where that byte is also half of other characters
 */
export function hasLineByte(encoding: string): boolean {
  return !encoding.startsWith("utf-16");
}

/**
 * A line without its terminator.
 *
 * @param line bytes that may end in LF or CRLF
 * @param encoding a canonical name; only the two of UTF-16 write line ends in another way. Default `utf-8`
 * @returns a view of `line` without that one terminator
 */
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

/** Makes CRLF of the bare line feeds of one stream. */
export class CrlfWriter {
  #last = 0;

  /**
   * Takes a chunk.
   *
   * @param bytes the next bytes of the stream
   * @returns the same array if nothing changes, else a new one with CRLF for each LF that has no CR before it
   */
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
