/**
 * Lists the byte sequences of an encoding with their text, as `TextDecoder` decodes them. The length table of
 * `measure.ts` and the reverse table of `encode.ts` are made from this list, so the sources contain no code page.
 *
 * A row of sequences that differ in their last byte is decoded in one call, with a line feed after each: no encoding
 * handled here has a line feed inside a character, so an invalid sequence never consumes bytes of the next one.
 *
 * @module
 */

/** One character of an encoding. */
export interface Sequence {
  /** The bytes as one big-endian number. */
  code: number;
  /** The decoded text: one code point, or two for four sequences of big5. */
  text: string;
}

/** The lowest second byte in any encoding: the `0` of a four-byte gb18030 sequence. */
const LOWEST_TRAIL = 0x30;

/** The first byte of a three-byte sequence in euc-jp. */
const EUC_JP_LONG = 0x8f;

/** Number of four-byte sequences of gb18030 for characters of the first plane; they are the first ones. */
export const GB18030_BMP_COUNT = 39_420;

/** Pointer of the four-byte sequence of U+10000; higher code points follow in order. */
export const GB18030_ASTRAL_FIRST = 189_000;

/**
 * Lists the sequences of an encoding that is not a form of Unicode, ASCII included, shorter ones first, each length in
 * the order of its bytes. The four-byte sequences of gb18030 are not included: {@linkcode gb18030Bmp} has those of the
 * first plane, and a formula the others.
 */
export function* sequences(encoding: string): Generator<Sequence> {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  for (let code = 0; code < 0x80; code++) yield { code, text: String.fromCharCode(code) };
  const leads = new Set(Array.from({ length: 0x80 }, (_, i) => 0x80 + i));
  for (const single of row(decoder, [], 0x80)) {
    leads.delete(single.code);
    yield single;
  }
  for (const lead of leads) yield* row(decoder, [lead], LOWEST_TRAIL);
  if (encoding !== "euc-jp") return;
  for (let middle = 0xa1; middle <= 0xfe; middle++) yield* row(decoder, [EUC_JP_LONG, middle], 0xa1);
}

/** Lists the valid sequences of `prefix` and one byte from `first` to 0xff. */
function* row(decoder: TextDecoder, prefix: number[], first: number): Generator<Sequence> {
  const bytes: number[] = [];
  for (let last = first; last <= 0xff; last++) bytes.push(...prefix, last, 0x0a);
  const texts = decoder.decode(Uint8Array.from(bytes)).split("\n");
  const base = prefix.reduce((code, byte) => (code << 8) | byte, 0) << 8;
  for (let last = first; last <= 0xff; last++) {
    const text = texts[last - first]!;
    // Only a four-byte sequence encodes U+FFFD itself; here it marks bytes that cannot be decoded.
    if (!text.includes("\ufffd")) yield { code: base | last, text };
  }
}

/** The characters of the first plane that gb18030 writes with four bytes, one UTF-16 unit for each pointer. */
export function gb18030Bmp(): string {
  const bytes = new Uint8Array(4 * GB18030_BMP_COUNT);
  const view = new DataView(bytes.buffer);
  for (let pointer = 0; pointer < GB18030_BMP_COUNT; pointer++) view.setUint32(4 * pointer, gb18030Code(pointer));
  return new TextDecoder("gb18030", { ignoreBOM: true }).decode(bytes);
}

/** The four bytes of a pointer, which counts from `81 30 81 30`, as one big-endian number. */
export function gb18030Code(pointer: number): number {
  const fourth = pointer % 10;
  const third = Math.floor(pointer / 10) % 126;
  const second = Math.floor(pointer / 1260) % 10;
  const first = Math.floor(pointer / 12_600);
  return (0x81 + first) * 0x1000000 + ((0x30 + second) << 16) + ((0x81 + third) << 8) + 0x30 + fourth;
}
