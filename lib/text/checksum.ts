/**
 * Checksums of messages: one CRC whose catalogue is data, sums, xor and LRC.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import type { ChecksumVerdict } from "../events.ts";
import { quote } from "../printable.ts";
import { didYouMean, listed } from "../wording.ts";

/** How a checksum is computed. */
export interface Algorithm {
  /** Bytes of the value. */
  readonly size: 1 | 2 | 4;
  /** Whether the low byte comes first, unless the command line says otherwise. */
  readonly little?: boolean;
  /** Value for the ASCII digits `123456789`, as it is published. */
  readonly check: number;
  /** Computes the value. */
  readonly sum: (bytes: Uint8Array) => number;
}

/** Parameters of a CRC, named as in the CRC catalogue of Greg Cook (reveng.sourceforge.io). */
interface CrcModel {
  readonly width: 8 | 16 | 32;
  readonly poly: number;
  readonly init: number;
  /** Whether the lowest bit of a byte comes first, and the lowest bit of the value. */
  readonly reflected: boolean;
  readonly xorout: number;
}

/** The catalogue by name. */
export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  "crc16-modbus": {
    size: 2,
    little: true,
    check: 0x4b37,
    sum: crc({ width: 16, poly: 0x8005, init: 0xffff, reflected: true, xorout: 0 }),
  },
  "crc16-ccitt-false": {
    size: 2,
    check: 0x29b1,
    sum: crc({ width: 16, poly: 0x1021, init: 0xffff, reflected: false, xorout: 0 }),
  },
  "crc16-xmodem": {
    size: 2,
    check: 0x31c3,
    sum: crc({ width: 16, poly: 0x1021, init: 0, reflected: false, xorout: 0 }),
  },
  "crc32": {
    size: 4,
    check: 0xcbf43926,
    sum: crc({ width: 32, poly: 0x04c11db7, init: 0xffffffff, reflected: true, xorout: 0xffffffff }),
  },
  "crc8": { size: 1, check: 0xf4, sum: crc({ width: 8, poly: 0x07, init: 0, reflected: false, xorout: 0 }) },
  "sum8": { size: 1, check: 0xdd, sum: (bytes) => total(bytes) & 0xff },
  "xor8": { size: 1, check: 0x31, sum: (bytes) => bytes.reduce((value, byte) => value ^ byte, 0) },
  // The two's complement of the sum, as Modbus ASCII has it.
  "lrc": { size: 1, check: 0x23, sum: (bytes) => -total(bytes) & 0xff },
};

/** Names of all checksums. */
export const CHECKSUM_NAMES: readonly string[] = Object.keys(ALGORITHMS);

/** A checksum at the end of each message, before the tail that ends it. */
export interface Checksum {
  /** One of {@linkcode CHECKSUM_NAMES}. */
  readonly name: string;
  /** Whether the low byte comes first. */
  readonly little: boolean;
  /** First byte that counts, from 0. */
  readonly from: number;
  /** First byte that does not count any more; never after the checksum itself. Default: the checksum. */
  readonly to?: number | undefined;
}

/**
 * Parses `NAME[:le|:be][@FROM[..TO]]`, such as `crc16-modbus` or `sum8@2..10`.
 *
 * @throws {Error} with the expected form as its message
 */
export function asChecksum(text: string): Checksum {
  const [, name = "", order, range] = /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/s.exec(text) ?? [];
  const algorithm = Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined;
  if (!algorithm) throw new Error(`expected ${listed(CHECKSUM_NAMES, "or")}${didYouMean(name, CHECKSUM_NAMES)}`);
  if (order !== undefined && order !== "le" && order !== "be") {
    throw new Error(`expected :le or :be after ${name}, not ${quote(`:${order}`)}`);
  }
  const [, first = "0", last] = range === undefined ? [] : /^(\d{1,6})(?:\.\.(\d{1,6})?)?$/.exec(range) ?? [, ""];
  const [from, to] = [Number(first), last === undefined ? undefined : Number(last)];
  if (first === "" || (to !== undefined && to <= from)) throw new Error("expected a range such as @2 or @2..10");
  const little = order === undefined ? algorithm.little ?? false : order === "le";
  return { name, little, from, ...(to !== undefined && { to }) };
}

/**
 * Adds the checksum to a message.
 *
 * @param tail bytes at the message's end that come after the checksum
 */
export function addChecksum(checksum: Checksum, message: Uint8Array, tail = 0): Uint8Array {
  const end = message.length - tail;
  return concat([message.subarray(0, end), valueOf(checksum, message.subarray(0, end)), message.subarray(end)]);
}

/**
 * Verifies the checksum of a received message.
 *
 * @param tail bytes at the message's end that come after the checksum
 */
export function judgeChecksum(checksum: Checksum, message: Uint8Array, tail = 0): ChecksumVerdict {
  const end = Math.max(message.length - tail, 0);
  const at = Math.max(end - ALGORITHMS[checksum.name]!.size, 0);
  const [has, want] = [message.subarray(at, end), valueOf(checksum, message.subarray(0, at))].map((bytes) =>
    bytes.toHex()
  );
  return { ok: has === want, has: has!, want: want! };
}

function valueOf({ name, little, from, to }: Checksum, bytes: Uint8Array): Uint8Array {
  const { size, sum } = ALGORITHMS[name]!;
  const value = sum(bytes.subarray(from, to));
  return Uint8Array.from({ length: size }, (_, i) => value >>> (8 * (little ? i : size - 1 - i)));
}

function total(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

/** Makes the function of a CRC, which takes a byte at a time from a table of 256 values, made at the first call. */
function crc({ width, poly, init, reflected, xorout }: CrcModel): (bytes: Uint8Array) => number {
  const shift = 32 - width; // Without reflection the value stands in the highest bits.
  const table = () =>
    Uint32Array.from({ length: 256 }, (_, byte) => {
      let value = reflected ? byte : byte << 24;
      for (let bit = 0; bit < 8; bit++) {
        if (reflected) value = value & 1 ? (value >>> 1) ^ reverse(poly, width) : value >>> 1;
        else value = value & 0x80000000 ? (value << 1) ^ (poly << shift) : value << 1;
      }
      return value;
    });
  let values: Uint32Array | undefined;
  return (bytes) => {
    values ??= table();
    let value = reflected ? init : init << shift;
    for (const byte of bytes) {
      value = reflected
        ? (value >>> 8) ^ values[(value ^ byte) & 0xff]!
        : (value << 8) ^ values[(value >>> 24) ^ byte]!;
    }
    return ((reflected ? value : value >>> shift) ^ xorout) >>> 0;
  };
}

/** The lowest `width` bits in the opposite order. */
function reverse(value: number, width: number): number {
  let reversed = 0;
  for (let bit = 0; bit < width; bit++) if (value & (1 << bit)) reversed |= 1 << (width - 1 - bit);
  return reversed >>> 0;
}
