/**
 * Rules that say where a message ends in a stream of bytes.
 *
 * @module
 */

import { asDuration } from "../options.ts";
import { didYouMean } from "../wording.ts";

/** Where a message ends. */
export type Frame =
  /** At each LF. */
  | { readonly by: "line" }
  /** When no byte came for `ms` milliseconds. */
  | { readonly by: "gap"; readonly ms: number };

/**
 * Reads a frame rule.
 *
 * @param text `line` or `gap:50ms`
 * @returns the rule
 * @throws {Error} what was expected
 */
export function asFrame(text: string): Frame {
  if (text === "line") return { by: "line" };
  if (text.startsWith("gap:")) return { by: "gap", ms: asDuration(text.slice("gap:".length)) };
  throw new Error(`expected line or gap:50ms${didYouMean(text, ["line", "gap:50ms"])}`);
}
