/**
 * The chunked transfer coding (RFC 9112 section 7.1), undone. Chunk data is handed out as views of what arrived; only
 * size lines are ever kept. Chunk extensions are skipped, as section 7.1.1 wants of those one does not know.
 *
 * @module
 */

import { quote } from "../printable.ts";
import { badAnswer } from "./head.ts";
import { LineBuffer, withoutEnd } from "./lines.ts";
import { CHUNK_LINE_LIMIT } from "./limits.ts";

const CR = 0x0d;
const LF = 0x0a;

/** Takes chunk data out of a chunked body. */
export class ChunkReader {
  /** True when the last chunk (size 0) was read; what follows is the trailer section. */
  done = false;
  #line: LineBuffer | undefined;
  #left = 0;
  #state: "size" | "data" | "cr" | "lf" = "size";

  /**
   * Reads on.
   *
   * @param bytes what arrived
   * @param from where to begin
   * @returns chunk data, if some is there, and where to go on; nothing more can be read when `next` is the end of `bytes` or {@linkcode done} is set
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

  /** The CRLF after chunk data. */
  #border(bytes: Uint8Array, at: number): number {
    const wanted = this.#state === "cr" ? CR : LF;
    if (bytes[at] !== wanted) throw badAnswer("a chunk is longer than its size says");
    this.#state = this.#state === "cr" ? "lf" : "size";
    return at + 1;
  }
}

function parseSize(line: Uint8Array): number {
  const text = String.fromCharCode(...withoutEnd(line));
  // Some servers pad the size with spaces; a bare LF or CR would let two readers see two different bodies.
  const found = /^([0-9A-Fa-f]+)[ \t]*(?:;[^\r\0]*)?$/.exec(text);
  if (!found || line.at(-2) !== CR) throw badAnswer(`not a chunk size: ${quote(text)}`);
  const size = Number.parseInt(found[1] ?? "", 16);
  if (!Number.isSafeInteger(size)) throw badAnswer(`the chunk size ${quote(text)} is too large`);
  return size;
}
