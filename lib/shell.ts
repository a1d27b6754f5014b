/**
 * Command lines that a person copies into a shell.
 *
 * @module
 */

import { escapeControls } from "./printable.ts";

/** Words that every shell takes as they are. */
const PLAIN = /^[\p{L}\p{N}_./:@%+,-][\p{L}\p{N}_./:@%+,=-]*$/u;

/**
 * Quotes a word for a POSIX shell, where that is needed. Line ends and other control characters stand as `$'\n'`, which
 * bash, zsh and POSIX 2024 read, so that the command stays on one line.
 */
export function shellWord(word: string): string {
  if (PLAIN.test(word) && escapeControls(word) === word) return word;
  if (!/[\n\t]/.test(word) && escapeControls(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = escapeControls(word.replaceAll("\\", "\\\\").replaceAll("'", "\\'"));
  return `$'${escaped.replaceAll("\n", "\\n").replaceAll("\t", "\\t")}'`;
}

/** Writes a command line. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
