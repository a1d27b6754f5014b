/**
 * Hexadecimal digits to bytes, in any usual notation.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";

const SEPARATORS = /[\s,:-]+/;
const PREFIXED_BYTE = /(?:0x|\\x)?([0-9a-f]{2})/giy;
const NOT_A_DIGIT = /[^0-9a-f]/iu;

/**
 * Parses pairs of hexadecimal digits in any case, joined or separated by blanks, commas, colons, dashes or line ends,
 * each optionally with `0x` or `\x` before it.
 *
 * @example
 * ```ts ignore
 * parseHex("0x01, 0A:ff"); // 01 0a ff
 * ```
 *
 * @throws {SockeyeError} kind `usage` for an odd number of digits or another character
 */
export function parseHex(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const token of text.split(SEPARATORS)) {
    let read = 0;
    for (const match of token.matchAll(PREFIXED_BYTE)) {
      bytes.push(parseInt(match[1]!, 16));
      read += match[0].length;
    }
    if (read < token.length) throw cannotParse(text, token, token.slice(read));
  }
  return Uint8Array.from(bytes);
}

function cannotParse(text: string, token: string, rest: string): SockeyeError {
  const wrong = rest.replace(/^(?:0x|\\x)(?=.)/i, "").match(NOT_A_DIGIT);
  const reason = wrong === null
    ? say("hex-odd")`${quote(token)} has an odd number of digits`
    : say("hex-digit")`${quote(wrong[0])} is not a hexadecimal digit`;
  return new SockeyeError("usage", say("bad-hex")`Cannot parse hex ${quote(text)}: ${reason}`);
}
