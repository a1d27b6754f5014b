/**
 * Stand-in for `@std/encoding/base64`.
 *
 * @module
 */

/** Writes bytes as padded base64 (RFC 4648, section 4). */
export function encodeBase64(data: Uint8Array): string {
  return data.toBase64();
}
