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
import { Inflater, RAW_ADVICE, stopped, STREAM_SETTINGS } from "./inflate.ts";
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
 * @param remark called about data that does not match its coding and is passed on as it is, and about bytes after the
 * data
 * @returns undefined when there is nothing to decode
 * @throws {SockeyeError} `protocol` for an unknown coding, or too many
 */
export function decoderFor(
  codings: readonly string[],
  sink: DecodedSink,
  remark: (text: string) => void = () => {},
): BodyDecoder | undefined {
  const names = codings.map((coding) => coding.trim().toLowerCase()).filter((coding) => !NO_CODINGS.has(coding));
  if (names.length > CODING_LIMIT) throw badAnswer(`more than ${CODING_LIMIT} content codings${RAW_ADVICE}`);
  return names.map(codingOf).reduce<BodyDecoder | undefined>(
    (next, coding) => new Stage(coding, remark, next ?? { push: sink, end: () => Promise.resolve(), abort: () => {} }),
    undefined,
  );
}

/** Whether data is that of a coding, by its first bytes; undefined while they do not tell. */
type Claim = (zlib: typeof Zlib, head: Uint8Array, whole: boolean) => Promise<boolean | undefined>;

/** How one coding is decoded. */
interface Coding {
  readonly name: string;
  readonly claims: Claim;
  /** Makes the decoder; `onRest` is called once when bytes follow the data that are not its padding. */
  decoder(zlib: typeof Zlib, next: BodyDecoder, onRest: () => void): Promise<BodyDecoder>;
}

/** How a coding is decoded of which a stream of `node:zlib` finds the end. */
interface Framed {
  readonly name: string;
  create(zlib: typeof Zlib, head: Uint8Array): ZlibStream;
  /** Set where the data may be several frames, and a stream stops after each. */
  readonly hasFrames?: true;
  /** Finds the end of the data, where the stream does not report it. */
  readonly probe?: Probe;
}

const GZIP: Coding = {
  name: "gzip",
  claims: (_, head, whole) => Promise.resolve(beginsWith(head, whole, [[0x1f, 0x1f], [0x8b, 0x8b]])),
  decoder: async (zlib, next, onRest) => {
    const { Gunzip } = await import("./gzip.ts");
    return new Gunzip(zlib, next, onRest);
  },
};

const RAW_OR_ZLIB = inOneStream({
  name: "deflate",
  create: (zlib, head) => (isZlibHeader(head) ? zlib.createInflate : zlib.createInflateRaw)(STREAM_SETTINGS),
});

const DEFLATE: Coding = {
  ...RAW_OR_ZLIB,
  claims: async (zlib, head, whole) => isZlibHeader(head) || await RAW_OR_ZLIB.claims(zlib, head, whole),
};

const BROTLI = inOneStream({
  name: "br",
  create: (zlib) => zlib.createBrotliDecompress(STREAM_SETTINGS),
  probe: { bytes: Uint8Array.of(0), isComplete: (used) => used === 0 },
});

/** The letter k as a zstd frame. In the middle of another frame it decodes to something else, or fails. */
const ZSTD_K = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 9, 0, 0, 0x6b);

const ZSTD: Coding = {
  ...inOneStream({
    name: "zstd",
    create: (zlib) => {
      const params = { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG };
      return zlib.createZstdDecompress({ ...STREAM_SETTINGS, params });
    },
    hasFrames: true,
    probe: { bytes: ZSTD_K, isComplete: (_, decoded) => decoded.length === 1 && decoded[0] === ZSTD_K.at(-1) },
  }),
  // A frame, or one that is to be skipped (RFC 8878 section 3.1).
  claims: (_, head, whole) =>
    Promise.resolve(
      head[0] === 0x28
        ? beginsWith(head, whole, [[0x28, 0x28], [0xb5, 0xb5], [0x2f, 0x2f], [0xfd, 0xfd]])
        : beginsWith(head, whole, [[0x50, 0x5f], [0x2a, 0x2a], [0x4d, 0x4d], [0x18, 0x18]]),
    ),
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

/** Whether data begins with bytes in these ranges, as far as it goes; undefined while it is too short to tell. */
function beginsWith(head: Uint8Array, whole: boolean, ranges: readonly (readonly [number, number])[]) {
  const fits = ranges.every(([from, to], at) => at >= head.length || (head[at]! >= from && head[at]! <= to));
  return !fits ? false : whole || head.length >= ranges.length ? true : undefined;
}

/** Bytes by which data without a mark of its own is tried: text fails after a few of them. */
const TRIAL_BYTES = 64;

function inOneStream(framed: Framed): Coding {
  return {
    name: framed.name,
    claims: (zlib, head, whole) =>
      head.length < TRIAL_BYTES && !whole
        ? Promise.resolve(undefined)
        : isDecodable(framed, zlib, head.subarray(0, TRIAL_BYTES)),
    decoder: (zlib, next, onRest) => Promise.resolve(new OneStream(framed, zlib, next, onRest)),
  };
}

/** Whether the first bytes decode, or fail only after some have: not all at once, because a failure discards earlier output. */
async function isDecodable({ name, create }: Framed, zlib: typeof Zlib, head: Uint8Array): Promise<boolean> {
  for (const size of [head.length, 1]) {
    const inflater = new Inflater(name, create(zlib, head));
    let decoded = 0;
    const count = (bytes: Uint8Array) => Promise.resolve(void (decoded += bytes.length));
    try {
      for (let at = 0; at < head.length; at += size) await inflater.write(head.subarray(at, at + size), count);
      return true;
    } catch {
      if (decoded > 0) return true;
    } finally {
      inflater.abort();
    }
  }
  return false;
}

/** Many servers send raw deflate data under this name. It cannot begin as data with a header does (RFC 1950). */
function isZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x8f) === 0x08 && (first * 256 + second) % 31 === 0;
}

