/**
 * Words in messages: counts, lists, and suggestions for mistyped words.
 *
 * @module
 */

import { Phrase, type Phrased, say } from "./phrase.ts";

/** Formats a count and its noun, which has a regular plural: `2 connections`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Formats a limit in bytes, in KiB or MiB where that is exact: `1 MiB`, `10 bytes`. */
export function byteLimit(bytes: number): string {
  const [unit, name] = bytes % 2 ** 20 === 0 ? [2 ** 20, "MiB"] : [2 ** 10, "KiB"];
  return bytes > 0 && bytes % unit === 0 ? `${bytes / unit} ${name}` : plural(bytes, "byte");
}

/** Formats a list as part of a sentence: `tcp, tls and udp`. */
export function listed(words: readonly string[], last: "and" | "or"): string {
  const [end = ""] = words.slice(-1);
  return words.length < 2 ? end : `${words.slice(0, -1).join(", ")} ${last} ${end}`;
}

/** Formats a list that is no part of an English sentence alone: `tcp, tls and udp`. */
export function allOf(words: readonly string[]): Phrase {
  return new Phrase("all-of", listed(words, "and"), words);
}

/** The same for one of them: `tcp, tls or udp`. */
export function oneOf(words: readonly string[]): Phrase {
  return new Phrase("one-of", listed(words, "or"), words);
}

/** Characters of the longest word that is compared: the comparison takes as long as the word, and no valid one is longer. */
const WORD_MAX = 64;

/**
 * Suggests a word for a mistyped one; the empty text if no candidate is close.
 *
 * @example
 * ```ts ignore
 * didYouMean("ecoh", ["echo", "chat"]); // ' - did you mean "echo"?'
 * ```
 */
export function didYouMean(word: string, candidates: readonly string[]): Phrased {
  if (word.length > WORD_MAX) return "";
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const whole = word.length > 1 ? candidates.find((candidate) => candidate.startsWith(word)) : undefined;
  const most = Math.max(1, Math.floor(word.replace(/^-+/, "").length / 2.5));
  const meant = whole ?? ranked.find(({ distance }) => distance <= most)?.candidate;
  return meant === undefined ? "" : say("did-you-mean")` - did you mean "${meant}"?`;
}

/** Number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const change = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, change, swapped ? at(i - 2, j - 2) + 1 : Infinity));
    }
  }
  return at(a.length, b.length);
}
