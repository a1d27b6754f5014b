/**
 * What a hex dump shows for characters beyond ASCII, remembered for all dumps of an encoding.
 *
 * @module
 */

import { unicodeWidth } from "@std/cli/unicode-width";
import { escapeControls } from "../printable.ts";
import { measureOf } from "./measure.ts";

/** Characters that are remembered for an encoding: all of GBK, in some megabytes. */
const GLYPHS_MAX = 32_768;

/** What is shown for a character. */
export interface Glyph {
  /** In UTF-8. */
  readonly bytes: Uint8Array;
  /** In columns. */
  readonly width: number;
}

/** The number of the first glyph beyond ASCII: the others have their code. */
const FIRST = 0x80;

/** The number of the glyph for anything invalid, unsafe or without width. */
const DOT = 0x2e;

/** The glyphs of one encoding. */
export class Glyphs {
  /** Whether bytes below 80 (hex) are characters of ASCII. */
  readonly isAscii: boolean;
  readonly #decoder: TextDecoder;
  readonly #encoder = new TextEncoder();
  readonly #glyphs: Glyph[] = [];
  /** Numbers by the bytes of the character, of one or two, taken as one number; 0 if not known. */
  readonly #short = new Uint16Array(0x1_0000);
  /** Those of longer characters. */
  readonly #long = new Map<number, number>();

  /** Begins with none; `encoding` is a canonical name. */
  constructor(encoding: string) {
    this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    const measure = measureOf(encoding);
    this.isAscii = Array.from({ length: 0x80 }).every((_, code) => measure(Uint8Array.of(code, 0), 0) === 1);
  }

  /** The number of the glyph for a character of so many bytes; valid until the next call of {@linkcode trim}. */
  numberOf(bytes: Uint8Array, at: number, length: number): number {
    let key = 0;
    for (let i = at; i < at + length; i++) key = key * 0x100 + bytes[i]!;
    // A character of one byte has a number above all others, for a pair may begin with 00 in UTF-16.
    const known = length === 2 ? this.#short[key]! : this.#long.get(length === 1 ? -key : key);
    if (known) return known;
    const number = this.#make(this.#decoder.decode(bytes.subarray(at, at + length)));
    if (length === 2) this.#short[key] = number;
    else this.#long.set(length === 1 ? -key : key, number);
    return number;
  }

  /** The glyph of a number that is none of ASCII. */
  at(number: number): Glyph {
    return this.#glyphs[number - FIRST]!;
  }

  /** Forgets all glyphs when they are too many. */
  trim(): void {
    if (this.#glyphs.length <= GLYPHS_MAX) return;
    this.#glyphs.length = 0;
    this.#short.fill(0);
    this.#long.clear();
  }

  #make(text: string): number {
    const safe = text !== "\t" && text !== "\n" && escapeControls(text) === text;
    const width = safe ? unicodeWidth(text) : 0;
    if (width === 0) return DOT;
    const code = text.charCodeAt(0);
    if (text.length === 1 && code < FIRST) return code;
    this.#glyphs.push({ bytes: this.#encoder.encode(text), width });
    return FIRST + this.#glyphs.length - 1;
  }
}

const known = new Map<string, Glyphs>();

/** The glyphs of an encoding, a name from `resolveEncoding`. */
export function glyphsOf(encoding: string): Glyphs {
  let glyphs = known.get(encoding);
  if (!glyphs) known.set(encoding, glyphs = new Glyphs(encoding));
  return glyphs;
}
