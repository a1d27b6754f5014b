/**
 * Encodes text to bytes. UTF-8 is native and UTF-16 is computed; every other encoding uses one table, which is made at
 * the first call by inverting `TextDecoder` and is then kept.
 *
 * Where several byte sequences decode to the same character, the one that the WHATWG standard prescribes is written, so
 * that other programs can read it. A character that the encoding lacks is an error: a silent `?` would change what the
 * user sends.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { resolveEncoding } from "./encodings.ts";
import { escapeControls } from "../printable.ts";
import { GB18030_ASTRAL_FIRST, gb18030Bmp, gb18030Code, sequences } from "./sequences.ts";

// deno-lint-ignore no-control-regex -- the first of them is the first ASCII character
const ASCII_ONLY = /^[\x00-\x7f]*$/;

/**
 * Encodes a text in any encoding that `resolveEncoding` accepts.
 *
 * @example
 * ```ts ignore
 * encodeText("你", "gbk"); // c4 e3
 * encodeText("你", "latin1"); // SockeyeError: Cannot encode "你" (U+4F60) in latin1
 * ```
 *
 * @throws {SockeyeError} kind `usage`, naming the first character that the encoding lacks (all lack lone surrogates)
 */
export function encodeText(text: string, encoding: string): Uint8Array {
  const name = resolveEncoding(encoding);
  if (name === "utf-16le" || name === "utf-16be") return encodeUtf16(text, name);
  return name === "utf-8" || ASCII_ONLY.test(text) ? encodeUtf8(text, name) : encodeByTable(text, name);
}

/** Encodes a text for display: a character that the encoding lacks becomes `\u20ac` or `\u{1f600}`. */
export function encodeShown(text: string, encoding: string): Uint8Array {
  const name = resolveEncoding(encoding);
  if (ASCII_ONLY.test(text)) return encodeText(text, name);
  if (name.startsWith("utf-")) return encodeText(text.replace(/\p{Surrogate}/gu, numbered), name);
  const lookup = lookupOf(name);
  const isLacking = (character: string) => lookup(character.codePointAt(0)!) === undefined;
  return encodeText(text.replace(/\P{ASCII}/gu, (one) => isLacking(one) ? numbered(one) : one), name);
}

function numbered(character: string): string {
  const digits = character.codePointAt(0)!.toString(16);
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
}

function encodeUtf8(text: string, encoding: string): Uint8Array {
  requireWellFormed(text, encoding);
  return new TextEncoder().encode(text);
}

function encodeUtf16(text: string, encoding: string): Uint8Array {
  requireWellFormed(text, encoding);
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), encoding === "utf-16le");
  return new Uint8Array(view.buffer);
}

function requireWellFormed(text: string, encoding: string): void {
  if (text.isWellFormed()) return;
  throw cannotEncode(text.match(/\p{Surrogate}/u)![0], encoding);
}

function encodeByTable(text: string, encoding: string): Uint8Array {
  const lookup = lookupOf(encoding);
  // A UTF-16 unit needs at most 4 bytes: a four-byte sequence of gb18030.
  const bytes = new Uint8Array(4 * text.length);
  let length = 0;
  for (const character of text) {
    const code = lookup(character.codePointAt(0)!);
    if (code === undefined) throw cannotEncode(character, encoding);
    for (let shift = code > 0xffffff ? 24 : code > 0xffff ? 16 : code > 0xff ? 8 : 0; shift >= 0; shift -= 8) {
      bytes[length++] = code >>> shift;
    }
  }
  return bytes.slice(0, length);
}

function cannotEncode(character: string, encoding: string): SockeyeError {
  const number = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return new SockeyeError(
    "usage",
    say("cannot-encode")`Cannot encode "${escapeControls(character)}" (U+${number}) in ${encoding}`,
  );
}

/** The bytes of a code point as one big-endian number; undefined if the encoding lacks the character. */
type Lookup = (point: number) => number | undefined;

const lookups = new Map<string, Lookup>();

function lookupOf(encoding: string): Lookup {
  let lookup = lookups.get(encoding);
  if (lookup === undefined) {
    lookup = makeLookup(encoding);
    lookups.set(encoding, lookup);
  }
  return lookup;
}

/** Number of code points in a table: these encodings use planes 0 to 2 only (plane 2 holds rare Chinese characters). */
const TABLE_SIZE = 0x30000;

function makeLookup(encoding: string): Lookup {
  const table = reverseTable(encoding);
  const lookup: Lookup = (point) => table[point] || (point === 0 ? 0 : undefined);
  if (encoding !== "gb18030") return lookup;
  const bmp = gb18030Bmp();
  for (let pointer = 0; pointer < bmp.length; pointer++) {
    table[bmp.charCodeAt(pointer)] ||= gb18030Code(pointer);
  }
  return (point) => point > 0xffff ? gb18030Code(GB18030_ASTRAL_FIRST + point - 0x10000) : lookup(point);
}

/** Exceptions from the rule that the first of several sequences is written; from the WHATWG Encoding Standard. */
interface Rule {
  /** True for a sequence that is decoded but never written. */
  skips?(code: number): boolean;
  /** Characters for which the last sequence is written. */
  lastWins?: string;
}

const RULES: Readonly<Record<string, Rule>> = {
  // 80 is the euro sign of gbk; gb18030 writes it as a2 e3.
  gb18030: { skips: (code) => code === 0x80 },
  // Lead bytes below a1 belong to the Hong Kong extension, which other decoders of Big5 do not support.
  big5: { skips: (code) => code > 0xff && code < 0xa100, lastWins: "═╞╡╪十卅" },
  // NEC's duplicates of the IBM extension characters: Windows writes the originals.
  shift_jis: { skips: (code) => code >= 0xed00 && code <= 0xeeff },
};

function reverseTable(encoding: string): Uint32Array {
  const table = new Uint32Array(TABLE_SIZE);
  const { skips, lastWins = "" } = RULES[encoding] ?? {};
  for (const { code, text } of sequences(encoding)) {
    const point = text.codePointAt(0)!;
    // Four sequences of big5 decode to a letter and a combining accent: two code points, which the table cannot index.
    if (skips?.(code) || text !== String.fromCodePoint(point)) continue;
    if (table[point] === 0 || lastWins.includes(text)) table[point] = code;
  }
  return table;
}
