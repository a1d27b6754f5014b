/**
 * One stream of `node:zlib`, of which all output is read after each write. In Deno these streams report corrupt data,
 * but they report neither the end of brotli and zstd data, complete or cut off, nor bytes after that end. Both are
 * detected here: by the number of bytes that the stream has used, and by writing a few more bytes to it.
 *
 * @module
 */

import type * as Zlib from "node:zlib";
import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";

/** Receives the next decoded bytes, which are valid until the promise settles. Decoding goes on after that. */
export type DecodedSink = (bytes: Uint8Array) => Promise<void>;

/** Bytes of one piece. Gunzip is twice as fast with this size as with 16 KiB, and no faster with a larger one. */
const PIECE_SIZE = 64 * 1024;

/** Options of streams, with which they pause after each piece until it is read. */
export const STREAM_SETTINGS: { readonly chunkSize: number; readonly readableHighWaterMark: number } = {
  chunkSize: PIECE_SIZE,
  readableHighWaterMark: 1,
};

/** Any decompression stream of `node:zlib`. */
export type ZlibStream = ReturnType<typeof Zlib.createGunzip | typeof Zlib.createBrotliDecompress>;

/** Bytes to write after the end of the body; the reaction of the stream shows whether the data was complete. */
export interface Probe {
  /** The bytes to write. */
  readonly bytes: Uint8Array;
  /** Decides by the number of bytes that the stream used and by its output. */
  isComplete(used: number, decoded: Uint8Array): boolean;
}

/** A zlib stream whose output is read completely after each write. */
export class Inflater {
  readonly #name: string;
  readonly #stream: ZlibStream;
  /** True while a write has not completed. */
  #writing = false;
  /** True after the end of the output. */
  #ended = false;
  /** True after {@linkcode abort}. */
  #stopped = false;
  #failure: Error | undefined;
  /** Wakes `#drain`; replaced at each wait. */
  #wake = (): void => {};

  /**
   * Takes ownership of a stream.
   *
   * @param name the name of the coding, for error messages
   * @param stream a stream created with {@linkcode STREAM_SETTINGS}
   */
  constructor(name: string, stream: ZlibStream) {
    this.#name = name;
    this.#stream = stream;
    stream.on("readable", () => this.#notice());
    stream.on("finish", () => this.#taken());
    stream.on("error", (error) => this.#taken(error));
    stream.on("end", () => {
      this.#ended = true;
      this.#notice();
    });
  }

  /**
   * Decodes bytes; the promise settles after all decoded bytes went to the sink.
   *
   * @param bytes the next bytes
   * @param sink receives the decoded bytes
   * @returns the number of bytes used: fewer than given if the coded data ends before them
   */
  async write(bytes: Uint8Array, sink: DecodedSink): Promise<number> {
    const before = this.#stream.bytesWritten;
    this.#writing = true;
    this.#stream.write(bytes, (error) => this.#taken(error));
    await this.#drain(sink, () => !this.#writing);
    return this.#stream.bytesWritten - before;
  }

  /**
   * Ends the data; remaining output goes to the sink. With a probe, the probe decides whether the data was complete.
   */
  async end(sink: DecodedSink, probe: Probe | undefined): Promise<void> {
    if (probe) return await this.#probe(probe);
    this.#writing = true;
    this.#stream.end();
    await this.#drain(sink, () => this.#ended);
  }

  /** Releases all resources. A pending write is rejected. */
  abort(): void {
    this.#stopped = true;
    this.#failure ??= stopped();
    this.#notice();
  }

  async #probe({ bytes, isComplete }: Probe): Promise<void> {
    const decoded: Uint8Array[] = [];
    const keep = (piece: Uint8Array): Promise<void> => Promise.resolve(void decoded.push(piece.slice()));
    const used = await this.write(bytes, keep).catch((cause) => {
      throw cutOff(this.#name, cause);
    });
    if (!isComplete(used, concat(decoded))) throw cutOff(this.#name);
  }

  /** Reads all output. No event can fire between the last check and the wait, so none is missed. */
  async #drain(sink: DecodedSink, isDone: () => boolean): Promise<void> {
    while (true) {
      for (let piece = this.#read(); piece; piece = this.#read()) {
        await sink(piece);
        release(piece);
      }
      if (this.#failure) throw this.#failure;
      if (isDone()) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Reads a piece as a plain Uint8Array: sinks copy it with `slice`, and `slice` of a Buffer does not copy. */
  #read(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#failure) return undefined;
    const piece: Uint8Array<ArrayBuffer> | null = this.#stream.read();
    return piece ? new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength) : undefined;
  }

  #taken(error?: Error | null): void {
    this.#writing = false;
    if (error) this.#failure ??= isCutOff(error) ? cutOff(this.#name, error) : corrupt(this.#name, error);
    this.#notice();
  }

  /**
   * Handles any event of the stream. Deno 2.6 crashes if a stream is destroyed while another thread decodes for it,
   * which is the case during a write whenever no piece is ready to be read; so the stream is destroyed later.
   */
  #notice(): void {
    if (this.#stopped && !(this.#writing && this.#stream.readableLength === 0)) this.#stream.destroy();
    this.#wake();
  }
}

/**
 * Frees the buffer of a piece if the piece is at its end, which makes it the last one in that buffer. The garbage
 * collector does not see the size of buffers well: it would let some 150 MB of them accumulate.
 */
function release({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength === PIECE_SIZE && byteOffset + byteLength === PIECE_SIZE) buffer.transfer(0);
}

/** Builds the error of a pending write after an abort. */
export function stopped(): DOMException {
  return new DOMException("The decoder was stopped", "AbortError");
}

/** Tests for the zlib error code of data that ends too early. */
function isCutOff(error: Error): boolean {
  return "code" in error && error.code === "Z_BUF_ERROR";
}

function cutOff(name: string, cause?: unknown): SockeyeError {
  return new SockeyeError("protocol", `Bad answer: the ${name} data is cut off`, { cause });
}

/** Builds the error for corrupt data. */
export function corrupt(name: string, cause?: unknown): SockeyeError {
  return new SockeyeError("protocol", `Bad answer: the ${name} data is corrupt`, { cause });
}
