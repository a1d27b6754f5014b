/** The contract of `unicodeWidth()`. */

import { assertEquals } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";

const WIDTHS: [string, string, number][] = [
  ["nothing", "", 0],
  ["ASCII", "hello world", 11],
  ["Cyrillic", "голубой", 7],
  ["Chinese", "天地玄黃宇宙洪荒", 16],
  ["Japanese", "かなカナ", 8],
  ["Korean", "한국어", 6],
  ["CJK punctuation", "「。」", 6],
  ["full-width letters", "ｆｕｌｌｗｉｄｔｈ", 18],
  ["half-width kana", "ｶﾅ", 2],
  ["a composed letter", "\u00E1", 1],
  ["a letter with a combining mark", "a\u0301", 1],
  ["joining Hangul letters", "\u1112\u1161\u11AB", 2],
  ["an emoji", "👩", 2],
  ["joined emoji, each by itself", "👩\u200D🔬", 4],
  ["the letters of a flag", "🇫🇷", 2],
  ["a sign shown as text", "\u2764", 1],
  ["a variation selector", "\u2764\uFE0F", 1],
  ["a zero-width space", "a\u200Bb", 2],
  ["a soft hyphen", "\u00AD", 1],
  ["a box", "┌─┐", 3],
  ["ASCII controls", "\0\t\n\r\x1b\x7f", 0],
  ["C1 controls", "\u0080\u008A\u009F", 0],
];

for (const [name, text, width] of WIDTHS) {
  Deno.test(`unicodeWidth() measures ${name}`, () => assertEquals(unicodeWidth(text), width));
}
