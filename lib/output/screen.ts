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
  /** Sets what the peer sent since its last line end: it stands before the line from the next `show` on. */
  setPartialLine?(text: string): void;
}

/** Characters of a peer's partial line that stand before the bottom line; every key press draws them again. */
const PARTIAL_LINE_MAX = 1_000;

/** Keeps running text, whole lines and the bottom line out of each other's way. */
export class Screen {
  readonly #sink: Sink;
  readonly #options: Pick<OutputOptions, "time" | "terminal" | "now">;
  /** Set while a person types or a download shows its progress. */
  #bottomLine: BottomLine | undefined;
  /** What the peer sent since its last line end; used only while there is a bottom line. */
  #partialLine = "";
  /** Whether the running text so far ends a line; used only while there is no bottom line. */
  #endsLine = true;

  /** Makes an empty screen. */
  constructor(sink: Sink, options: Pick<OutputOptions, "time" | "terminal" | "now">) {
    this.#sink = sink;
    this.#options = options;
  }

  /** The bottom line, from now on; undefined removes it and prints the partial line that stood before it. */
  set bottomLine(line: BottomLine | undefined) {
    this.#bottomLine = line;
    const partialLine = this.#partialLine;
    if (line || partialLine === "") return;
    this.#partialLine = "";
    void this.print(partialLine);
  }

  /** Whether there is a bottom line. */
  get hasBottomLine(): boolean {
    return this.#bottomLine !== undefined;
  }

  /** Forgets the partial line: the person pressed Enter, so that it has scrolled up with what was typed. */
  clearPartialLine(): void {
    this.#partialLine = "";
  }

  /** The time that stands before a line, with a space; empty without `--time`. */
  stamp(): string {
    return this.#options.time ? `${clock(this.#options.now?.() ?? new Date())} ` : "";
  }

  /** Prints running text on stdout. What has no line end yet stands before the bottom line, if there is one. */
  print(text: string): void | Promise<void> {
    if (text === "") return;
    if (!this.#bottomLine) {
      const stamped = this.#stamped(text, this.#endsLine);
      this.#endsLine = text.endsWith("\n");
      return this.#sink.write("stdout", stamped);
    }
    const lines = this.#takeLines(text);
    this.#bottomLine.hide();
    const shown = this.#sink.write("stdout", this.#stamped(lines, true));
    this.#bottomLine.setPartialLine?.(this.#partialLine);
    this.#bottomLine.show();
    return shown;
  }

  /** The lines that this text completes; the rest becomes the partial line. */
  #takeLines(text: string): string {
    const all = this.#partialLine + text;
    const end = all.lastIndexOf("\n") + 1;
    const isTooLong = all.length - end > PARTIAL_LINE_MAX;
    this.#partialLine = isTooLong ? "" : all.slice(end);
    return isTooLong ? `${all}\n` : all.slice(0, end);
  }

  /** Prints whole lines, above the bottom line if there is one. */
  above(stream: Stream, lines: string | Uint8Array): void | Promise<void> {
    if (!this.#bottomLine) {
      // On a terminal a whole line begins at the left edge.
      if (!this.#endsLine && this.#options.terminal) void this.#sink.write("stdout", "\n");
      this.#endsLine ||= this.#options.terminal;
      return this.#sink.write(stream, lines);
    }
    this.#bottomLine.hide();
    const shown = this.#sink.write(stream, lines);
    this.#bottomLine.show();
    return shown;
  }

  /** Prints the partial line as a whole one: the peer is gone and cannot complete it. */
  endPartialLine(): void {
    const partialLine = this.#partialLine;
    if (partialLine === "") return;
    this.#partialLine = "";
    this.#bottomLine?.setPartialLine?.("");
    void this.above("stdout", `${this.stamp()}${partialLine}\n`);
  }

  /** Puts the time before every line that begins in this text. */
  #stamped(text: string, atStart: boolean): string {
    if (!this.#options.time) return text;
    const stamped = text.replace(/\n(?=[^])/g, () => `\n${this.stamp()}`);
    return atStart && text !== "" ? `${this.stamp()}${stamped}` : stamped;
  }
}
