/**
 * Stand-in for `@std/encoding/base64`: bytes as base64 text (RFC 4648, section 4).
 *
 * @module
 */

/**
 * Writes bytes as padded base64.
 *
 * @param data The bytes.
 */
export function encodeBase64(data: Uint8Array): string {
  return data.toBase64();
}

/**
 * Reads bytes back from base64, padded or not, without white space.
 *
 * @returns The bytes.
 * @throws {RangeError} If the text is one character too long or too short to be base64.
 * @throws {TypeError} If a character is not of the base64 alphabet.
 */
export function decodeBase64(b64: string): Uint8Array<ArrayBuffer> {
  // The native decoder skips white space, wants padding exact and throws SyntaxError; the package does none of these.
  const digits = b64.replace(/={1,2}$/, "");
  const length = new TextEncoder().encode(digits).length;
  if (length % 4 === 1) {
    throw new RangeError(
      `Cannot decode input as base64: Length (${length}), excluding padding, ` +
        "must not have a remainder of 1 when divided by 4",
    );
  }
  const invalid = /[^A-Za-z0-9+/]/.exec(digits);
  if (invalid) throw new TypeError(`Cannot decode input as base64: Invalid character (${invalid[0]})`);
  return Uint8Array.fromBase64(digits);
}
