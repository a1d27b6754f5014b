/**
 * The options that every command has, and what they mean for its output.
 *
 * @module
 */

import { choice, flag, one, type Values } from "../options.ts";
import type { Look } from "../output/options.ts";
import { Output } from "../output/output.ts";
import { makePaint } from "../output/colors.ts";
import type { Side } from "../output/messages.ts";
import { ENCODINGS, resolveEncoding } from "../text/encodings.ts";
import type { Run } from "./command.ts";

/** The common options. */
export const COMMON_OPTIONS = {
  "encoding": one("NAME", "encoding of text on the wire: utf-8 (default), gbk, big5, shift_jis…", resolveEncoding, {
    short: "e",
    choices: ENCODINGS,
  }),
  "hex": flag("show hex beside text, both directions", { short: "x" }),
  "json": flag("one JSON event a line on stdout, for programs"),
  "time": flag("the time before every line"),
  "quiet": flag("say nothing but errors", { short: "q" }),
  "verbose": flag("say more", { short: "v" }),
  "color": choice(["auto", "always", "never"], "colour on a terminal (auto), always or never"),
  "help": flag("this help", { short: "h" }),
  "version": flag("the version", { short: "V" }),
} as const;

/** The default encoding. */
const UTF8 = "utf-8";

/**
 * The encoding that was asked for.
 *
 * @param values the common options
 * @returns a canonical name
 */
export function encodingOf(values: Values<typeof COMMON_OPTIONS>): string {
  return values.encoding ?? UTF8;
}

/**
 * Makes the output that the common options ask for.
 *
 * @param side whose story is told
 * @param values the common options
 * @param run whose terminal it is, and the way there
 * @param extra what only this command asks for
 * @returns the output
 */
export function makeOutput(
  side: Side,
  values: Values<typeof COMMON_OPTIONS>,
  { system, sink }: Pick<Run, "system" | "sink">,
  extra: Partial<Look> = {},
): Output {
  const terminal = { stdout: system.stdout.isTerminal(), stderr: system.stderr.isTerminal() };
  const look: Look = {
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    verbose: values.verbose ?? false,
    hex: values.hex ?? false,
    time: values.time ?? false,
    encoding: encodingOf(values),
    terminal: terminal.stdout,
    raw: side === "client" && !terminal.stdout && !values.json && values.encoding === undefined && !values.time,
    ...extra,
  };
  return new Output(sink, side, look, makePaint(values.color ?? "auto", { noColor: system.noColor, terminal }));
}
