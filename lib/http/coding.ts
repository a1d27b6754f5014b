/**
 * Decodes content codings (RFC 9110 section 8.4) while the body arrives. Decoded bytes go to the sink in small pieces,
 * and each piece is awaited, so that a few bytes that decompress to gigabytes cost time but no memory.
 *
 * @module
 */

import type * as Zlib from "node:zlib";
import { concat } from "../bytes.ts";
import { quote } from "../printable.ts";
import { badAnswer } from "./head.ts";
import {
  corrupt,
  type DecodedSink,
  Inflater,
  type Probe,
  stopped,
  STREAM_SETTINGS,
  type ZlibStream,
} from "./inflate.ts";

/** Decodes the content codings of one body. */
export interface BodyDecoder {
  /**
   * Decodes a chunk; the promise settles after all of its decoded bytes went to the sink.
   *
   * @param bytes the next bytes of the body; their buffer may be reused when the promise has settled
   * @throws {SockeyeError} `protocol` when the data is corrupt; errors of the sink pass through
   */
  push(bytes: Uint8Array): Promise<void>;
  /**
   * Ends the body.
   *
   * @throws {SockeyeError} `protocol` when the data is cut off; errors of the sink pass through
   */
  end(): Promise<void>;
  /** Releases all resources of an unfinished body. May be called at any time; a pending push is rejected. */
  abort(): void;
}

/** Version of Deno, which the user agent names. */
const [MAJOR = 0, MINOR = 0] = (/\d+\.\d+/.exec(navigator.userAgent)?.[0] ?? "").split(".").map(Number);

/**
 * True if zstd works and all corrupt data is detected. In Deno 2.6 the zstd functions are empty and brotli ignores an
 * error in its last byte: brotli is decoded there but not requested. The version is tested because a test of the
 * functions would load them for every answer, and most answers have no coding.
 */
const IS_RELIABLE = MAJOR > 2 || MINOR >= 9;

/** Value of Accept-Encoding: the codings that {@linkcode decoderFor} can decode on this platform. */
export const ACCEPT_ENCODING: string = IS_RELIABLE ? "gzip, deflate, br, zstd" : "gzip, deflate";

/** Most codings of one body, applied one after the other. Each costs memory; in practice there are at most two. */
const CODING_LIMIT = 5;

/**
 * Largest zstd window, 8 MiB, which HTTP requires decoders to support (RFC 9659); the format itself allows gigabytes.
 */
const ZSTD_WINDOW_LOG = 23;

/**
 * Makes the decoder of a body.
 *
 * @example
 * ```ts ignore
 * const decoder = decoderFor(fields.list("content-encoding"), (bytes) => writeAll(file, bytes));
 * for await (const bytes of body) await decoder?.push(bytes);
 * await decoder?.end();
 * ```
 *
 * @param codings the members of Content-Encoding in the order of the header: the last one is decoded first
 * @param sink receives the decoded bytes
 * @returns undefined if the body has no coding
 * @throws {SockeyeError} `protocol` for an unknown coding, or too many
 */
export function decoderFor(codings: readonly string[], sink: DecodedSink): BodyDecoder | undefined {
  const names = codings.map((coding) => coding.trim().toLowerCase()).filter((coding) => !NO_CODINGS.has(coding));
  if (names.length > CODING_LIMIT) throw badAnswer(`more than ${CODING_LIMIT} content codings`);
  return names.map(codingOf).reduce<BodyDecoder | undefined>(
    (next, coding) => new Stage(coding, next ?? { push: sink, end: () => Promise.resolve(), abort: () => {} }),
    undefined,
  );
}

/** Values that mean no coding. `none` is not in the RFC, but servers send it for that. */
const NO_CODINGS: ReadonlySet<string> = new Set(["", "identity", "none"]);

/** A content coding and how to decode it. */
interface Coding {
  readonly name: string;
  /** Number of bytes at the beginning that {@linkcode create} needs. */
  readonly headSize: number;
  create(zlib: typeof Zlib, head: Uint8Array): ZlibStream;
  /** True if the data is a sequence of frames and a stream stops after each. */
  readonly hasFrames?: true;
  /** Detects whether the data was complete, where the stream itself does not. */
  readonly probe?: Probe;
}

