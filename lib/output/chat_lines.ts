/**
 * The lines of a chat, on the terminal of a server or of a client: a colour for each person, the time, the date when the
 * day has changed, and rows that go on below their text.
 *
 * @module
 */

import { escapeControls } from "../printable.ts";
import { textWidth, wrapLine } from "../text/graphemes.ts";
import { type Colorize, personRole } from "./colors.ts";
import { clock, dayOf, minuteOf } from "./format.ts";
import type { OutputOptions } from "./options.ts";

/** The sender at the start of a line: `<name>`, `* name`, `[name]` for a private line, or `***` for the chat itself. */
const SENDER = /^(?:<(\S+)>|\* (\S+)|\[(\S+)\](?= )|\*\*\*)/;

/** How the room of sockeye greets a newcomer. */
const GREETING = /^\*\*\* You are \S+; /;

/** Whether the first received text is the greeting of a chat. */
export function isGreeting(text: string): boolean {
  return GREETING.test(text);
}

/** Lays lines out. */
export class ChatLines {
  readonly #options: OutputOptions;
  readonly #colorize: Colorize;
  /** The day of the last line. */
  #day: string | undefined;

  /** Makes a layout for stdout. */
  constructor({ options, colorize }: { readonly options: OutputOptions; readonly colorize: Colorize }) {
    this.#options = options;
    this.#colorize = colorize;
  }

  /** The rows of a line that is safe for a terminal, with their ends; a remark follows it, dim. */
  rows(line: string, remark = "", date: Date = new Date()): string {
    const { terminal, time, columns } = this.#options;
    const paint = (role: Parameters<Colorize>[1], text: string) => text && this.#colorize("stdout", role, text);
    const stamp = time ? `${clock(date)} ` : terminal ? `${minuteOf(date)} ` : "";
    const [sender = "", ...names] = SENDER.exec(line) ?? [];
    const name = names.find((one) => one !== undefined);
    const text = `${line.slice(sender.length)}${paint("note", remark && ` ${remark}`)}`;
    const coloured = name === undefined
      ? sender === "" ? text : paint("note", sender + text)
      : paint(personRole(name), sender) + text;
    const day = terminal ? this.#dayLine(date) : "";
    if (!terminal) return `${stamp}${coloured}\n`;
    const width = columns?.() ?? 80;
    const indent = Math.min(stamp.length + textWidth(sender) + 1, Math.floor(width / 3));
    return `${day}${paint("note", stamp)}${wrapLine(coloured, width, indent, stamp.length).join("\n")}\n`;
  }

  /** A line with the date where it is another one than that of the line before; the first line has none. */
  #dayLine(date: Date): string {
    const day = dayOf(date);
    const changed = this.#day !== undefined && this.#day !== day;
    this.#day = day;
    return changed ? `${this.#colorize("stdout", "note", `--- ${day} ---`)}\n` : "";
  }
}

/** A line of a chat as it is shown: one line, safe for a terminal. */
export function shownLine(text: string): string {
  return escapeControls(text).replaceAll("\n", "\\n");
}
