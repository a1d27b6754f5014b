/**
 * Stand-in for `@std/encoding/hex`: bytes as pairs of hexadecimal digits.
 *
 * @module
 */

/** Writes bytes as lower-case digits. */
export function encodeHex(src: Uint8Array | ArrayBuffer): string {
  return (src instanceof ArrayBuffer ? new Uint8Array(src) : src).toHex();
}
