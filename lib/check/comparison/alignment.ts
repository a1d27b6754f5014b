/**
 * Finds what two sequences have in common, in its order (a longest common subsequence).
 *
 * @module
 */

/** Cells of the table at most: longer sequences are aligned at their beginnings and ends only. */
const CELLS_MAX = 1_000_000;

/**
 * Aligns two sequences.
 *
 * @returns for each item of the first its index in the second, -1 where it has none; indexes grow
 *
 * @example
 * ```ts ignore
 * align(["a", "1", "b"], ["a", "b", "2"]); // 0, -1, 1
 * ```
 */
export function align(one: readonly string[], other: readonly string[]): Int32Array {
  const found = new Int32Array(one.length).fill(-1);
  let from = 0;
  let [end, otherEnd] = [one.length, other.length];
  for (; from < end && from < otherEnd && one[from] === other[from]; from++) found[from] = from;
  while (end > from && otherEnd > from && one[end - 1] === other[otherEnd - 1]) found[--end] = --otherEnd;
  const [rows, columns] = [end - from, otherEnd - from];
  if (rows === 0 || columns === 0 || rows * columns > CELLS_MAX) return found;
  const width = columns + 1;
  /** How much the rests have in common from each pair of places on. */
  const common = new Int32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const at = i * width + j;
      common[at] = one[from + i] === other[from + j]
        ? common[at + width + 1]! + 1
        : Math.max(common[at + width]!, common[at + 1]!);
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns;) {
    const at = i * width + j;
    if (one[from + i] === other[from + j]) found[from + i++] = from + j++;
    else if (common[at + width]! >= common[at + 1]!) i++;
    else j++;
  }
  return found;
}
