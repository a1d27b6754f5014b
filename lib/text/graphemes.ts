/**
 * Characters as a person sees them, and their widths on a terminal: an emoji joined from several, or a letter with its
 * marks, is one.
 *
 * @module
 */

import { unicodeWidth } from "@std/cli/unicode-width";

// deno-lint-ignore no-control-regex -- ASCII begins with the controls; CR LF is one character
const SIMPLE = /^(?:(?!\r\n)[\x00-\x7f])*$/;

let segmenter: Intl.Segmenter | undefined;

/** Splits a text into its characters (UAX 29). */
export function graphemes(text: string): string[] {
  if (SIMPLE.test(text)) return text.split("");
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The columns of one character: those of its widest part, and two for a flag or a sign that is shown as a picture. */
export function graphemeWidth(character: string): number {
  if (character.length === 1) return unicodeWidth(character);
  if (/^\p{RI}\p{RI}|\ufe0f/u.test(character)) return 2;
  return Math.max(...Array.from(character, unicodeWidth));
}

/** The columns of a text without escape sequences. */
export function textWidth(text: string): number {
  return graphemes(text).reduce((sum, character) => sum + graphemeWidth(character), 0);
}

/** What colours text: it takes no columns. */
// deno-lint-ignore no-control-regex -- it begins with ESC
const STYLE = /(\x1b\[[0-9;]*m)/;

/**
 * Breaks a line into rows of so many columns, behind a blank where one is in the second half of a row. Every row but the
 * first has `indent` blanks before it; `used` columns of the first are taken.
 */
export function wrapLine(line: string, columns: number, indent: number, used = indent): string[] {
  const rows: string[] = [];
  let row = "";
  let width = used;
  /** Where the row may be broken: characters, and the columns up to there. */
  let blank = { at: 0, width: 0 };
  for (const [i, part] of line.split(STYLE).entries()) {
    if (i % 2 === 1) {
      row += part;
      continue;
    }
    for (const character of graphemes(part)) {
      const own = graphemeWidth(character);
      if (width + own > columns && row !== "") {
        const atBlank = blank.width > columns / 2;
        rows.push(atBlank ? row.slice(0, blank.at) : row);
        row = " ".repeat(indent) + (atBlank ? row.slice(blank.at) : "");
        width = indent + (atBlank ? width - blank.width : 0);
        blank = { at: 0, width: 0 };
      }
      row += character;
      width += own;
      if (character === " ") blank = { at: row.length, width };
    }
  }
  return [...rows, row];
}
