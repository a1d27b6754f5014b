/**
 * Reads captures, pcapng and pcap of either byte order, as their bytes arrive.
 *
 * A field never decides how much memory is allocated: the buffer grows with the bytes that arrive, up to
 * {@linkcode BLOCK_MAX}, and skipped data is not buffered at all.
 *
 * @module
 */

import { ByteBuffer } from "../bytes.ts";
import { BLOCK, BYTE_ORDER_MAGIC, OPTION, PCAP_MAGIC } from "./format.ts";

/** A packet as it was captured. */
export interface CapturedPacket {
  /** What its bytes begin with, one of {@linkcode LINK} or another number. */
  readonly link: number;
  /** The bytes: a view that is valid only during the call. */
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  /** What a person or a program remarked. */
  readonly comment?: string;
}

/** The file is not a capture, or its contents are invalid. */
export class CaptureError extends Error {
  /** Where in the file. */
  readonly offset: number;

  /** Creates an error with a short reason. */
  constructor(message: string, offset: number) {
    super(message);
    this.name = "CaptureError";
    this.offset = offset;
  }
}

/** Bytes of the longest block that is read, and of the longest packet: Wireshark's limit. */
export const BLOCK_MAX: number = 16 * 1024 * 1024;

/** Bytes of a block before its content begins, with the first word of the content. */
const HEAD = 12;

/** Last millisecond that a Date can have. */
const TIME_MAX = 8.64e15;

/** Block types with content that is read. */
const READ: ReadonlySet<number> = new Set([
  BLOCK.section,
  BLOCK.interface,
  BLOCK.oldPacket,
  BLOCK.simplePacket,
  BLOCK.enhancedPacket,
]);

/** An interface of a section. */
interface Interface {
  readonly link: number;
  /** Bytes that are kept of a packet; 0 for all. */
  readonly snapLength: number;
  /** Unit of its times in milliseconds. */
  readonly unit: number;
  /** Milliseconds that are added to its times. */
  readonly offset: number;
}

/** Takes so many bytes, all at once, and returns the next step. */
interface Step {
  readonly need: number;
  run(view: DataView, bytes: Uint8Array): Step;
}

/**
 * Reads one file.
 *
 * @example
 * ```ts ignore
 * const parser = new CaptureParser(({ time, bytes }) => …);
 * for await (const chunk of readChunks(file)) parser.push(chunk);
 * const cutAt = parser.end(); // undefined for a file that is complete
 * ```
 */
export class CaptureParser {
  readonly #onPacket: (packet: CapturedPacket) => void;
  readonly #held = new ByteBuffer();
  #step: Step = { need: HEAD, run: (view) => this.#begin(view) };
  /** Bytes to be passed over before the next step. */
  #skip = 0;
  /** Offset of the first byte that no step has taken. */
  #offset = 0;
  /** Offset where the current block or record begins. */
  #start = 0;
  /** Byte order of the section. */
  #little = true;
  #interfaces: Interface[] = [];
  /** Time of the last packet, for blocks that have none. */
  #time = 0;

  /** Begins a file. */
  constructor(onPacket: (packet: CapturedPacket) => void) {
    this.#onPacket = onPacket;
  }

