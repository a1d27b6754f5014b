/**
 * Byte arrays put together.
 *
 * @module
 */

/**
 * Joins byte arrays.
 *
 * @param parts in order
 * @returns a new array; for a single part that part itself, uncopied
 */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
