/**
 * Decodes the chunked transfer coding (RFC 9112 section 7.1). Chunk data is returned as views of the received bytes;
 * only size lines are ever buffered. Chunk extensions are ignored, as section 7.1.1 requires of unknown ones.
 *
 * @module
 */

import { quote } from "../printable.ts";
import { badAnswer } from "./head.ts";
import { LineBuffer, withoutEnd } from "./lines.ts";
import { CHUNK_LINE_LIMIT } from "./limits.ts";

const CR = 0x0d;
const LF = 0x0a;

/**
 * Reads the chunk data of a chunked body.
 *
 * @example
 * ```ts ignore
 * const { data, next } = new ChunkReader().read(encode("5\r\nhello\r\n0\r\n"), 0);
 * // data is "hello", next is 8: call read() again from there
 * ```
 */
export class ChunkReader {
  /** True after the last chunk (size 0); the trailer section follows. */
  done = false;
  /** The size line being read; undefined between size lines. */
  #line: LineBuffer | undefined;
  /** Bytes of the current chunk that have not arrived. */
  #left = 0;
  #state: "size" | "data" | "cr" | "lf" = "size";

  /**
   * Reads up to the next piece of chunk data.
   *
   * @param bytes the received bytes
   * @returns chunk data, if there is some, and where to go on; `bytes` is used up when `next` is its end or
   * {@linkcode done} is set
   * @throws {SockeyeError} `protocol`
   */
  read(bytes: Uint8Array, from: number): { data: Uint8Array | undefined; next: number } {
    let at = from;
    while (at < bytes.length && !this.done) {
      if (this.#state === "data") return this.#data(bytes, at);
      at = this.#state === "size" ? this.#size(bytes, at) : this.#border(bytes, at);
    }
    return { data: undefined, next: at };
  }

  #data(bytes: Uint8Array, at: number): { data: Uint8Array; next: number } {
    const data = bytes.subarray(at, at + this.#left);
    this.#left -= data.length;
    if (this.#left === 0) this.#state = "cr";
    return { data, next: at + data.length };
  }

  #size(bytes: Uint8Array, at: number): number {
    this.#line ??= new LineBuffer("a chunk-size line", CHUNK_LINE_LIMIT);
    const { line, next } = this.#line.take(bytes, at);
    if (!line) return next;
    this.#line = undefined;
    this.#left = parseSize(line);
    this.done = this.#left === 0;
    this.#state = "data";
    return next;
  }

  /** Reads one byte of the CRLF after chunk data. */
  #border(bytes: Uint8Array, at: number): number {
    const wanted = this.#state === "cr" ? CR : LF;
    if (bytes[at] !== wanted) throw badAnswer("a chunk is longer than its size says");
    this.#state = this.#state === "cr" ? "lf" : "size";
    return at + 1;
  }
}

function parseSize(line: Uint8Array): number {
  const text = String.fromCharCode(...withoutEnd(line));
  // Some servers pad the size with spaces. A bare LF or CR is an error: parsers differ on it and would read different
  // bodies.
  const found = /^([0-9A-Fa-f]+)[ \t]*(?:;[^\r\0]*)?$/.exec(text);
  if (!found || line.at(-2) !== CR) throw badAnswer(`not a chunk size: ${quote(text)}`);
  const size = Number.parseInt(found[1] ?? "", 16);
  if (!Number.isSafeInteger(size)) throw badAnswer(`the chunk size ${quote(text)} is too large`);
  return size;
}
