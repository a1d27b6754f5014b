/**
 * Buffers for the reads of peers. An idle peer holds a small one; small ones are cut from large blocks, because the memory of a
 * large block goes back to the system and that of thousands of small buffers does not. A peer whose reads fill its buffer gets a
 * larger one, and one of the first size again after some small reads.
 *
 * @module
 */

import { READ_BUFFER_MAX, READ_BUFFER_MIN } from "./limits.ts";

/** How many times larger the next buffer is. */
const GROWTH = 4;

/** Small reads in a row after which a larger buffer is given back: one or two may be the ends of large messages. */
const SMALL_READS = 16;

/** Small buffers in a block: a megabyte. */
const BLOCK = 256;

/** Larger buffers of each size that are kept for the next peer. */
const SPARES = 4;

/** The buffer of one peer. */
export class ReadBuffer {
  readonly #buffers: ReadBuffers;
  #bytes: Uint8Array;
  #small = 0;

  /** Takes a small buffer. */
  constructor(buffers: ReadBuffers) {
    this.#buffers = buffers;
    this.#bytes = buffers.take(READ_BUFFER_MIN);
  }

  /** For the next read. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Prepares for the next read, which may need more room than the last one of `count` bytes, or less. */
  adapt(count: number): void {
    const { length } = this.#bytes;
    this.#small = count <= READ_BUFFER_MIN && length > READ_BUFFER_MIN ? this.#small + 1 : 0;
    if (count === length && length < READ_BUFFER_MAX) this.#swap(length * GROWTH);
    else if (this.#small === SMALL_READS) this.#swap(READ_BUFFER_MIN);
  }

  /** Gives the buffer back; it must not be used any more. */
  release(): void {
    this.#buffers.give(this.#bytes);
  }

  #swap(length: number): void {
    this.#buffers.give(this.#bytes);
    this.#bytes = this.#buffers.take(length);
    this.#small = 0;
  }
}

/** The buffers of a server. */
export class ReadBuffers {
  /** The free buffers of each block. */
  readonly #blocks = new Map<ArrayBufferLike, Uint8Array[]>();
  readonly #spares = new Map<number, Uint8Array[]>();

  /** Lends a buffer of `READ_BUFFER_MIN` bytes, or that times some power of `GROWTH`. */
  take(length: number): Uint8Array {
    if (length > READ_BUFFER_MIN) return this.#spares.get(length)?.pop() ?? new Uint8Array(length);
    for (const free of this.#blocks.values()) {
      const buffer = free.pop();
      if (buffer) return buffer;
    }
    return this.#makeBlock();
  }

  /** Takes a buffer back. */
  give(buffer: Uint8Array): void {
    const free = this.#blocks.get(buffer.buffer);
    if (!free) return this.#spare(buffer);
    free.push(buffer);
    const unused = ({ length }: Uint8Array[]) => length === BLOCK;
    // One unused block stays for the next peers.
    if (unused(free) && [...this.#blocks.values()].filter(unused).length > 1) this.#blocks.delete(buffer.buffer);
  }

  #spare(buffer: Uint8Array): void {
    const spares = this.#spares.get(buffer.length) ?? [];
    if (spares.length < SPARES) this.#spares.set(buffer.length, [...spares, buffer]);
  }

  #makeBlock(): Uint8Array {
    const { buffer } = new Uint8Array(BLOCK * READ_BUFFER_MIN);
    const all = Array.from({ length: BLOCK }, (_, i) => new Uint8Array(buffer, i * READ_BUFFER_MIN, READ_BUFFER_MIN));
    this.#blocks.set(buffer, all);
    return all.pop()!;
  }
}
