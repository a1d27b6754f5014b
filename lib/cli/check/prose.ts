/**
 * Breaks sentences into lines as its language does: at blanks, and in Chinese and Japanese between any two words, but not before
 * a full stop or a closing bracket, nor behind an opening one.
 *
 * @module
 */

import { textWidth } from "../../text/graphemes.ts";

/** A text in which words are not separated by blanks. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/u;

/** What must not begin a line, and what must not end one. */
const CLOSING = /^[\p{Pe}\p{Pf}、。，．：；？！…—～·%％]/u;
const OPENING = /[\p{Ps}\p{Pi}]$/u;

let segmenter: Intl.Segmenter | undefined;

/** The parts of a word between which a line may be broken. */
function partsOf(word: string): string[] {
  if (!DENSE.test(word)) return [word];
  segmenter ??= new Intl.Segmenter("zh", { granularity: "word" });
  const parts: string[] = [];
  for (const { segment } of segmenter.segment(word)) {
    const last = parts.at(-1);
    // Latin letters and digits are broken only at blanks, too.
    const isGlued = last !== undefined &&
      (CLOSING.test(segment) || OPENING.test(last) || !DENSE.test(`${last.at(-1)}${segment.at(0)}`));
    if (isGlued) parts[parts.length - 1] += segment;
    else parts.push(segment);
  }
  return parts;
}

/**
 * Breaks a sentence into lines.
 *
 * @param width columns of a line; a word that is longer has a line of its own
 * @param first columns of the first line, where that has other ones
 */
export function wrapProse(text: string, width: number, first: number = width): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    for (const [i, part] of partsOf(word).entries()) {
      const longer = line === "" ? part : i === 0 ? `${line} ${part}` : line + part;
      if (line === "" || textWidth(longer) <= (lines.length === 0 ? first : width)) line = longer;
      else {
        lines.push(line);
        line = part;
      }
    }
  }
  return [...lines, line];
}
