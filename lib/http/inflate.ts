/**
 * One stream of `node:zlib`, read empty after each write. In Deno these streams report corrupt data and nothing else:
 * they do not say where brotli and zstd data ends, whether it was cut off, or that other bytes follow it. We find out
 * by counting the bytes that a stream has used, and by offering it some more.
 *
 * @module
 */

import type * as Zlib from "node:zlib";
import { concat } from "../bytes.ts";
import type { SockeyeError } from "../errors.ts";
import { badAnswer } from "./head.ts";

/** Takes the next decoded piece, which is valid until the promise settles. Nothing more is decoded before that. */
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

/** Bytes offered after the end of the body, and how to see from the outcome whether the data was complete. */
export interface Probe {
  /** The bytes to offer. */
  readonly bytes: Uint8Array;
  /** Decides by the number of bytes used and the output. */
  isComplete(used: number, decoded: Uint8Array): boolean;
}

/** A zlib stream that is written to, and read empty after each write. */
export class Inflater {
  readonly #name: string;
  readonly #stream: ZlibStream;
  /** Whether bytes were given to the stream that it has not used up. */
  #writing = false;
  /** Whether the stream has ended. */
  #ended = false;
  /** Why nothing more can be decoded; thrown by every call from then on. */
  #failure: Error | undefined;
  /** Continues {@linkcode Inflater.#drain} when it waits. */
  #wake = (): void => {};

  /** Takes over a stream; `name` is the coding, for errors. */
  constructor(name: string, stream: ZlibStream) {
    this.#name = name;
    this.#stream = stream;
    stream.on("readable", () => this.#wake());
    stream.on("finish", () => this.#taken());
    stream.on("error", (error) => this.#taken(error));
    stream.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /**
   * Decodes bytes; everything decoded has gone to the sink when the promise settles.
   *
   * @returns how many of the bytes were used: fewer than all when the data ends before they do
   * @throws {SockeyeError} `protocol`; what the sink throws; an AbortError after {@linkcode Inflater.abort}
   */
  async write(bytes: Uint8Array, sink: DecodedSink): Promise<number> {
    const before = this.#stream.bytesWritten;
    this.#writing = true;
    this.#stream.write(bytes, (error) => this.#taken(error));
    await this.#drain(sink, () => !this.#writing);
    return this.#stream.bytesWritten - before;
  }

  /** Ends the data, with a probe where the stream does not say itself whether it is complete; throws as write() does. */
  async end(sink: DecodedSink, probe: Probe | undefined): Promise<void> {
    if (probe) return await this.#probe(probe);
    this.#writing = true;
    this.#stream.end();
    await this.#drain(sink, () => this.#ended);
  }

  /** Frees everything, also while another thread decodes. A pending write is rejected. */
  abort(): void {
    this.#failure ??= stopped();
    this.#stream.destroy();
    this.#wake();
  }

  async #probe({ bytes, isComplete }: Probe): Promise<void> {
    const decoded: Uint8Array[] = [];
    const keep = (piece: Uint8Array): Promise<void> => Promise.resolve(void decoded.push(piece.slice()));
    const used = await this.write(bytes, keep).catch((cause) => {
      throw cutOff(this.#name, cause);
    });
    if (!isComplete(used, concat(decoded))) throw cutOff(this.#name);
  }

  /** Reads until there is no more output. No event can happen between the last check and the wait, so none is missed. */
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

  /** A plain array: `slice` of a Buffer does not copy, and a sink that keeps a piece relies on a copy. */
  #read(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#failure) return undefined;
    const piece: Uint8Array<ArrayBuffer> | null = this.#stream.read();
    return piece ? new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength) : undefined;
  }

  #taken(error?: Error | null): void {
    this.#writing = false;
    const isCutOff = error && "code" in error && error.code === "Z_BUF_ERROR";
    if (error) this.#failure ??= isCutOff ? cutOff(this.#name, error) : corrupt(this.#name, error);
    this.#wake();
  }
}

/** Frees a buffer with its last piece: the garbage collector does not count them, and lets some 150 MB pile up. */
function release({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength === PIECE_SIZE && byteOffset + byteLength === PIECE_SIZE) buffer.transfer(0);
}

/** The error of a decoder that was aborted. */
export function stopped(): DOMException {
  return new DOMException("The decoder was stopped", "AbortError");
}

/** What helps with data that cannot be decoded. */
export const RAW_ADVICE = "; --raw saves it as it is";

/** The failure to decode data that is not complete. */
export function cutOff(name: string, cause?: unknown): SockeyeError {
  return badAnswer(`the ${name} data is cut off${RAW_ADVICE}`, { cause });
}

/** The failure to decode corrupt data. */
export function corrupt(name: string, cause?: unknown): SockeyeError {
  return badAnswer(`the ${name} data is corrupt${RAW_ADVICE}`, { cause });
}
