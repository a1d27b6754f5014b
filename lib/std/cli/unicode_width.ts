/**
 * Stand-in for `@std/cli/unicode-width`. It has no table of widths: the regular expression engine knows scripts and
 * categories, and the ranges below add what these leave open.
 *
 * @module
 */

/** Texts of these characters alone are as wide as they are long, which saves the slow patterns for most texts. */
const PRINTABLE_ASCII = /^[ -~]*$/;

/**
 * Characters that take no column: controls, combining marks, format characters (the soft hyphen is shown), and the
 * Hangul vowels and finals that join the syllable before them.
 */
const ZERO = "[\\p{Cc}\\p{Mn}\\p{Me}\\p{Cf}\\u1160-\\u11FF]--[\\u00AD]";

/**
 * Characters that take two columns: East Asian scripts and their punctuation, full-width forms, and emoji shown as
 * pictures. Excluded are half-width kana and Hangul, Hangul letters that only join, two tone marks, circled numbers of
 * ambiguous width, and the letters that flags are made of.
 */
const WIDE = "[" +
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}" +
  "\\p{Script=Yi}\\p{Script=Tangut}\\p{Script=Nushu}\\p{Script=Khitan_Small_Script}\\p{Emoji_Presentation}" +
  "\\u2329\\u232A\\u2FF0-\\u303E\\u309B-\\u33FF\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uF900-\\uFAFF" +
  "\\uFE10-\\uFE19\\uFE30-\\uFE6B\\uFF01-\\uFF60\\uFFE0-\\uFFE6" +
  "\\u{16FE0}-\\u{16FFF}\\u{1F200}-\\u{1F265}\\u{20000}-\\u{2FFFD}\\u{30000}-\\u{3FFFD}" +
  "]--[\\u02EA\\u02EB\\u3248-\\u324F\\uD7B0-\\uD7FF\\uFF61-\\uFFDC\\u{1F1E6}-\\u{1F1FF}]";

/** Compiled for the first text that is not ASCII and then kept: it takes as long as loading ten modules. */
let patterns: { readonly zero: RegExp; readonly wide: RegExp } | undefined;

/**
 * Counts the terminal columns of a text without escape sequences. Each code point counts by itself: an emoji joined
 * from several is as wide as its parts together.
 */
export function unicodeWidth(str: string): number {
  if (PRINTABLE_ASCII.test(str)) return str.length;
  let width = 0;
  for (const char of str) width += charWidth(char);
  return width;
}

function charWidth(char: string): number {
  patterns ??= { zero: new RegExp(`^[${ZERO}]$`, "v"), wide: new RegExp(`^[${WIDE}]$`, "v") };
  if (patterns.zero.test(char)) return 0;
  return patterns.wide.test(char) ? 2 : 1;
}
