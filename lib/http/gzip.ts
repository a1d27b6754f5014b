/**
 * Gzip members (RFC 1952) around raw deflate data. The gunzip of `node:zlib` does not say where a member ends, and takes
 * bytes behind the last one for another member that is corrupt; so the header and the check sum are read here.
 *
 * @module
 */

import type * as Zlib from "node:zlib";
import { ByteBuffer } from "../bytes.ts";
import type { BodyDecoder } from "./coding.ts";
import { corrupt, cutOff, Inflater, stopped, STREAM_SETTINGS } from "./inflate.ts";

/** Most bytes of a header: an extra field of 64 KiB, a file name and a comment, which servers leave out. */
const HEADER_LIMIT = 128 * 1024;

/** Check sum and length of the data. */
const TRAILER_BYTES = 8;

/** Flags of a header. */
const FLAG = { headerSum: 2, extra: 4, name: 8, comment: 16 };

/** What the next bytes are: a header, or behind a member perhaps one; deflate data; a trailer; nothing that matters. */
type Part = "header" | "between" | "data" | "trailer" | "over";

/** Decodes members until the data is not one. */
export class Gunzip implements BodyDecoder {
  readonly #zlib: typeof Zlib;
  readonly #next: BodyDecoder;
  /** Called once when bytes follow that are neither a member nor padding. */
  readonly #onRest: () => void;
  #part: Part = "header";
  /** The beginning of a header or trailer that is not whole yet. */
  readonly #kept = new ByteBuffer();
  #inflater: Inflater | undefined;
  /** Of the member's data so far; the length modulo 2^32. */
  #sum = 0;
  #length = 0;
  #hasRest = false;
  #aborted = false;

  /** Begins before the first member. */
  constructor(zlib: typeof Zlib, next: BodyDecoder, onRest: () => void) {
    this.#zlib = zlib;
    this.#next = next;
    this.#onRest = onRest;
  }

  async push(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      if (this.#aborted) throw stopped();
      rest = this.#part === "data" ? await this.#inflate(rest) : this.#frame(rest);
    }
  }

  async end(): Promise<void> {
    // What is too short for a member was none.
    if (this.#part === "between" && this.#kept.length > 0) this.#tellRest();
    else if (this.#part !== "between" && this.#part !== "over") throw cutOff("gzip");
    await this.#next.end();
  }

  abort(): void {
    this.#aborted = true;
    this.#inflater?.abort();
    this.#next.abort();
  }

  async #inflate(bytes: Uint8Array): Promise<Uint8Array> {
    this.#inflater ??= new Inflater("gzip", this.#zlib.createInflateRaw(STREAM_SETTINGS));
    const used = await this.#inflater.write(bytes, async (piece) => {
      this.#sum = this.#zlib.crc32(piece, this.#sum);
      this.#length = (this.#length + piece.length) % 2 ** 32;
      await this.#next.push(piece);
    });
    // Data that ends with the buffer uses nothing of the next one.
    if (used === bytes.length) return bytes.subarray(used);
    this.#inflater.abort();
    this.#inflater = undefined;
    this.#part = "trailer";
    return bytes.subarray(used);
  }

  /** Takes bytes that are no deflate data; returns those behind the part. */
  #frame(bytes: Uint8Array): Uint8Array {
    if (this.#part === "over") {
      if (bytes.some((byte) => byte !== 0)) this.#tellRest();
      return bytes.subarray(bytes.length);
    }
    const before = this.#kept.length;
    this.#kept.push(bytes.subarray(0, HEADER_LIMIT + 1));
    const all = this.#kept.take();
    const size = this.#part === "trailer" ? this.#checkTrailer(all) : this.#readHeader(all);
    if (size !== undefined) return bytes.subarray(Math.max(0, size - before));
    this.#kept.push(all);
    return bytes.subarray(bytes.length);
  }

  /** Bytes of the trailer; undefined while it is not whole. */
  #checkTrailer(bytes: Uint8Array): number | undefined {
    if (bytes.length < TRAILER_BYTES) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (view.getUint32(0, true) !== this.#sum || view.getUint32(4, true) !== this.#length) throw corrupt("gzip");
    [this.#part, this.#sum, this.#length] = ["between", 0, 0];
    return TRAILER_BYTES;
  }

  /** Bytes of the header; undefined while it is not whole. Behind a member other bytes are the rest. */
  #readHeader(bytes: Uint8Array): number | undefined {
    if (this.#part === "between" && !isMember(bytes)) {
      this.#part = "over";
      return 0;
    }
    if (bytes.length < 10) return undefined;
    if (!isMember(bytes)) throw corrupt("gzip");
    const size = headerSize(bytes);
    if (size === undefined && bytes.length > HEADER_LIMIT) throw corrupt("gzip");
    if (size !== undefined) this.#part = "data";
    return size;
  }

  #tellRest(): void {
    if (!this.#hasRest) this.#onRest();
    this.#hasRest = true;
  }
}

/** Whether bytes begin as a member does, as far as they go. */
function isMember(bytes: Uint8Array): boolean {
  return [0x1f, 0x8b, 8].every((byte, at) => at >= bytes.length || bytes[at] === byte);
}

/** Bytes of a header that begins with these ten or more; undefined if it is longer. */
function headerSize(bytes: Uint8Array): number | undefined {
  const flags = bytes[3]!;
  let at = 10;
  if (flags & FLAG.extra) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const text of [FLAG.name, FLAG.comment]) {
    if (!(flags & text)) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0 || at > bytes.length) return undefined;
    at = end + 1;
  }
  if (flags & FLAG.headerSum) at += 2;
  return at <= bytes.length ? at : undefined;
}
