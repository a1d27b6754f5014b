/**
 * The charset of a file name that is not UTF-8. A name is short, so this is a guess: by how common the characters would be.
 *
 * @module
 */

/** A charset with two bytes for each character beyond ASCII. */
interface Wide {
  readonly charset: string;
  /** Whether a pair of bytes is a character. */
  isPair(lead: number, trail: number): boolean;
  /** Whether it is a common one. */
  isCommon(lead: number, trail: number): boolean;
}

const within = (byte: number, ...ranges: readonly (readonly [number, number])[]): boolean =>
  ranges.some(([from, to]) => byte >= from && byte <= to);

/** The first of those that are equally likely counts. */
const CHARSETS: readonly Wide[] = [
  {
    charset: "gbk",
    isPair: (lead, trail) => lead >= 0x81 && within(trail, [0x40, 0x7e], [0x80, 0xfe]),
    // Punctuation and the characters of GB 2312.
    isCommon: (lead, trail) => trail >= 0xa1 && within(lead, [0xa1, 0xa1], [0xa3, 0xa3], [0xb0, 0xf7]),
  },
  {
    charset: "big5",
    isPair: (lead, trail) => lead >= 0x81 && within(trail, [0x40, 0x7e], [0xa1, 0xfe]),
    isCommon: (lead) => within(lead, [0xa1, 0xa1], [0xa4, 0xc6]),
  },
  {
    charset: "shift_jis",
    isPair: (lead, trail) => within(lead, [0x81, 0x9f], [0xe0, 0xfc]) && within(trail, [0x40, 0x7e], [0x80, 0xfc]),
    // Punctuation, kana and the kanji of the first level.
    isCommon: (lead) => within(lead, [0x81, 0x83], [0x88, 0x98]),
  },
];

/**
 * Guesses the charset.
 *
 * @param bytes of a name, not UTF-8
 * @param isValid whether bytes are valid in a charset
 * @returns undefined when they fit none
 */
export function charsetOfName(bytes: Uint8Array, isValid: (charset: string) => boolean): string | undefined {
  if (isWestern(bytes)) return "windows-1252";
  let [best, most]: [string | undefined, number] = [undefined, -1];
  for (const wide of CHARSETS.filter(({ charset }) => isValid(charset))) {
    const share = commonShare(bytes, wide);
    if (share > most) [best, most] = [wide.charset, share];
  }
  return best;
}

/** The share of characters that are common, among all beyond ASCII. */
function commonShare(bytes: Uint8Array, { isPair, isCommon }: Wide): number {
  let [all, common] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const [lead = 0, trail = 0] = [bytes[at], bytes[at + 1]];
    if (lead < 0x80) continue;
    all++;
    if (!isPair(lead, trail)) continue;
    if (isCommon(lead, trail)) common++;
    at++;
  }
  return all === 0 ? 0 : common / all;
}

/**
 * Whether single letters with marks stand among more plain ones, as in `naïve` and `Größe`. Two of them together could be a
 * Chinese character, but those that begin as `ö` and `ß` do are rare.
 */
function isWestern(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes).replace(/\.[^.]*$/, "");
  const marked = text.match(/[\x80-\xff]+/g) ?? [];
  const plain = text.match(/[a-z]/gi)?.length ?? 0;
  return marked.every((run) => /^(?:[\xc0-\xff]|[\xd8-\xff][\xc0-\xff])$/.test(run)) && plain > marked.join("").length;
}
