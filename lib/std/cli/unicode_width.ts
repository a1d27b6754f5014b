/**
 * Stand-in for `@std/cli/unicode-width`.
 *
 * It carries no width table: the regular expression engine knows scripts and categories, and the ranges below are what
 * those do not tell.
 *
 * @module
 */

/** The quick way for most texts. */
const PRINTABLE_ASCII = /^[ -~]*$/;

/**
 * Characters that take no column: controls, combining marks, format characters, and the Hangul vowels and finals that
 * join the syllable before them. The soft hyphen is shown, though it is a format character.
 */
const ZERO = "[\\p{Cc}\\p{Mn}\\p{Me}\\p{Cf}\\u1160-\\u11FF]--[\\u00AD]";

/**
 * Characters that take two columns: East Asian scripts and their punctuation, full-width forms, and emoji shown as
 * pictures. Left out are half-width kana and Hangul, Hangul letters that only join, two tone marks, circled numbers of
 * uncertain width, and the letters of which flags are made.
 */
const WIDE = "[" +
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}" +
  "\\p{Script=Yi}\\p{Script=Tangut}\\p{Script=Nushu}\\p{Script=Khitan_Small_Script}\\p{Emoji_Presentation}" +
  "\\u2329\\u232A\\u2FF0-\\u303E\\u309B-\\u33FF\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uF900-\\uFAFF" +
  "\\uFE10-\\uFE19\\uFE30-\\uFE6B\\uFF01-\\uFF60\\uFFE0-\\uFFE6" +
  "\\u{16FE0}-\\u{16FFF}\\u{1F200}-\\u{1F265}\\u{20000}-\\u{2FFFD}\\u{30000}-\\u{3FFFD}" +
  "]--[\\u02EA\\u02EB\\u3248-\\u324F\\uD7B0-\\uD7FF\\uFF61-\\uFFDC\\u{1F1E6}-\\u{1F1FF}]";

/** Made when the first text asks for it: to read these sets takes as long as to load ten modules. */
let patterns: { readonly zero: RegExp; readonly wide: RegExp } | undefined;

/**
 * Counts the terminal columns a text takes.
 *
 * Each code point counts by itself, so an emoji joined out of several is as wide as its parts. Escape sequences are not
 * recognised: strip them first.
 *
 * @param str The text to measure.
 * @returns Its width in columns.
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
