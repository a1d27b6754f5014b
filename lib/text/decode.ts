/**
 * Decodes bytes to text as they arrive, without loss: each byte that is not valid in the encoding becomes `\xNN`, and a
 * character that is cut by the end of a chunk waits for its remaining bytes.
 *
 * A valid chunk, the usual case, takes one native call. Otherwise `measure.ts` finds the invalid bytes, each is
 * replaced by its `\xNN` in the same encoding, and the repaired chunk is valid. Both paths are linear: garbage costs no
 * more than text.
 *
 * @module
 */

import { resolveEncoding } from "./encodings.ts";
import { concat } from "../bytes.ts";
import { type Measure, measureOf } from "./measure.ts";

/** The result of decoding some bytes. */
export interface Decoded {
  /** The text, with `\xNN` (lower case) for each invalid byte. */
  text: string;
  /** Number of bytes that were not valid. */
  invalid: number;
  /** Where in the text they are, for a stream that is asked to say so; absent where there are none. */
  runs?: Run[];
}

/** From where to where, in UTF-16 units, a text has `\xNN` for bytes that were not valid. */
export type Run = readonly [from: number, to: number];

const NOTHING = new Uint8Array(0);

/**
 * Shorter chunks skip the native attempt: its exception costs as much as scanning 2 KiB here, and a peer must not be
 * able to cause that cost with each small invalid chunk.
 */
const NATIVE_FROM = 512;

/** Bytes of a part that is tried as ASCII before it is decoded by a native call. */
const SHORT_PART = 16;

/**
 * Decodes one stream. The text does not depend on how the stream is cut into chunks.
 *
 * @example
 * ```ts ignore
 * const stream = new TextStream("gbk");
 * stream.push(Uint8Array.of(0xc4)).text; // "": the first half of a character
 * stream.push(Uint8Array.of(0xe3, 0xff)); // { text: "你\\xff", invalid: 1 }
 * stream.end(); // { text: "", invalid: 0 }
 * ```
 */
export class TextStream {
  readonly #decoder: TextDecoder;
  readonly #measure: Measure;
  readonly #ascii: AsciiLayout;
  readonly #tellsRuns: boolean;
  /** The incomplete character at the end of the last chunk. */
  #pending: Uint8Array = NOTHING;

  /** Begins a stream, which tells {@linkcode Decoded.runs} if asked to; an unknown encoding throws a SockeyeError of kind `usage`. */
  constructor(encoding: string, tellsRuns = false) {
    const name = resolveEncoding(encoding);
    this.#tellsRuns = tellsRuns;
    this.#decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
    this.#measure = measureOf(name);
    this.#ascii = asciiLayout(name);
  }

  /** The bytes of an incomplete character at the end of the last chunk: at most 3. */
  get pending(): Uint8Array {
    return this.#pending;
  }

  /** Returns the text of all characters that are now complete; the caller may reuse the buffer after the call. */
  push(bytes: Uint8Array): Decoded {
    const all = this.#pending.length === 0 ? bytes : concat([this.#pending, bytes]);
    return (all.length < NATIVE_FROM ? undefined : this.#valid(all)) ?? this.#repaired(all);
  }

  /** Ends the stream; the bytes of an incomplete character count as invalid. */
  end(): Decoded {
    const bad = [...this.#pending.keys()];
    const text = this.#decoder.decode(repair(this.#pending, bad, this.#ascii));
    this.#pending = NOTHING;
    return { text, invalid: bad.length, ...(this.#tellsRuns && text !== "" && { runs: [[0, text.length]] }) };
  }

  /** Decodes a complete message: a chunk and the end of its stream. */
  all(bytes: Uint8Array): Decoded {
    const body = this.push(bytes);
    const rest = this.end();
    const runs = rest.runs?.map(([from, to]): Run => [from + body.text.length, to + body.text.length]) ?? [];
    const all = [...body.runs ?? [], ...runs];
    const invalid = body.invalid + rest.invalid;
    return { text: body.text + rest.text, invalid, ...(all.length > 0 && { runs: all }) };
  }

  /** The fast path. Undefined if a byte is invalid or, in encodings other than UTF-8, a character is cut at the end. */
  #valid(all: Uint8Array): Decoded | undefined {
    const end = this.#decoder.encoding === "utf-8" ? utf8Boundary(all, this.#measure) : all.length;
    try {
      const text = this.#decoder.decode(all.subarray(0, end));
      this.#pending = new Uint8Array(all.subarray(end));
      return { text, invalid: 0 };
    } catch {
      return undefined; // A fatal TextDecoder throws a TypeError for invalid bytes.
    }
  }

  #repaired(all: Uint8Array): Decoded {
    const { bad, end } = scan(all, this.#measure);
    const body = all.subarray(0, end);
    this.#pending = new Uint8Array(all.subarray(end));
    if (this.#tellsRuns && bad.length > 0) return this.#inRuns(body, bad);
    const text = this.#decoder.decode(bad.length === 0 ? body : repair(body, bad, this.#ascii));
    return { text, invalid: bad.length };
  }

  /** Decodes the valid parts between the invalid bytes one by one. */
  #inRuns(body: Uint8Array, bad: readonly number[]): Decoded {
    const runs: Run[] = [];
    let text = "";
    let from = 0;
    for (let i = 0; i < bad.length;) {
      const start = bad[i]!;
      text += this.#part(body, from, start);
      from = start;
      const before = text.length;
      for (; bad[i] === from; i++) text += `\\x${body[from++]!.toString(16).padStart(2, "0")}`;
      runs.push([before, text.length]);
    }
    return { text: text + this.#part(body, from, body.length), invalid: bad.length, runs };
  }

  /** A valid part; between invalid bytes most are short and ASCII, where a native call takes longer than the characters. */
  #part(body: Uint8Array, from: number, to: number): string {
    if (this.#ascii.size === 1 && to - from <= SHORT_PART) {
      let text = "";
      for (let at = from; at < to && body[at]! < 0x80; at++) text += String.fromCharCode(body[at]!);
      if (text.length === to - from) return text;
    }
    return this.#decoder.decode(body.subarray(from, to));
  }
}

/**
 * Where an incomplete character at the end begins: in UTF-8 the last bytes tell, other encodings are read from the
 * start.
 */
function utf8Boundary(bytes: Uint8Array, measure: Measure): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    if ((bytes[at]! & 0xc0) !== 0x80) return measure(bytes, at) === 0 ? at : bytes.length;
  }
  return bytes.length;
}

/** The positions of all invalid bytes, and where an incomplete character at the end begins. */
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

/** Layout of an ASCII character in an encoding: its number of bytes, and the index of the one that is not zero. */
interface AsciiLayout {
  size: 1 | 2;
  place: 0 | 1;
}

function asciiLayout(encoding: string): AsciiLayout {
  if (encoding === "utf-16le") return { size: 2, place: 0 };
  return encoding === "utf-16be" ? { size: 2, place: 1 } : { size: 1, place: 0 };
}

/** Returns a copy of `bytes` with `\xNN` for the byte at each position in `bad`. */
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
