/**
 * Checks UTF-8 (RFC 3629) as it arrives. `TextDecoder` could do it too, but would make a string of every message.
 *
 * @module
 */

/** The bounds that a byte after the first one must keep, unless the first one narrows them. */
const [LOWEST, HIGHEST] = [0x80, 0xbf];

/** A check that may stop inside a character and go on later. */
export class Utf8Check {
  /** Bytes that the character under way still needs; 0 between characters. */
  #missing = 0;
  /** Bounds of the next byte of the character under way. */
  #low = LOWEST;
  #high = HIGHEST;

  /** Whether the bytes checked so far end with a whole character. */
  get complete(): boolean {
    return this.#missing === 0;
  }

  /** Checks the next bytes; false as soon as no bytes that follow could make this UTF-8. */
  push(bytes: Uint8Array, from = 0, to: number = bytes.length): boolean {
    for (let at = from; at < to; at++) {
      if (this.#missing === 0) at = skipAscii(bytes, at, to);
      if (at === to) break;
      const byte = bytes[at]!;
      if (this.#missing === 0) {
        if (!this.#begin(byte)) return false;
      } else {
        if (byte < this.#low || byte > this.#high) return false;
        this.#missing--;
        [this.#low, this.#high] = [LOWEST, HIGHEST];
      }
    }
    return true;
  }

  #begin(first: number): boolean {
    if (first < 0xc2 || first > 0xf4) return false;
    this.#missing = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    // Overlong forms, surrogates and code points above U+10FFFF leave the second byte less room.
    this.#low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : LOWEST;
    this.#high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : HIGHEST;
    return true;
  }
}

/** The place of the next byte that is not ASCII. Most text is ASCII alone, and eight bytes are one step. */
function skipAscii(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const all = bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]! |
      bytes[at + 4]! | bytes[at + 5]! | bytes[at + 6]! | bytes[at + 7]!;
    if (all >= 0x80) break;
  }
  while (at < to && bytes[at]! < 0x80) at++;
  return at;
}

/** Whether bytes are UTF-8, from the first to the last. */
export function isUtf8(bytes: Uint8Array): boolean {
  const check = new Utf8Check();
  return check.push(bytes) && check.complete;
}