  /**
   * Takes the next bytes.
   *
   * @throws {CaptureError} the file is no capture, or cannot be read any further
   */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length || (this.#skip === 0 && this.#step.need === 0);) {
      if (this.#skip > 0) {
        const count = Math.min(this.#skip, chunk.length - at);
        at += count;
        this.#skip -= count;
        this.#offset += count;
        continue;
      }
      const { need } = this.#step;
      let bytes = chunk.subarray(at, at + need - this.#held.length);
      at += bytes.length;
      if (this.#held.length + bytes.length < need) return this.#held.push(bytes);
      if (this.#held.length > 0) {
        this.#held.push(bytes);
        bytes = this.#held.take();
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const next = this.#step.run(view, bytes);
      this.#offset += need;
      this.#step = next;
    }
  }

  /**
   * Takes the end of the file.
   *
   * @returns the offset of the block that is not complete, if one is not
   * @throws {CaptureError} the file is too short to be a capture
   */
  end(): number | undefined {
    const cut = this.#held.length > 0 || this.#skip > 0 || this.#offset !== this.#start;
    if (this.#offset > 0 || this.#skip > 0) return cut ? this.#start : undefined;
    throw noCapture(this.#held.length === 0 ? "it is empty" : undefined);
  }

  /** The first bytes tell the format. */
  #begin(view: DataView): Step {
    const magic = view.getUint32(0);
    const pcap = PCAP_MAGIC.get(magic);
    if (pcap) {
      const run = (rest: DataView) => this.#pcapRecord(rest.getUint32(8, pcap.little) & 0xffff, pcap.unit, pcap.little);
      return { need: 12, run };
    }
    if (magic === BLOCK.section) return this.#blockHead(view);
    throw noCapture(magic >>> 16 === 0x1f8b ? "unpack it with gunzip first" : undefined);
  }

  /** Records of a pcap file. The step before it has read one, or the head of the file. */
  #pcapRecord(link: number, unit: number, little: boolean): Step {
    const next = () => this.#pcapRecord(link, unit, little);
    this.#startHere();
    const run = (view: DataView): Step => {
      const time = view.getUint32(0, little) * 1000 + view.getUint32(4, little) * unit * 1000;
      const need = view.getUint32(8, little);
      if (need > BLOCK_MAX) throw this.#bad(`a packet of ${need} bytes`);
      const take = (bytes: Uint8Array) => {
        this.#onPacket({ link, bytes, time });
        return next();
      };
      return { need, run: (_, bytes) => take(bytes) };
    };
    return { need: 16, run };
  }

  #block(): Step {
    this.#startHere();
    return { need: HEAD, run: (view) => this.#blockHead(view) };
  }

  /** Type and length of a block, and the first word of its content. */
  #blockHead(view: DataView): Step {
    if (view.getUint32(0) === BLOCK.section) this.#beginSection(view);
    const little = this.#little;
    const [type, size, word] = [view.getUint32(0, little), view.getUint32(4, little), view.getUint32(8, little)];
    const rest = size - HEAD;
    if (size % 4 !== 0 || rest < 0) throw this.#bad(`a block of ${size} bytes`);
    const trailer = (has: number): Step => {
      if (has !== size) throw this.#bad(`a block with the lengths ${size} and ${has}`);
      return this.#block();
    };
    if (!READ.has(type)) {
      if (rest === 0) return { need: 0, run: () => trailer(word) };
      this.#skip = rest - 4;
      return { need: 4, run: (view) => trailer(view.getUint32(0, little)) };
    }
    if (size > BLOCK_MAX || rest < 4) throw this.#bad(`a block of ${size} bytes`);
    return {
      need: rest,
      run: (view, bytes) => {
        const has = view.getUint32(rest - 4, little);
        if (has !== size) return trailer(has);
        this.#readBlock(type, word, bytes.subarray(0, -4));
        return this.#block();
      },
    };
  }

  #beginSection(view: DataView): void {
    const order = [true, false].find((little) => view.getUint32(8, little) === BYTE_ORDER_MAGIC);
    if (order === undefined) throw this.#bad("a section without its byte order");
    this.#little = order;
    this.#interfaces = [];
  }

  /** `word` is the first word of the content, `bytes` are those after it. */
  #readBlock(type: number, word: number, bytes: Uint8Array): void {
    const little = this.#little;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const short = (at: number) => view.getUint16(at, little);
    const long = (at: number) => bytes.length >= at + 4 ? view.getUint32(at, little) : 0;
    // Two short fields stand in one word.
    const firstHalf = little ? word & 0xffff : word >>> 16;
    if (type === BLOCK.interface) return void this.#interfaces.push(this.#readInterface(firstHalf, view, bytes));
    if (type === BLOCK.section) {
      if (bytes.length < 12) throw this.#bad("a section header that is too short");
      if (short(0) !== 1) throw this.#bad(`version ${short(0)} of pcapng`);
      return;
    }
    const { link, snapLength, unit, offset } = this.#interface(
      type === BLOCK.enhancedPacket ? word : type === BLOCK.oldPacket ? firstHalf : 0,
    );
    if (type === BLOCK.simplePacket) {
      const length = Math.min(word, snapLength || Infinity, bytes.length);
      return this.#onPacket({ link, bytes: bytes.subarray(0, length), time: this.#time });
    }
    const length = long(8);
    if (bytes.length < 16 || length > bytes.length - 16) {
      throw this.#bad(`a packet of ${length} bytes in a smaller block`);
    }
    const time = (long(0) * 2 ** 32 + long(4)) * unit + offset;
    this.#time = Math.min(Math.max(time, 0), TIME_MAX);
    const options = (length + 3 & ~3) + 16;
    const comment = this.#option(view, bytes, options, OPTION.comment);
    const text = comment && { comment: new TextDecoder().decode(comment) };
    this.#onPacket({ link, bytes: bytes.subarray(16, 16 + length), time: this.#time, ...text });
  }

  #readInterface(link: number, view: DataView, bytes: Uint8Array): Interface {
    if (bytes.length < 4) throw this.#bad("an interface block that is too short");
    const [resolution = 6] = this.#option(view, bytes, 4, OPTION.timeResolution) ?? [];
    const seconds = resolution & 0x80 ? 2 ** -(resolution & 0x7f) : 10 ** -resolution;
    const offset = this.#option(view, bytes, 4, OPTION.timeOffset);
    const offsetView = offset?.length === 8 ? new DataView(offset.buffer, offset.byteOffset, 8) : undefined;
    return {
      link,
      snapLength: view.getUint32(0, this.#little),
      unit: seconds * 1000,
      offset: Number(offsetView?.getBigInt64(0, this.#little) ?? 0n) * 1000,
    };
  }

  #interface(number: number): Interface {
    const found = this.#interfaces[number];
    if (!found) throw this.#bad(`a packet of interface ${number}, of which nothing was said`);
    return found;
  }

  /** The first option with a code. Options that do not fit their block are passed over: they change no packet. */
  #option(view: DataView, bytes: Uint8Array, at: number, code: number): Uint8Array | undefined {
    while (at + 4 <= bytes.length) {
      const [found, length] = [view.getUint16(at, this.#little), view.getUint16(at + 2, this.#little)];
      if (found === OPTION.end || at + 4 + length > bytes.length) return undefined;
      if (found === code) return bytes.subarray(at + 4, at + 4 + length);
      at += 4 + (length + 3 & ~3);
    }
    return undefined;
  }

  /** The step that runs has taken all before the next block. */
  #startHere(): void {
    this.#start = this.#offset + this.#step.need;
  }

  #bad(what: string): CaptureError {
    return new CaptureError(what, this.#start);
  }
}

function noCapture(why = "it is neither pcapng nor pcap"): CaptureError {
  return new CaptureError(`no capture: ${why}`, 0);
}
