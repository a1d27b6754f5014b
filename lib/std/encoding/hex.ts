/**
 * Stand-in for `@std/encoding/hex`: bytes as pairs of hexadecimal digits.
 *
 * @module
 */

import { toBytes } from "./_bytes.ts";

/**
 * Writes data as lower-case hexadecimal digits.
 *
 * @param src Bytes, or a text that stands for its UTF-8 bytes.
 * @returns Two digits per byte.
 */
export function encodeHex(src: string | Uint8Array | ArrayBuffer): string {
  return toBytes(src).toHex();
}

/**
 * Reads bytes back from hexadecimal digits of either case.
 *
 * @param src Two digits per byte.
 * @returns The bytes.
 * @throws {RangeError} If the number of digits is odd.
 * @throws {TypeError} If a character is no hexadecimal digit.
 */
export function decodeHex(src: string): Uint8Array<ArrayBuffer> {
  // The native decoder throws SyntaxError for everything; callers of the package expect to tell the two apart.
  const length = toBytes(src).length;
  if (length % 2 === 1) {
    throw new RangeError(`Cannot decode input as hex: Length (${length}) must be divisible by 2`);
  }
  const invalid = /[^0-9a-f]/i.exec(src);
  if (invalid) throw new TypeError(`Cannot decode input as hex: Invalid character (${invalid[0]})`);
  return Uint8Array.fromHex(src);
}
