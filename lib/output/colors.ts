/**
 * Colour rules, for each stream by itself: `--color` first, then NO_COLOR, then whether it is a terminal.
 *
 * @module
 */

import { blue, bold, cyan, dim, green, magenta, red, setColorEnabled, yellow } from "@std/fmt/colors";
import type { Stream } from "./sink.ts";

/** The values of `--color`. */
export type ColorMode = "auto" | "always" | "never";

/** What a piece of text is; its colour follows from that. */
export type TextRole =
  | "peer"
  | "sent"
  | "note"
  | "warning"
  | "error"
  | "good"
  | "heading"
  /** What stands for a byte that is no text. */
  | "byte"
  /** A person in a chat. */
  | `person${0 | 1 | 2 | 3 | 4}`;

/** The roles of people: none has the colour of an error or of a byte. */
const PEOPLE = ["person0", "person1", "person2", "person3", "person4"] as const;

const COLORS: Readonly<Record<TextRole, (text: string) => string>> = {
  peer: cyan,
  sent: dim,
  note: dim,
  warning: yellow,
  error: red,
  good: green,
  heading: bold,
  byte: magenta,
  person0: cyan,
  person1: green,
  person2: yellow,
  person3: blue,
  person4: (text) => bold(cyan(text)),
};

/** The role of a person in a chat: the same for a name wherever it is shown. */
export function personRole(name: string): TextRole {
  let sum = 0;
  for (let i = 0; i < name.length; i++) sum = (sum * 31 + name.charCodeAt(i)) >>> 0;
  return PEOPLE[sum % PEOPLE.length] ?? "peer";
}

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
