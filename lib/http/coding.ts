/**
 * Content codings (RFC 9110 section 8.4), undone while the body arrives. What comes out is handed on in small pieces, each
 * of them awaited, so a few bytes that stand for gigabytes cost time but no memory.
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

/** Undoes the content codings of one body. */
export interface BodyDecoder {
  /**
   * Decodes a chunk; what it stands for has gone to the sink when the promise settles.
   *
   * @param bytes the next ones of the body; the buffer may be used again when the promise has settled
   * @throws {SockeyeError} `protocol` when the data is corrupt; and whatever the sink throws
   */
  push(bytes: Uint8Array): Promise<void>;
  /**
   * Ends the body.
   *
   * @throws {SockeyeError} `protocol` when the data is cut off; and whatever the sink throws
   */
  end(): Promise<void>;
  /** Frees everything, at any time: for a body that will not be continued. A push that waits is rejected. */
  abort(): void;
}

/** The version of the platform. */
const [MAJOR = 0, MINOR = 0] = (/\d+\.\d+/.exec(navigator.userAgent)?.[0] ?? "").split(".").map(Number);

/**
 * Whether zstd works and all corrupt data is found. In Deno 2.6, the functions for zstd have nothing behind them, and
 * brotli passes an error in its last byte in silence: it is undone there when it comes, and not asked for. To ask the
 * functions themselves would be to load them, for every answer: most are not coded.
 */
const IS_RELIABLE = MAJOR > 2 || MINOR >= 9;

/** What to ask for: codings that {@linkcode decoderFor} undoes on this platform. */
export const ACCEPT_ENCODING: string = IS_RELIABLE ? "gzip, deflate, br, zstd" : "gzip, deflate";

/** Codings of one body, one on top of the other. Each costs memory; nobody sends more than two. */
const CODING_LIMIT = 5;

/** What a decoder of zstd has to support for HTTP, 8 MiB (RFC 9659); the format itself would allow gigabytes. */
const ZSTD_WINDOW_LOG = 23;

/**
 * Makes the decoder for a body.
 *
 * @param codings the members of Content-Encoding in the order of the header: the last one is undone first
 * @param sink where the decoded bytes go
 * @returns undefined when there is nothing to undo
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

/** `none` is no coding of the RFC; servers that send it mean what it says. */
const NO_CODINGS: ReadonlySet<string> = new Set(["", "identity", "none"]);

/** How to undo one coding. */
interface Coding {
  readonly name: string;
  /** How many bytes {@linkcode create} wants to see. */
  readonly headSize: number;
  create(zlib: typeof Zlib, head: Uint8Array): ZlibStream;
  /** Whether the data is frames one after the other, and a stream stops after each. */
  readonly hasFrames?: true;
  /** How the end of its data is found out, where the stream does not tell. */
  readonly probe?: Probe;
}

const GZIP: Coding = {
  name: "gzip",
  headSize: 0,
  // Several members, one after the other, are one body for it.
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

/** The letter k as a zstd frame. Inside of a frame it would be anything else, or an error. */
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

/** Many servers send raw deflate data under this name. It cannot begin as data with a header does (RFC 1950). */
function isZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x8f) === 0x08 && (first * 256 + second) % 31 === 0;
}

const NOTHING = new Uint8Array();

/** Undoes one coding. */
class Stage implements BodyDecoder {
  readonly #coding: Coding;
  readonly #next: BodyDecoder;
  #head = NOTHING;
  #inflater: Inflater | undefined;
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

  /** A body without any bytes is empty, whatever its coding. */
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

  /** The functions are loaded when there is something for them to do. */
  async #begin(head: Uint8Array): Promise<Inflater> {
    const zlib = await import("node:zlib");
    if (this.#aborted) throw stopped();
    return new Inflater(this.#coding.name, this.#coding.create(zlib, head));
  }

  /** Some servers fill the last block with zeros, as tapes once needed. */
  #checkPadding(bytes: Uint8Array): void {
    if (bytes.some((byte) => byte !== 0)) throw corrupt(this.#coding.name);
  }

  #close(): void {
    this.#inflater?.abort();
    this.#inflater = undefined;
  }
}