const NOTHING: Uint8Array = new Uint8Array();

/** Finds out whether the data has its coding, and decodes it and pushes the result into the next stage. */
class Stage implements BodyDecoder {
  readonly #coding: Coding;
  readonly #remark: (text: string) => void;
  readonly #next: BodyDecoder;
  /** The first bytes, until they tell. */
  #head: Uint8Array = NOTHING;
  /** What takes all bytes; undefined until that is known. */
  #taker: BodyDecoder | undefined;
  #aborted = false;

  constructor(coding: Coding, remark: (text: string) => void, next: BodyDecoder) {
    this.#coding = coding;
    this.#remark = remark;
    this.#next = next;
  }

  async push(bytes: Uint8Array): Promise<void> {
    if (this.#taker) return await this.#taker.push(bytes);
    this.#head = concat([this.#head, bytes]);
    if (this.#head.length > 0) await this.#decide(false);
  }

  /** A body without any bytes is empty, whatever its coding. */
  async end(): Promise<void> {
    if (!this.#taker && this.#head.length > 0) await this.#decide(true);
    await (this.#taker ?? this.#next).end();
  }

  abort(): void {
    this.#aborted = true;
    (this.#taker ?? this.#next).abort();
  }

  async #decide(whole: boolean): Promise<void> {
    // Loaded with the first coded body: most bodies are not coded.
    const zlib = await import("node:zlib");
    const claim = await this.#coding.claims(zlib, this.#head, whole);
    if (this.#aborted) throw stopped();
    if (claim === undefined) return;
    const { name } = this.#coding;
    if (!claim) this.#remark(`The body is not ${name}, though its header says so: it is taken as it is`);
    const onRest = () => this.#remark(`Bytes after the end of the ${name} data were ignored`);
    const taker = claim ? await this.#coding.decoder(zlib, this.#next, onRest) : this.#next;
    if (this.#aborted) throw stopped();
    this.#taker = taker;
    const head = this.#head;
    this.#head = NOTHING;
    await this.#taker.push(head);
  }
}

/** Decodes data of which the stream tells the end, or that of a frame. */
class OneStream implements BodyDecoder {
  readonly #framed: Framed;
  readonly #zlib: typeof Zlib;
  readonly #next: BodyDecoder;
  readonly #onRest: () => void;
  /** Decodes the current frame, or all of the body; undefined before and after. */
  #inflater: Inflater | undefined;
  /** Whether the data has ended. */
  #over = false;
  /** Whether more than padding came behind it. */
  #hasRest = false;

  constructor(framed: Framed, zlib: typeof Zlib, next: BodyDecoder, onRest: () => void) {
    this.#framed = framed;
    this.#zlib = zlib;
    this.#next = next;
    this.#onRest = onRest;
  }

  async push(bytes: Uint8Array): Promise<void> {
    const { name, create, hasFrames } = this.#framed;
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#over) return this.#ignore(rest);
      this.#inflater ??= new Inflater(name, create(this.#zlib, rest));
      const used = await this.#inflater.write(rest, (piece) => this.#next.push(piece));
      if (used === rest.length) return;
      this.#close();
      this.#over = !hasFrames || used === 0;
      rest = rest.subarray(used);
    }
  }

  async end(): Promise<void> {
    await this.#inflater?.end((bytes) => this.#next.push(bytes), this.#framed.probe);
    this.#close();
    await this.#next.end();
  }

  abort(): void {
    this.#close();
    this.#next.abort();
  }

  /** Some servers fill the last block with zeros, as tar does for tapes: nothing to tell of. */
  #ignore(bytes: Uint8Array): void {
    if (this.#hasRest || bytes.every((byte) => byte === 0)) return;
    this.#hasRest = true;
    this.#onRest();
  }

  #close(): void {
    this.#inflater?.abort();
    this.#inflater = undefined;
  }
}
