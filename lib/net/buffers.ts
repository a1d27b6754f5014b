/**
 * Buffers that peers read into. An idle peer holds a small one; small ones are cut from large blocks, since the memory of a
 * large block goes back to the system and that of thousands of small ones does not. A peer whose reads fill its buffer gets a
 * larger one, and one of the first size again when its reads have become small.
 *
 * @module
 */

import { READ_BUFFER_MAX, READ_BUFFER_MIN } from "./limits.ts";

/** How many times larger the next buffer is. */
const GROWTH = 4;

/** Small buffers in a block: a megabyte. */
const BLOCK = 256;

/** Larger buffers that are kept for the next peer, of each size: streams come and go. */
const SPARES = 4;

/** Small buffers that were made together; those that nobody has are in `free`. */
interface Block {
  readonly free: Uint8Array[];
}

/** The buffers of a server. */
export class Buffers {
  readonly #blocks = new Map<ArrayBufferLike, Block>();
  readonly #spares = new Map<number, Uint8Array[]>();

  /** A buffer for a peer that has just come. Whoever takes one gives one back. */
  take(): Uint8Array {
    for (const { free } of this.#blocks.values()) {
      const buffer = free.pop();
      if (buffer) return buffer;
    }
    return this.#makeBlock();
  }

  /**
   * The buffer for the next read.
   *
   * @param buffer that of the last one; it is given back if it is not the same
   * @param count bytes that came
   */
  next(buffer: Uint8Array, count: number): Uint8Array {
    const { length } = buffer;
    if (count === length && length < READ_BUFFER_MAX) return this.#swap(buffer, length * GROWTH);
    if (count <= READ_BUFFER_MIN && length > READ_BUFFER_MIN) return this.#swap(buffer, READ_BUFFER_MIN);
    return buffer;
  }

  /** Gives back what {@linkcode take} or {@linkcode next} gave; nobody may use it any more. */
  give(buffer: Uint8Array): void {
    const block = this.#blocks.get(buffer.buffer);
    if (!block) return this.#spare(buffer);
    block.free.push(buffer);
    // One block stays for those who come next.
    if (block.free.length === BLOCK && this.#blocks.size > 1) this.#blocks.delete(buffer.buffer);
  }

  #swap(buffer: Uint8Array, length: number): Uint8Array {
    this.give(buffer);
    if (length === READ_BUFFER_MIN) return this.take();
    return this.#spares.get(length)?.pop() ?? new Uint8Array(length);
  }

  #spare(buffer: Uint8Array): void {
    const spares = this.#spares.get(buffer.length) ?? [];
    if (spares.length < SPARES) this.#spares.set(buffer.length, [...spares, buffer]);
  }

  #makeBlock(): Uint8Array {
    const { buffer } = new Uint8Array(BLOCK * READ_BUFFER_MIN);
    const all = Array.from({ length: BLOCK }, (_, i) => new Uint8Array(buffer, i * READ_BUFFER_MIN, READ_BUFFER_MIN));
    this.#blocks.set(buffer, { free: all });
    return all.pop()!;
  }
}
