/**
 * Letters that look alike, after Unicode TR 39: a small part of its table, for the scripts that names are made of. What stands
 * for all letters of a row is its first one.
 *
 * @module
 */

/** Capitals count as they are written: `В` looks like `B`, `в` like no other letter. */
const ROWS: readonly string[] = [
  // Latin, with Cyrillic, Greek, Armenian, Coptic, Cherokee, Lisu and digits.
  "aаАαΑᎪꓮ",
  "bƅьЬВΒⲂᏏᏴꓐ",
  "cсСϲϹⲥⲤᏟꓚ",
  "dԁᎠᏧꓓ",
  "eеЕΕᎬꓰ",
  "fϜꓝ",
  "gցԌᏀᏳꓖ",
  "hһНΗհⲎᎻᏂꓧ",
  // Both: the capital of the one looks like the other.
  "iіιıIІΙⲒꓲlLӏӀǀԼᏞꓡ1١۱丨ㅣ",
  "jјЈϳյᎫꓙ",
  "kкКκΚⲔᏦꓗ",
  "mМΜⲘᎷꓟ",
  "nηΝոⲚꓠ",
  "o0оОοΟσօՕⲟⲞꓳ٥۵०০୦௦౦೦൦๐໐၀〇ㅇ",
  "pрРρΡⲣⲢᏢꓑ",
  "qԛԚզ",
  "rᎡᏒꓣ",
  "sѕЅՏᏕᏚꓢ",
  "tТτΤⲦᎢꓔ",
  "uυսՍꓴ",
  "vѵѴνᏙꓦ",
  "wԝԜωᎳᏔꓪ",
  "xхХχΧⲬꓫ",
  "yуУүγΥⲨꓬ",
  "zΖᏃꓜ",
  "3Зз",
  "6б",
  // Han, with kana and Hangul letters.
  "-一ーㅡ",
  "口ロ囗ㅁ",
  "力カ",
  "二ニ",
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

const FIRSTS: ReadonlyMap<string, string> = new Map(
  ROWS.flatMap((row) => [...row].map((letter): [string, string] => [letter, [...row][0]!])),
);

/** What a short text looks like: two that look alike come to the same. */
export function lookOf(text: string): string {
  // Twice: the other forms of a letter become it only now, and some letters of the table another one.
  const plain = replaced(replaced(text).normalize("NFKD")).toLowerCase();
  // A mark upon the same mark, and a dot on a letter that has one.
  return plain.replace(/(\p{M})\1+/gu, "$1").replace(/([ij])\u0307/g, "$1");
}

function replaced(text: string): string {
  return Array.from(text, (letter) => FIRSTS.get(letter) ?? letter).join("");
}
