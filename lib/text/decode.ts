/**
 * Bytes to text, as they arrive. Nothing is lost and nothing is made up: what is not valid in the encoding is shown
 * byte for byte as `\xNN`, and a character that is cut by the end of a chunk waits for the rest.
 *
 * Valid chunks, the usual case, are one native call. Else `measure.ts` finds the invalid bytes, they are replaced by
 * their `\xNN` in the very same encoding, and the repaired chunk is valid: one native call again. Both ways are linear,
 * so a peer that sends rubbish costs no more than one that sends text.
 *
 * @module
 */

import { resolveEncoding } from "./encodings.ts";
import { concat } from "../bytes.ts";
import { type Measure, measureOf } from "./measure.ts";

/** What came out of some bytes. */
export interface Decoded {
  /** The text, with `\xNN` (lower case) for each invalid byte. */
  text: string;
  /** How many bytes were not valid. */
  invalid: number;
}

const NOTHING = new Uint8Array(0);

/**
 * Shorter chunks are read byte by byte at once: the exception of a native call that fails costs as much as looking at
 * 2 KiB, and a peer that sends small invalid chunks must not make that the price of each.
 */
const NATIVE_FROM = 512;

/** Decodes one stream. The text does not depend on how the stream is cut into chunks. */
export class TextStream {
  readonly #decoder: TextDecoder;
  readonly #measure: Measure;
  readonly #ascii: AsciiLayout;
  #pending: Uint8Array = NOTHING;

  /**
   * Begins a stream.
   *
   * @param encoding any name that `resolveEncoding` takes
   * @throws {SockeyeError} kind `usage` for an unknown one
   */
  constructor(encoding: string) {
    const name = resolveEncoding(encoding);
    this.#decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
    this.#measure = measureOf(name);
    this.#ascii = asciiLayout(name);
  }

  /** The bytes of an incomplete character that wait for the rest: at most 3. */
  get pending(): Uint8Array {
    return this.#pending;
  }

  /**
   * Decodes a chunk.
   *
   * @param bytes may be a view of a buffer that is used again: what is kept is copied
   * @returns the text of all characters that are complete by now
   */
  push(bytes: Uint8Array): Decoded {
    const all = this.#pending.length === 0 ? bytes : concat([this.#pending, bytes]);
    return (all.length < NATIVE_FROM ? undefined : this.#valid(all)) ?? this.#repaired(all);
  }

  /**
   * Ends the stream.
   *
   * @returns the incomplete character, if there is one, as invalid bytes
   */
  end(): Decoded {
    const bad = [...this.#pending.keys()];
    const text = this.#decoder.decode(repair(this.#pending, bad, this.#ascii));
    this.#pending = NOTHING;
    return { text, invalid: bad.length };
  }

  /**
   * Decodes a message that is nothing's beginning: a chunk and the end of its stream.
   *
   * @param bytes not kept
   * @returns all of its text, an incomplete character at its end as invalid bytes
   */
  all(bytes: Uint8Array): Decoded {
    const body = this.push(bytes);
    const rest = this.end();
    return { text: body.text + rest.text, invalid: body.invalid + rest.invalid };
  }

  /** The fast way: undefined if something is invalid, or cut and not in UTF-8. */
  #valid(all: Uint8Array): Decoded | undefined {
    const end = this.#decoder.encoding === "utf-8" ? utf8Boundary(all, this.#measure) : all.length;
    try {
      const text = this.#decoder.decode(all.subarray(0, end));
      this.#pending = new Uint8Array(all.subarray(end));
      return { text, invalid: 0 };
    } catch {
      return undefined; // a TypeError is how a strict TextDecoder says "not valid"
    }
  }

  #repaired(all: Uint8Array): Decoded {
    const { bad, end } = scan(all, this.#measure);
    const body = all.subarray(0, end);
    const text = this.#decoder.decode(bad.length === 0 ? body : repair(body, bad, this.#ascii));
    this.#pending = new Uint8Array(all.subarray(end));
    return { text, invalid: bad.length };
  }
}

/** Where an incomplete character at the end begins. UTF-8 shows it in the last bytes; others must be read from the start. */
function utf8Boundary(bytes: Uint8Array, measure: Measure): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    if ((bytes[at]! & 0xc0) !== 0x80) return measure(bytes, at) === 0 ? at : bytes.length;
  }
  return bytes.length;
}

/** The places of all invalid bytes, and where an incomplete character at the end begins. */
function scan(bytes: Uint8Array, measure: Measure): { bad: number[]; end: number } {
  const bad: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = measure(bytes, at);
    if (length === 0) break;
    for (let i = length; i < 0; i++) bad.push(at - length + i);
    at += Math.abs(length);
  }
  return { bad, end: at };
}

/** How an encoding writes ASCII: the bytes of a character, and which of them is the ASCII one; the others are zero. */
interface AsciiLayout {
  size: 1 | 2;
  place: 0 | 1;
}

function asciiLayout(encoding: string): AsciiLayout {
  if (encoding === "utf-16le") return { size: 2, place: 0 };
  return encoding === "utf-16be" ? { size: 2, place: 1 } : { size: 1, place: 0 };
}

/** A copy of `bytes` with `\xNN` for the byte at each place in `bad`. */
function repair(bytes: Uint8Array, bad: readonly number[], layout: AsciiLayout): Uint8Array {
  const width = 4 * layout.size;
  const repaired = new Uint8Array(bytes.length + bad.length * (width - 1));
  let to = 0;
  let next = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at === bad[next]) {
      writeEscape(repaired, to + layout.place, bytes[at]!, layout.size);
      to += width;
      next++;
    } else {
      repaired[to++] = bytes[at]!;
    }
  }
  return repaired;
}

function writeEscape(target: Uint8Array, at: number, byte: number, step: number): void {
  target[at] = 0x5c; // backslash
  target[at + step] = 0x78; // x
  target[at + 2 * step] = hexDigit(byte >> 4);
  target[at + 3 * step] = hexDigit(byte & 15);
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
