/**
 * Colour rules: NO_COLOR first, then `--color`, then whether the stream is a terminal, each stream by itself.
 *
 * @module
 */

import { bold, cyan, dim, green, red, setColorEnabled, yellow } from "@std/fmt/colors";
import type { Stream } from "./sink.ts";

/** The values of `--color`. */
export type ColorMode = "auto" | "always" | "never";

/** What a piece of text is, not how it looks. */
export type Role = "peer" | "sent" | "note" | "warning" | "error" | "good" | "heading";

const LOOKS: Readonly<Record<Role, (text: string) => string>> = {
  peer: cyan,
  sent: dim,
  note: dim,
  warning: yellow,
  error: red,
  good: green,
  heading: bold,
};

/** Colours text for one of the two streams. */
export type Paint = (stream: Stream, role: Role, text: string) => string;

/**
 * Decides once for each stream.
 *
 * @param mode what `--color` says
 * @param environment whether colour was declined, and which streams are terminals
 * @returns a function that colours or leaves alone
 */
export function makePaint(
  mode: ColorMode,
  environment: { readonly noColor: boolean; readonly terminal: Readonly<Record<Stream, boolean>> },
): Paint {
  const { noColor, terminal } = environment;
  const on = (stream: Stream) => mode === "always" || (mode === "auto" && !noColor && terminal[stream]);
  const enabled = { stdout: on("stdout"), stderr: on("stderr") };
  setColorEnabled(enabled.stdout || enabled.stderr);
  return (stream, role, text) => enabled[stream] ? LOOKS[role](text) : text;
}
