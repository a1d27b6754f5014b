/**
 * Content codings (RFC 9110 section 8.4), decoded while the body arrives. The result is handed on in small pieces, each
 * of them awaited, so a few bytes that stand for gigabytes cost time but no memory.
 *
 * @module
 */

import type * as Zlib from "node:zlib";
import { concat } from "../bytes.ts";
import { quote } from "../printable.ts";
import { type DECODED, NO_CODINGS } from "./coding_names.ts";
import { badAnswer } from "./head.ts";
import { corrupt, Inflater, RAW_ADVICE, stopped, STREAM_SETTINGS } from "./inflate.ts";
import type { DecodedSink, Probe, ZlibStream } from "./inflate.ts";

/** Decodes the content codings of one body. */
export interface BodyDecoder {
  /**
   * Decodes a chunk. When the promise settles everything decoded has gone to the sink, and the buffer may be used again.
   *
   * @throws {SockeyeError} `protocol` when the data is corrupt; and what the sink throws
   */
  push(bytes: Uint8Array): Promise<void>;
  /** Ends the body; throws as push() does, also when the data is cut off. */
  end(): Promise<void>;
  /** Frees everything, at any time: for a body that will not be continued. A pending push is rejected. */
  abort(): void;
}

/** The most codings of one body. Each costs memory; servers send two at most. */
const CODING_LIMIT = 5;

/** The largest window that a zstd decoder must support for HTTP, 8 MiB (RFC 9659); the format allows gigabytes. */
const ZSTD_WINDOW_LOG = 23;

/**
 * Makes the decoder for a body.
 *
 * @param codings the members of Content-Encoding in the order of the header: the last one is decoded first
 * @returns undefined when there is nothing to decode
 * @throws {SockeyeError} `protocol` for an unknown coding, or too many
 */
export function decoderFor(codings: readonly string[], sink: DecodedSink): BodyDecoder | undefined {
  const names = codings.map((coding) => coding.trim().toLowerCase()).filter((coding) => !NO_CODINGS.has(coding));
  if (names.length > CODING_LIMIT) throw badAnswer(`more than ${CODING_LIMIT} content codings${RAW_ADVICE}`);
  return names.map(codingOf).reduce<BodyDecoder | undefined>(
    (next, coding) => new Stage(coding, next ?? { push: sink, end: () => Promise.resolve(), abort: () => {} }),
    undefined,
  );
}

/** How one coding is decoded. */
interface Coding {
  readonly name: string;
  /** How many bytes {@linkcode create} wants to see; default 0. */
  readonly headSize?: number;
  create(zlib: typeof Zlib, head: Uint8Array): ZlibStream;
  /** Set where the data may be several frames, and a stream stops after each. */
  readonly hasFrames?: true;
  /** Finds the end of the data, where the stream does not report it. */
  readonly probe?: Probe;
}

/** Gunzip continues with the next member by itself. */
const GZIP: Coding = { name: "gzip", create: (zlib) => zlib.createGunzip(STREAM_SETTINGS) };

const DEFLATE: Coding = {
  name: "deflate",
  headSize: 2,
  create: (zlib, head) => (isZlibHeader(head) ? zlib.createInflate : zlib.createInflateRaw)(STREAM_SETTINGS),
};

const BROTLI: Coding = {
  name: "br",
  create: (zlib) => zlib.createBrotliDecompress(STREAM_SETTINGS),
  probe: { bytes: Uint8Array.of(0), isComplete: (used) => used === 0 },
};

/** The letter k as a zstd frame. In the middle of another frame it decodes to something else, or fails. */
const ZSTD_K = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 9, 0, 0, 0x6b);

const ZSTD: Coding = {
  name: "zstd",
  create: (zlib) => {
    const params = { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG };
    return zlib.createZstdDecompress({ ...STREAM_SETTINGS, params });
  },
  hasFrames: true,
  probe: { bytes: ZSTD_K, isComplete: (_, decoded) => decoded.length === 1 && decoded[0] === ZSTD_K.at(-1) },
};

const BY_NAME: Readonly<Record<typeof DECODED[number], Coding>> = {
  gzip: GZIP,
  "x-gzip": GZIP,
  deflate: DEFLATE,
  br: BROTLI,
  zstd: ZSTD,
};

const CODINGS: ReadonlyMap<string, Coding> = new Map(Object.entries(BY_NAME));

function codingOf(name: string): Coding {
  const coding = CODINGS.get(name);
  if (!coding) throw badAnswer(`the content coding ${quote(name)} is unknown${RAW_ADVICE}`);
  return coding;
}

/** Many servers send raw deflate data under this name. It cannot begin as data with a header does (RFC 1950). */
function isZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x8f) === 0x08 && (first * 256 + second) % 31 === 0;
}

const NOTHING = new Uint8Array();

/** Decodes one coding and pushes the result into the next stage. */
class Stage implements BodyDecoder {
  readonly #coding: Coding;
  readonly #next: BodyDecoder;
  /** The first bytes, until there are as many as the coding wants to see. */
  #head = NOTHING;
  /** Decodes the current frame, or all of the body; undefined before and after. */
  #inflater: Inflater | undefined;
  /** Whether the data has ended; only padding may follow. */
  #over = false;
  #aborted = false;

  constructor(coding: Coding, next: BodyDecoder) {
    this.#coding = coding;
    this.#next = next;
  }

  async push(bytes: Uint8Array): Promise<void> {
    const all = this.#head.length === 0 ? bytes : concat([this.#head, bytes]);
    const begun = this.#over || this.#inflater !== undefined || all.length >= (this.#coding.headSize ?? 0);
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

  /** Loads `node:zlib` with the first coded body: most bodies are not coded. */
  async #begin(head: Uint8Array): Promise<Inflater> {
    const zlib = await import("node:zlib");
    if (this.#aborted) throw stopped();
    return new Inflater(this.#coding.name, this.#coding.create(zlib, head));
  }

  /** Some servers fill the last block with zeros, as tar does for tapes. */
  #checkPadding(bytes: Uint8Array): void {
    if (bytes.some((byte) => byte !== 0)) throw corrupt(this.#coding.name);
  }

  #close(): void {
    this.#inflater?.abort();
    this.#inflater = undefined;
  }
}
