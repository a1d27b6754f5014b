/**
 * Blocks of pcapng on their way to a file, written in batches that are full pages.
 *
 * No block of up to a page crosses the border of a page of the file. The kernel copies a write page by page, and a
 * process that is killed meanwhile leaves the pages that were copied: so these are whole blocks, and the file opens.
 *
 * @module
 */

import { BLOCK } from "./format.ts";

/** Bytes of a page of the file cache on most systems, and a divisor of it on the others. */
export const PAGE_BYTES = 4096;

/** Bytes of a batch: enough that the cost of a write does not count. */
export const BATCH_BYTES: number = 256 * 1024;

/** Bytes of the smallest filler. */
const FILLER_MIN = 16;

/** Whose custom block the filler is: the number that RFC 5612 keeps for documentation, which no program acts on. */
const FILLER_OWNER = 32473;

/** Collects blocks in one buffer and hands it on when it is full. */
export class BlockBuffer {
  readonly #onFull: () => Uint8Array;
  #bytes: Uint8Array;
  /** The same memory. */
  #view: DataView;
  #length = 0;
  /** Offset in the file of the first byte of the buffer. */
  #offset = 0;

  /** Writes into `first`; when it is full, `onFull` takes it and gives the next one. Both have {@linkcode BATCH_BYTES}. */
  constructor(first: Uint8Array, onFull: () => Uint8Array) {
    this.#bytes = first;
    this.#view = new DataView(first.buffer, first.byteOffset, first.length);
    this.#onFull = onFull;
  }

  /** What waits to be written. */
  get pending(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Bytes of the file, including those that wait. */
  get size(): number {
    return this.#offset + this.#length;
  }

  /** The buffer. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The buffer as numbers. */
  get view(): DataView {
    return this.#view;
  }

  /** Goes on with another buffer: what waited is written elsewhere. */
  swap(next: Uint8Array): void {
    this.#offset += this.#length;
    this.#length = 0;
    this.#bytes = next;
    this.#view = new DataView(next.buffer, next.byteOffset, next.length);
  }

  /** Begins a new file: its offsets count from 0. Nothing may wait. */
  restart(): void {
    this.#offset = 0;
  }

  /** Bytes that are left of the page that is being filled: 4 to {@linkcode PAGE_BYTES}, a multiple of 4. */
  get left(): number {
    return PAGE_BYTES - this.size % PAGE_BYTES;
  }

  /** Fills the page. */
  endPage(): void {
    const { left } = this;
    // Too little for a filler is left only behind a block that is larger than a page.
    if (left < PAGE_BYTES) this.#fill(left < FILLER_MIN ? left + PAGE_BYTES : left);
  }

  /**
   * Makes room for a block.
   *
   * @param size its bytes, a multiple of 4; more than a page goes over the borders of pages
   * @returns where it begins in {@linkcode bytes}
   */
  reserve(size: number): number {
    if (this.left < FILLER_MIN) this.endPage();
    const rest = this.left - size;
    if (size <= PAGE_BYTES && rest !== 0 && rest < FILLER_MIN) this.endPage();
    return this.#take(size);
  }

  #take(size: number): number {
    if (this.#length + size > this.#bytes.length) this.swap(this.#onFull());
    this.#length += size;
    return this.#length - size;
  }

  /** A custom block. */
  #fill(size: number): void {
    const at = this.#take(size);
    const view = this.#view;
    view.setUint32(at, BLOCK.custom, true);
    view.setUint32(at + 4, size, true);
    view.setUint32(at + 8, FILLER_OWNER, true);
    this.#bytes.fill(0, at + 12, at + size - 4);
    view.setUint32(at + size - 4, size, true);
  }
}
