/**
 * Words in messages: counts, lists, and the word that was probably meant.
 *
 * @module
 */

/**
 * A count and its noun.
 *
 * @param count how many
 * @param noun in the singular, with a regular plural
 * @returns `1 connection`, `2 connections`
 */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * A list as a sentence has it.
 *
 * @param words the items
 * @param last stands before the last item
 * @returns `tcp, tls and udp`
 */
export function listed(words: readonly string[], last: "and" | "or"): string {
  return words.join(", ").replace(/, ([^,]*)$/, ` ${last} $1`);
}

/**
 * The word that a mistyped one was probably meant to be.
 *
 * @param word what was typed
 * @param candidates what would have been right
 * @returns ` - did you mean "…"?`, or nothing when none is near
 */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const whole = word.length > 1 ? candidates.find((candidate) => candidate.startsWith(word)) : undefined;
  if (whole !== undefined) return ` - did you mean "${whole}"?`;
  const [best] = ranked;
  const near = best !== undefined && best.distance <= Math.max(1, Math.floor(word.replace(/^-+/, "").length / 2.5));
  return near ? ` - did you mean "${best.candidate}"?` : "";
}

/** Insertions, deletions, changes and swaps of neighbours (optimal string alignment). */
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
