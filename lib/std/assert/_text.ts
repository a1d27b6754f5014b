/**
 * Shows a value in full, keys in order, so that equal values read the same.
 *
 * @param value The value to show.
 * @returns Its text, over several lines for objects and arrays.
 */
export function show(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    compact: false,
    trailingComma: true,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
  });
}

/**
 * Ends a sentence with the note the caller gave.
 *
 * @param msg The note, if any.
 * @returns ": note", or just a full stop.
 */
export function ending(msg?: string): string {
  return msg ? `: ${msg}` : ".";
}

/**
 * Shows where two values part: `-` lines are actual, `+` lines expected, the rest is shared.
 *
 * @param actual The value found.
 * @param expected The value wanted.
 * @returns The comparison, one line each.
 */
export function contrast(actual: unknown, expected: unknown): string {
  const left = show(actual).split("\n");
  const right = show(expected).split("\n");
  const head = sharedLength(left, right);
  const tail = sharedLength(left.slice(head).reverse(), right.slice(head).reverse());
  return [
    "",
    "",
    "",
    "    [Diff] Actual / Expected",
    "",
    "",
    ...left.slice(0, head).map((line) => `    ${line}`),
    ...left.slice(head, left.length - tail).map((line) => `-   ${line}`),
    ...right.slice(head, right.length - tail).map((line) => `+   ${line}`),
    ...left.slice(left.length - tail).map((line) => `    ${line}`),
    "",
  ].join("\n");
}

/** Counts the lines two texts have in common from the start. */
function sharedLength(left: string[], right: string[]): number {
  const end = left.findIndex((line, i) => line !== right[i]);
  return end < 0 ? left.length : end;
}
