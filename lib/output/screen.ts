/**
 * The terminal as a whole: running text of a peer, whole lines about it, and below them the line that a person is
 * typing or the progress of a download.
 *
 * @module
 */

import { clock } from "./format.ts";
import type { OutputOptions } from "./options.ts";
import type { Sink, Stream } from "./sink.ts";

/** The line that stays at the bottom of the terminal while output appears above it. */
export interface BottomLine {
  /** Takes the line off the terminal. */
  hide(): void;
  /** Draws it again, where the cursor is. */
  show(): void;
}

/** Keeps running text, whole lines and the bottom line out of each other's way. */
export class Screen {
  readonly #sink: Sink;
  readonly #options: Pick<OutputOptions, "time" | "terminal" | "now">;
  /** Set while a person types or a download shows its progress. */
  #bottomLine: BottomLine | undefined;
  /** Whether the running text so far ends a line. */
  #endsLine = true;

  /** Makes an empty screen. */
  constructor(sink: Sink, options: Pick<OutputOptions, "time" | "terminal" | "now">) {
    this.#sink = sink;
    this.#options = options;
  }

  /** The bottom line, from now on; undefined removes it. */
  set bottomLine(line: BottomLine | undefined) {
    if (line) this.#endLine();
    this.#bottomLine = line;
  }

  /** Whether there is a bottom line. */
  get hasBottomLine(): boolean {
    return this.#bottomLine !== undefined;
  }

  /** The time that stands before a line, with a space; empty without `--time`. */
  stamp(): string {
    return this.#options.time ? `${clock(this.#options.now?.() ?? new Date())} ` : "";
  }

  /** Prints running text on stdout; only while there is no bottom line. */
  print(text: string): void | Promise<void> {
    if (text === "") return;
    const stamped = this.#stamped(text, this.#endsLine);
    this.#endsLine = text.endsWith("\n");
    return this.#sink.write("stdout", stamped);
  }

  /** Prints whole lines, above the bottom line if there is one. */
  above(stream: Stream, lines: string | Uint8Array): void | Promise<void> {
    if (!this.#bottomLine) {
      this.#endLine();
      return this.#sink.write(stream, lines);
    }
    this.#bottomLine.hide();
    const shown = this.#sink.write(stream, lines);
    this.#bottomLine.show();
    return shown;
  }

  /** Must be called after Ctrl-C: the terminal has shown `^C` where the cursor was. */
  interrupted(): void {
    if (this.#bottomLine || !this.#options.terminal) return;
    void this.#sink.write("stdout", "\n");
    this.#endsLine = true;
  }

  /** On a terminal a whole line begins at the left edge. */
  #endLine(): void {
    if (this.#endsLine || !this.#options.terminal) return;
    void this.#sink.write("stdout", "\n");
    this.#endsLine = true;
  }

  /** Puts the time before every line that begins in this text. */
  #stamped(text: string, atStart: boolean): string {
    if (!this.#options.time) return text;
    const stamped = text.replace(/\n(?=[^])/g, () => `\n${this.stamp()}`);
    return atStart ? `${this.stamp()}${stamped}` : stamped;
  }
}
