/**
 * One stream of `node:zlib`, read empty after each write. In Deno these streams tell of corrupt data, but not of everything
 * else: the end of brotli and zstd data, cut off or not, passes in silence, and so does whatever follows it. Both are found
 * out here by counting the bytes that a stream has used, and by offering it some more.
 *
 * @module
 */

import type * as Zlib from "node:zlib";
import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";

/** Takes the next piece of what was decoded: valid until the promise settles. Nothing is decoded before that. */
export type DecodedSink = (bytes: Uint8Array) => Promise<void>;

/** Bytes of one piece. Gunzip is twice as fast as with 16 KiB, and not faster with more. */
const PIECE_SIZE = 64 * 1024;

/** Streams that pause after each piece until it is read. */
export const STREAM_SETTINGS: { readonly chunkSize: number; readonly readableHighWaterMark: number } = {
  chunkSize: PIECE_SIZE,
  readableHighWaterMark: 1,
};

/** What the streams of `node:zlib` have in common. */
export type ZlibStream = ReturnType<typeof Zlib.createGunzip | typeof Zlib.createBrotliDecompress>;

/** Bytes offered after the end of the body, and whether what became of them shows that the data was complete. */
export interface Probe {
  /** What is offered. */
  readonly bytes: Uint8Array;
  /** Judges by how many of them were used, and what came out. */
  isComplete(used: number, decoded: Uint8Array): boolean;
}

/** A zlib stream that is written to, and read empty after each write. */
export class Inflater {
  readonly #name: string;
  readonly #stream: ZlibStream;
  #writing = false;
  #ended = false;
  #stopped = false;
  #failure: Error | undefined;
  #wake = (): void => {};

  /**
   * Takes over a stream.
   *
   * @param name of the coding, for what is told
   * @param stream made with {@linkcode STREAM_SETTINGS}
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
   * Decodes bytes; what they stand for has gone to the sink when the promise settles.
   *
   * @param bytes the next ones
   * @param sink where it goes
   * @returns how many of the bytes were used: fewer than all when the data ends before they do
   */
  async write(bytes: Uint8Array, sink: DecodedSink): Promise<number> {
    const before = this.#stream.bytesWritten;
    this.#writing = true;
    this.#stream.write(bytes, (error) => this.#taken(error));
    await this.#drain(sink, () => !this.#writing);
    return this.#stream.bytesWritten - before;
  }

  /** Ends the data; what is still to come goes to the sink. Where the stream does not tell whether it was complete, the probe does. */
  async end(sink: DecodedSink, probe: Probe | undefined): Promise<void> {
    if (probe) return await this.#probe(probe);
    this.#writing = true;
    this.#stream.end();
    await this.#drain(sink, () => this.#ended);
  }

  /** Frees everything. A write that waits is rejected. */
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

  /** Reads until nothing more comes. Between the last look and the wait no event can happen, so none is missed. */
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

  /** A plain array: `slice` of a Buffer does not copy, and whoever keeps a piece relies on that. */
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
   * Something happened. Deno 2.6 crashes when a stream is destroyed while another thread decodes for it, which is between
   * a write and its end whenever no piece waits to be read.
   */
  #notice(): void {
    if (this.#stopped && !(this.#writing && this.#stream.readableLength === 0)) this.#stream.destroy();
    this.#wake();
  }
}

/**
 * Frees a piece that is the end of its buffer, and so the last one in it. The garbage collector knows little of buffers:
 * it would let some 150 MB of them wait.
 */
function release({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength === PIECE_SIZE && byteOffset + byteLength === PIECE_SIZE) buffer.transfer(0);
}

/** What a decoder throws that was told to stop. */
export function stopped(): DOMException {
  return new DOMException("The decoder was stopped", "AbortError");
}

/** The word of zlib for "there should be more". */
function isCutOff(error: Error): boolean {
  return "code" in error && error.code === "Z_BUF_ERROR";
}

function cutOff(name: string, cause?: unknown): SockeyeError {
  return new SockeyeError("protocol", `Bad answer: the ${name} data is cut off`, { cause });
}

/** The data of a coding makes no sense. */
export function corrupt(name: string, cause?: unknown): SockeyeError {
  return new SockeyeError("protocol", `Bad answer: the ${name} data is corrupt`, { cause });
}
