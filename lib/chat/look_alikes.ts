/**
 * Letters that look alike, after the table of Unicode TR 39: its rows for the scripts that names are made of, and those
 * that Chinese and Japanese readers know. The first letter of a row stands for all of them; two names that map to the
 * same letters look alike. Only names of those present are compared, so a row costs little where it joins names that
 * differ.
 *
 * Left out are historic scripts, letters that differ in size alone (`つ` and `っ`) and common characters of which one has
 * a stroke more (`大` and `太`): every reader sees these as different names.
 *
 * @module
 */

/**
 * A letter that is in no row counts as its capital, since case makes no difference between names: `в` as `В`, which looks like
 * `B`. Where both are in rows each counts as it is written: `Η` looks like `H`, `η` like `n`.
 */
const ROWS: readonly string[] = [
  // Latin, with Cyrillic, Greek, Armenian, Coptic, Cherokee, Lisu, Deseret and digits, and with round and upright letters.
  "aаАαΑᎪꓮ",
  "b8ƅьЬВΒⲂᏏᏴꓐ",
  "cсСϲϹⲥⲤᏟꓚ",
  "dԁᎠᏧꓓ",
  "eеЕΕєЄᎬꓰ",
  "fϜꓝ",
  "gցԌᏀᏳꓖ",
  "hһНΗհⲎᎻᏂꓧ",
  // Both: the capital of the one looks like the other.
  "iіιıIІΙⲒꓲlLӏӀǀԼᏞꓡ1١۱اוןߊ丨ㅣ",
  "jјЈϳյᎫꓙ",
  "kкКκΚⲔᏦꓗ",
  "mМΜⲘᎷꓟ",
  "nηΝոⲚꓠ",
  "o0оОοΟσօՕⲟⲞꓳ٥۵०০୦௦౦೦൦๐໐၀〇ㅇסهഠଠဝჿ𐐄𐐬",
  "pрРρΡⲣⲢᏢꓑ",
  "qԛԚզ",
  "rгᎡᏒꓣ",
  "s5ѕЅՏᏕᏚꓢ",
  "tТτΤⲦᎢꓔ",
  "uυսՍꓴ",
  "vѵѴνᏙꓦ",
  "wԝԜѡѠωᎳᏔꓪ",
  "xхХχΧⲬꓫ",
  "yуУүγΥⲨꓬ",
  "z2ΖᏃꓜ",
  "3Зз",
  "6б",
  // Han, with kana and Hangul letters.
  "一ーㅡ",
  "口ロ囗ㅁ",
  "力カ",
  "二ニ",
  "三ミ",
  "儿ル",
  "シツ",
  "ソン",
  "亻イ",
  "工エ",
  "八ハ",
  "夕タ",
  "卜ト",
  "匕ヒ",
  "千チ",
  "又ヌ",
  "厶ム",
  "才オ",
  "乂メ",
  "丿ノ",
  "へヘ",
  "りリ",
  "己已巳",
  "日曰",
  "土士",
  "末未",
];

/**
 * Letters that together look like another one. As they are written: `Clara` does not look like `Dara`, nor does `ci` like `d`.
 * `clara` and `dara` are rarely present together, and the one that comes later reads why it needs another name.
 */
const PAIRS: readonly (readonly [pair: RegExp, letter: string])[] = [
  [/[rг][nոռ]/g, "m"],
  [/vv/gi, "w"],
  [/[cсϲⲥ][lI1ӏӀǀ]/g, "d"],
];

const FIRSTS: ReadonlyMap<string, string> = new Map(
  ROWS.flatMap((row) => [...row].map((letter): [string, string] => [letter, [...row][0]!])),
);

/** The look of a short text: texts that look alike give the same result. */
export function lookOf(text: string): string {
  // Twice: the other forms of a letter become it only now, and some letters of the table another one.
  const plain = replaced(replaced(text).normalize("NFKD")).toLowerCase();
  // A mark upon the same mark, a dot on a letter that has one, and what makes an Arabic letter longer.
  const marked = plain.replace(/(\p{M})\1+/gu, "$1").replace(/([ij])\u0307/g, "$1").replaceAll("\u0640", "");
  // Signs that hardly show: the second one of a kind, and those at the end.
  const bare = marked.replace(/([._-])\1+/g, "$1").replace(/[._-]+$/, "");
  return bare.replaceAll("-", "一");
}

function replaced(text: string): string {
  const joined = PAIRS.reduce((text, [pair, letter]) => text.replace(pair, letter), text);
  return Array.from(joined, (letter) => FIRSTS.get(letter) ?? FIRSTS.get(letter.toUpperCase()) ?? letter).join("");
}
