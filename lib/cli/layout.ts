/**
 * Sets text for a terminal: lines and columns as wide as it is, broken at blanks and never within a word. Chinese has no
 * blanks: it is broken between characters, but not before punctuation that closes, nor after punctuation that opens.
 *
 * @module
 */

import { unicodeWidth } from "@std/cli/unicode-width";

/** Columns of the left part at most; a longer entry has its right part on the next line. */
const LEFT_COLUMNS = 30;

/** Below this width there is no room for two columns side by side. */
const NARROW = 60;

/** Columns before the lines that go on with an entry. */
const INDENT = 6;

/** Columns before and between the two parts. */
const GAP = 2;

/**
 * Breaks text into lines.
 *
 * @param width columns of a line; a word that is longer has a line of its own
 */
export function wrap(text: string, width: number): string[] {
  return fill(text, width, (word) => word.match(PIECE) ?? [word]);
}

/** Breaks a command line: its words stay whole, whatever they are made of. */
function wrapWords(text: string, width: number): string[] {
  return fill(text, width, (word) => [word]);
}

/** A word, or a wide character, with the punctuation that must not be parted from it. */
const PIECE = /[（「《]*(?:[^\u2e80-\uffee]+|[\u2e80-\uffee])[，。、；：！？）」》…]*/g;

/** Puts as many pieces of words on each line as it holds. */
function fill(text: string, width: number, cut: (word: string) => readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    for (const [at, piece] of cut(word).entries()) {
      const longer = line === "" ? piece : `${line}${at === 0 ? " " : ""}${piece}`;
      if (line === "" || unicodeWidth(longer) <= width) line = longer;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  return [...lines, line];
}

/**
 * Sets rows in two columns, or below each other where the terminal is narrow.
 *
 * @param rows blanks at the start of a left part stay where there are two columns
 * @param width columns of the terminal; a wide character takes two
 * @param most columns of the left part
 */
export function columns(
  rows: readonly (readonly [string, string])[],
  width: number,
  most: number = LEFT_COLUMNS,
): string[] {
  if (width < NARROW) {
    return rows.flatMap((
      [left, right],
    ) => [...hang(left.trimStart(), width), ...shift(wrap(right, width - INDENT), INDENT)]);
  }
  const fitting = rows.map(([left]) => unicodeWidth(left)).filter((columns) => columns <= most);
  const longest = Math.max(...fitting, INDENT - GAP);
  const start = GAP + longest + GAP;
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, width - start);
    const room = longest - unicodeWidth(left);
    if (room < 0) return [...hang(left, width), ...shift(lines, start)];
    const [first = "", ...others] = lines;
    return [`${" ".repeat(GAP)}${left}${" ".repeat(room + GAP)}${first}`, ...shift(others, start)];
  });
}

/** An entry over the whole width; the lines that go on with it are indented. */
function hang(text: string, width: number): string[] {
  const blanks = " ".repeat(GAP) + (/^ */.exec(text)?.[0] ?? "");
  // The first line begins further to the left than the others.
  const [first = ""] = wrapWords(text.trimStart(), width - blanks.length);
  const rest = text.trimStart().slice(first.length).trim();
  return [blanks + first, ...rest === "" ? [] : shift(wrapWords(rest, width - INDENT), INDENT)];
}

function shift(lines: readonly string[], by: number): string[] {
  return lines.map((line) => " ".repeat(by) + line);
}
