/**
 * `--grep`: which messages are shown.
 *
 * @module
 */

import { TextStream } from "../../text/decode.ts";
import { parseHex } from "../../text/hex.ts";

/** Bytes to be found, or a pattern for the text of a message. */
export type Pattern = RegExp | Uint8Array;

/**
 * Reads a pattern: `hex:0d0a`, or a regular expression in which `^` and `$` match at every line.
 *
 * @throws {Error} what is wrong with it
 */
export function asMessagePattern(text: string): Pattern {
  return text.startsWith("hex:") ? parseHex(text.slice(4)) : new RegExp(text, "mu");
}

/** Whether a message matches. */
export function matcher(pattern: Pattern, encoding: string): (bytes: Uint8Array) => boolean {
  if (!(pattern instanceof RegExp)) return (bytes) => indexOf(bytes, pattern) >= 0;
  return (bytes) => pattern.test(new TextStream(encoding).all(bytes).text);
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  const [first = 0] = part;
  for (let at = bytes.indexOf(first); at >= 0 && at + part.length <= bytes.length; at = bytes.indexOf(first, at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
