/**
 * A file that takes batches of bytes while the program goes on, with a bounded number of buffers.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { BATCH_BYTES } from "./block_buffer.ts";

/** Batches that may wait before the file counts as behind. */
const BATCHES_MAX = 4;

/** Writes batches one after the other. */
export class BatchFile {
  readonly #file: Deno.FsFile;
  readonly #onFail: (cause: unknown) => void;
  /** The first one is being written. */
  readonly #waiting: Uint8Array[] = [];
  /** Buffers that were written, to be filled again. */
  readonly #free: Uint8Array[] = [];
  /** Bytes that are in the file: whole blocks. */
  #size = 0;
  #failed = false;
  /** Set while batches are written. */
  #writing: Promise<void> | undefined;
  /** Set while too many wait. */
  #behind: PromiseWithResolvers<void> | undefined;

  /** Takes over an open file. `onFail` takes the first failure; no batch is written after it. */
  constructor(file: Deno.FsFile, onFail: (cause: unknown) => void) {
    this.#file = file;
    this.#onFail = onFail;
  }

  /** A promise while too many batches wait. */
  get behind(): Promise<void> | undefined {
    return this.#behind?.promise;
  }

  /** Takes a batch, which is the beginning of a buffer; returns a buffer for the next one. */
  push(batch: Uint8Array): Uint8Array {
    const next = this.#free.pop() ?? new Uint8Array(BATCH_BYTES);
    if (this.#failed) return next;
    this.#waiting.push(batch);
    if (this.#waiting.length >= BATCHES_MAX) this.#behind ??= Promise.withResolvers();
    this.#writing ??= this.#writeWaiting();
    return next;
  }

  /** Settles when all is written, or has failed. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** Closes the file when all is written. */
  async close(): Promise<void> {
    await this.#writing;
    this.#file.close();
  }

  async #writeWaiting(): Promise<void> {
    try {
      for (let batch; (batch = this.#waiting[0]);) {
        await writeAll(this.#file, batch);
        this.#size += batch.length;
        this.#waiting.shift();
        if (this.#free.length < BATCHES_MAX) this.#free.push(new Uint8Array(batch.buffer));
        if (this.#waiting.length < BATCHES_MAX) this.#catchUp();
      }
    } catch (cause) {
      this.#failed = true;
      this.#waiting.length = 0;
      // A part of a batch would end within a block.
      await this.#file.truncate(this.#size).catch(() => {});
      this.#onFail(cause);
    }
    this.#catchUp();
    this.#writing = undefined;
  }

  #catchUp(): void {
    this.#behind?.resolve();
    this.#behind = undefined;
  }
}
