/**
 * Guesses the real encoding of a stream that is decoded with another one, well enough for a hint such as "these bytes
 * are valid gbk: try -e gbk".
 *
 * Validity alone proves little: most pairs of bytes are some character of gbk or big5. So nearly all characters must
 * also be in the range of the common characters of that encoding. The guess uses a bounded sample of the stream, from
 * its first byte that is not ASCII: before it all candidates agree, and a character begins at it.
 *
 * @module
 */

import { ENCODINGS, resolveEncoding } from "./encodings.ts";
import { measureOf } from "./measure.ts";

/** Bytes of the sample: enough characters for a reliable guess, and little memory for each of 1024 peers. */
const SAMPLE_SIZE = 2048;

/** A candidate for a stream that is not valid UTF-8. */
interface Guess {
  encoding: string;
  /** Fewest characters outside ASCII that the guess may rest on. */
  least: number;
  /** Fraction of them that must be typical, 0 to 1. */
  share: number;
  /** True if a two-byte character is a common one. */
  typical(lead: number, trail: number): boolean;
}

/** A single character may match by chance; the share leaves room for rare characters in names and uncommon words. */
const USUAL = { least: 2, share: 0.8 };

/** The candidates, in the order in which they are tried. */
const GUESSES: readonly Guess[] = [
  // Hangul shares its bytes with Chinese characters of gbk and big5: it covers 25 of the 40 rows of common characters
  // of gbk. Ten Chinese characters are all in those rows by chance in 1 of 100 cases.
  { encoding: "euc-kr", least: 10, share: 1, typical: isHangul },
  { encoding: "gbk", ...USUAL, typical: isGb2312 },
  { encoding: "big5", ...USUAL, typical: isBig5 },
  { encoding: "shift_jis", ...USUAL, typical: isJapanese },
];

/** Syllables, and the single letters that stand for laughing and crying. */
function isHangul(lead: number, trail: number): boolean {
  return trail >= 0xa1 && (lead === 0xa4 || (lead >= 0xb0 && lead <= 0xc8));
}

/** Punctuation, full-width ASCII and the Chinese characters of GB 2312; gbk adds the same number of rare ones. */
function isGb2312(lead: number, trail: number): boolean {
  return trail >= 0xa1 && (lead === 0xa1 || lead === 0xa3 || (lead >= 0xb0 && lead <= 0xf7));
}

/** Punctuation and the common Chinese characters; lead bytes of the rarer ones are Western letters in latin1. */
function isBig5(lead: number): boolean {
  return lead === 0xa1 || (lead >= 0xa4 && lead <= 0xc6);
}

/** Punctuation, kana and the common kanji; lead bytes of the rarer ones are Western letters in latin1. */
function isJapanese(lead: number): boolean {
  return (lead >= 0x81 && lead <= 0x83) || (lead >= 0x88 && lead <= 0x98);
}

/**
 * Collects a sample of one stream and guesses its encoding.
 *
 * @example
 * ```ts ignore
 * const stream = new TextStream("utf-8");
 * const hint = new EncodingHint("utf-8");
 * const { text, invalid } = stream.push(bytes);
 * const likelier = hint.push(bytes, invalid); // "gbk", or undefined
 * ```
 */
export class EncodingHint {
  readonly #encoding: string;
  readonly #sample = new Uint8Array(SAMPLE_SIZE);
  /** Bytes in the sample. */
  #length = 0;
  /** True if the stream's encoding may be wrong. */
  #suspicious: boolean;
  /** Bytes that the sample must have before the next guess. */
  #judgeFrom = 1;
  /** True when the hint was given, the sample is full, or the stream is not text. */
  #done = false;

  /** Begins a stream that is decoded with this encoding; an unknown encoding throws a SockeyeError of kind `usage`. */
  constructor(encoding: string) {
    this.#encoding = resolveEncoding(encoding);
    // UTF-8 is often valid in other encodings, so invalid bytes may never appear; other encodings are soon invalid
    // UTF-8.
    this.#suspicious = this.#encoding !== "utf-8";
  }

  /**
   * Takes a chunk, which the caller may reuse after the call.
   *
   * @param invalid number of invalid bytes when this chunk was decoded with the stream's encoding
   * @returns the name of a likelier encoding, at most once per stream
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
        this.#done = true; // The stream is not text.
        return;
      }
      if (byte >= 0x80 || this.#length > 0) this.#sample[this.#length++] = byte;
    }
  }

  #judge(sample: Uint8Array): string | undefined {
    // The sample must grow by an eighth before the next guess: a stream that arrives byte by byte stays linear.
    this.#judgeFrom = sample.length + Math.max(1, sample.length >> 3);
    if (this.#encoding !== "utf-8") return isUtf8(sample, this.#encoding) ? "utf-8" : undefined;
    return GUESSES.find((guess) => fits(sample, guess))?.encoding;
  }
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f;
}

/** The characters outside ASCII, without an incomplete one at the end; undefined if a byte is not valid. */
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
 * Two characters are enough if the stream is decoded with a single-byte encoding. In gbk and similar encodings one
 * character in six is a two-byte character of UTF-8 by chance, so two-byte characters count half there.
 */
function isUtf8(sample: Uint8Array, encoding: string): boolean {
  const characters = wideCharacters(sample, "utf-8") ?? [];
  const singleByte = encoding === "latin1" || !ENCODINGS.includes(encoding);
  const weight = characters.reduce((sum, { length }) => sum + (singleByte || length > 2 ? 2 : 1), 0);
  return weight >= 4;
}
