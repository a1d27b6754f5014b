/**
 * Colour rules, for each stream by itself: `--color` first, then NO_COLOR, then whether it is a terminal.
 *
 * @module
 */

import { bold, cyan, dim, green, red, setColorEnabled, yellow } from "@std/fmt/colors";
import type { Stream } from "./sink.ts";

/** The values of `--color`. */
export type ColorMode = "auto" | "always" | "never";

/** What a piece of text is; its colour follows from that. */
export type TextRole = "peer" | "sent" | "note" | "warning" | "error" | "good" | "heading";

const COLORS: Readonly<Record<TextRole, (text: string) => string>> = {
  peer: cyan,
  sent: dim,
  note: dim,
  warning: yellow,
  error: red,
  good: green,
  heading: bold,
};

/** Colours text for one of the two streams, where colours are on. */
export type Colorize = (stream: Stream, role: TextRole, text: string) => string;

/** Decides for each stream whether it has colours; where it has none, text stays as it is. */
export function makeColorize(
  mode: ColorMode,
  environment: { readonly noColor: boolean; readonly terminal: Readonly<Record<Stream, boolean>> },
): Colorize {
  const { noColor, terminal } = environment;
  const isOn = (stream: Stream) => mode === "always" || (mode === "auto" && !noColor && terminal[stream]);
  const enabled = { stdout: isOn("stdout"), stderr: isOn("stderr") };
  setColorEnabled(enabled.stdout || enabled.stderr);
  return (stream, role, text) => enabled[stream] ? COLORS[role](text) : text;
}
