/**
 * Frame rules: where a message ends in a stream of bytes.
 *
 * @module
 */

import { asDuration } from "../options.ts";
import { didYouMean } from "../wording.ts";

/** A frame rule. */
export type Frame =
  /** A message ends after each LF. */
  | { readonly by: "line" }
  /** A message ends when no byte has arrived for `ms` milliseconds. */
  | { readonly by: "gap"; readonly ms: number };

/**
 * Parses a frame rule: `line` or `gap:50ms`.
 *
 * @throws {Error} what was expected
 */
export function asFrame(text: string): Frame {
  if (text === "line") return { by: "line" };
  if (text.startsWith("gap:")) return { by: "gap", ms: asDuration(text.slice("gap:".length)) };
  throw new Error(`expected line or gap:50ms${didYouMean(text, ["line", "gap:50ms"])}`);
}