const GZIP: Coding = {
  name: "gzip",
  headSize: 0,
  // It decodes several members in sequence as one body.
  create: (zlib) => zlib.createGunzip(STREAM_SETTINGS),
};

const DEFLATE: Coding = {
  name: "deflate",
  headSize: 2,
  create: (zlib, head) => (isZlibHeader(head) ? zlib.createInflate : zlib.createInflateRaw)(STREAM_SETTINGS),
};

const BROTLI: Coding = {
  name: "br",
  headSize: 0,
  create: (zlib) => zlib.createBrotliDecompress(STREAM_SETTINGS),
  probe: { bytes: Uint8Array.of(0), isComplete: (used) => used === 0 },
};

/** The letter k as a zstd frame. Inside an unfinished frame these bytes would decode differently, or be an error. */
const ZSTD_K = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 9, 0, 0, 0x6b);

const ZSTD: Coding = {
  name: "zstd",
  headSize: 0,
  create: (zlib) =>
    zlib.createZstdDecompress({
      ...STREAM_SETTINGS,
      params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
    }),
  hasFrames: true,
  probe: { bytes: ZSTD_K, isComplete: (_, decoded) => decoded.length === 1 && decoded[0] === ZSTD_K.at(-1) },
};

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ["gzip", GZIP],
  ["x-gzip", GZIP],
  ["deflate", DEFLATE],
  ["br", BROTLI],
  ...(IS_RELIABLE ? [["zstd", ZSTD] as const] : []),
]);

function codingOf(name: string): Coding {
  const coding = CODINGS.get(name);
  if (!coding) throw badAnswer(`the content coding ${quote(name)} is unknown; --raw saves it as it is`);
  return coding;
}

/**
 * Tests for the header of zlib data (RFC 1950). Many servers send raw deflate data as `deflate`, which cannot begin
 * like that header.
 */
function isZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x8f) === 0x08 && (first * 256 + second) % 31 === 0;
}

const NOTHING = new Uint8Array();

/** Decodes one coding and passes the result to the next stage. */
class Stage implements BodyDecoder {
  readonly #coding: Coding;
  readonly #next: BodyDecoder;
  /** The first bytes, until there are as many as the coding needs. */
  #head = NOTHING;
  /** The stream of the current frame; undefined before the first byte and between frames. */
  #inflater: Inflater | undefined;
  /** True after the end of the data; only padding may follow. */
  #over = false;
  #aborted = false;

  constructor(coding: Coding, next: BodyDecoder) {
    this.#coding = coding;
    this.#next = next;
  }

  async push(bytes: Uint8Array): Promise<void> {
    const all = this.#head.length === 0 ? bytes : concat([this.#head, bytes]);
    const begun = this.#over || this.#inflater !== undefined || all.length >= this.#coding.headSize;
    this.#head = begun ? NOTHING : all.slice();
    if (begun) await this.#decode(all);
  }

  /** A body without any bytes is valid and empty, whatever its coding. */
  async end(): Promise<void> {
    await this.#decode(this.#head);
    await this.#inflater?.end((bytes) => this.#next.push(bytes), this.#coding.probe);
    this.#close();
    await this.#next.end();
  }

  abort(): void {
    this.#aborted = true;
    this.#close();
    this.#next.abort();
  }

  async #decode(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#over) return this.#checkPadding(rest);
      this.#inflater ??= await this.#begin(rest);
      const used = await this.#inflater.write(rest, (piece) => this.#next.push(piece));
      if (used === rest.length) return;
      this.#close();
      this.#over = !this.#coding.hasFrames || used === 0;
      rest = rest.subarray(used);
    }
  }

  /** Loads node:zlib when the first coded byte arrives, and creates the stream. */
  async #begin(head: Uint8Array): Promise<Inflater> {
    const zlib = await import("node:zlib");
    if (this.#aborted) throw stopped();
    return new Inflater(this.#coding.name, this.#coding.create(zlib, head));
  }

  /** Accepts zeros after the data: some servers fill the last block with them, as tapes once needed. */
  #checkPadding(bytes: Uint8Array): void {
    if (bytes.some((byte) => byte !== 0)) throw corrupt(this.#coding.name);
  }

  #close(): void {
    this.#inflater?.abort();
    this.#inflater = undefined;
  }
}
