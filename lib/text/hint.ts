/**
 * A guess at the real encoding of a stream that is being read with another one, good enough for one line such as
 * "these bytes are valid gbk: try -e gbk".
 *
 * Being valid says little: most pairs of bytes are some character of gbk or big5. So nearly all characters must also lie
 * where the everyday ones of that encoding are, which is told from their bytes alone. Of the stream a bounded sample is
 * looked at, from its first byte that is not ASCII: up to there all encodings in question agree, and a character begins.
 *
 * @module
 */

import { ENCODINGS, resolveEncoding } from "./encodings.ts";
import { measureOf } from "./measure.ts";

/** Enough characters to be sure, and little to keep for each of 1024 peers. */
const SAMPLE_SIZE = 2048;

/** What a stream that is not valid UTF-8 may be. */
interface Guess {
  encoding: string;
  /** The fewest characters outside ASCII to judge by. */
  least: number;
  /** The part of them that must be typical. */
  share: number;
  /** Whether a two-byte character is an everyday one. */
  typical(lead: number, trail: number): boolean;
}

/** One character is chance; names and rare words make some room for other characters. */
const USUAL = { least: 2, share: 0.8 };

/** In the order in which they are tried. */
const GUESSES: readonly Guess[] = [
  // Hangul lies inside the Chinese characters of gbk and big5. It has 25 of the 40 rows of the everyday ones of gbk, so
  // ten Chinese characters are all of them there by chance in 1 of 100 cases.
  { encoding: "euc-kr", least: 10, share: 1, typical: isHangul },
  { encoding: "gbk", ...USUAL, typical: isGb2312 },
  { encoding: "big5", ...USUAL, typical: isBig5 },
  { encoding: "shift_jis", ...USUAL, typical: isJapanese },
];

/** Syllables, and the single letters that people write for laughing and crying. */
function isHangul(lead: number, trail: number): boolean {
  return trail >= 0xa1 && (lead === 0xa4 || (lead >= 0xb0 && lead <= 0xc8));
}

/** Punctuation, full-width ASCII and the Chinese characters of GB 2312; gbk has as many again that are rare. */
function isGb2312(lead: number, trail: number): boolean {
  return trail >= 0xa1 && (lead === 0xa1 || lead === 0xa3 || (lead >= 0xb0 && lead <= 0xf7));
}

/** Punctuation and the everyday Chinese characters; the lead bytes of the rarer ones are western letters in latin1. */
function isBig5(lead: number): boolean {
  return lead === 0xa1 || (lead >= 0xa4 && lead <= 0xc6);
}

/** Punctuation, kana and the everyday kanji; the lead bytes of the rarer ones are western letters in latin1. */
function isJapanese(lead: number): boolean {
  return (lead >= 0x81 && lead <= 0x83) || (lead >= 0x88 && lead <= 0x98);
}

/** Watches one stream. */
export class EncodingHint {
  readonly #encoding: string;
  readonly #sample = new Uint8Array(SAMPLE_SIZE);
  #length = 0;
  #suspicious: boolean;
  #judgeFrom = 1;
  #done = false;

  /**
   * Begins a stream.
   *
   * @param encoding the encoding that it is read with, any name that `resolveEncoding` takes
   * @throws {SockeyeError} kind `usage` for an unknown one
   */
  constructor(encoding: string) {
    this.#encoding = resolveEncoding(encoding);
    // UTF-8 read as something else often is valid there; nothing else is valid UTF-8 for long.
    this.#suspicious = this.#encoding !== "utf-8";
  }

  /**
   * Takes a chunk.
   *
   * @param bytes the next bytes of the stream, not kept
   * @param invalid how many bytes were not valid in the encoding of the stream when the chunk was decoded
   * @returns the name of a likelier encoding, at most once for a stream
   */
  push(bytes: Uint8Array, invalid: number): string | undefined {
    if (this.#done) return undefined;
    this.#suspicious ||= invalid > 0;
    this.#collect(bytes);
    const full = this.#length === SAMPLE_SIZE;
    const judge = this.#suspicious && !this.#done && (full || this.#length >= this.#judgeFrom);
    const found = judge ? this.#judge(this.#sample.subarray(0, this.#length)) : undefined;
    this.#done ||= full || found !== undefined;
    return found;
  }

  #collect(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.#length < SAMPLE_SIZE; at++) {
      const byte = bytes[at]!;
      if (isControl(byte)) {
        this.#done = true; // not text, so there is nothing to hint at
        return;
      }
      if (byte >= 0x80 || this.#length > 0) this.#sample[this.#length++] = byte;
    }
  }

  #judge(sample: Uint8Array): string | undefined {
    // Each time an eighth more than before, so that a stream that comes byte by byte is not read over and over.
    this.#judgeFrom = sample.length + Math.max(1, sample.length >> 3);
    if (this.#encoding !== "utf-8") return isUtf8(sample, this.#encoding) ? "utf-8" : undefined;
    return GUESSES.find((guess) => fits(sample, guess))?.encoding;
  }
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f;
}

/**
 * The starts and lengths of the characters outside ASCII, without an incomplete one at the end; undefined if something
 * is not valid.
 */
function wideCharacters(sample: Uint8Array, encoding: string): { at: number; length: number }[] | undefined {
  const measure = measureOf(encoding);
  const found: { at: number; length: number }[] = [];
  let at = 0;
  while (at < sample.length) {
    const length = measure(sample, at);
    if (length < 0) return undefined;
    if (length === 0) break;
    if (sample[at]! >= 0x80) found.push({ at, length });
    at += length;
  }
  return found;
}

function fits(sample: Uint8Array, { encoding, least, share, typical }: Guess): boolean {
  const characters = wideCharacters(sample, encoding);
  if (characters === undefined || characters.length < least) return false;
  const everyday = characters.filter(({ at, length }) => length === 2 && typical(sample[at]!, sample[at + 1]!));
  return everyday.length >= share * characters.length;
}

/**
 * Two characters are enough if the stream is read with a single-byte encoding. In gbk and its like one character in six
 * is a two-byte character of UTF-8 by chance, so those count half.
 */
function isUtf8(sample: Uint8Array, encoding: string): boolean {
  const characters = wideCharacters(sample, "utf-8") ?? [];
  const singleByte = encoding === "latin1" || !ENCODINGS.includes(encoding);
  const weight = characters.reduce((sum, { length }) => sum + (singleByte || length > 2 ? 2 : 1), 0);
  return weight >= 4;
}
