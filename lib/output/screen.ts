/**
 * Where lines go on the screen: running text of a peer, whole lines about it, and below them the line that a person is typing.
 *
 * @module
 */

import { clock } from "./format.ts";
import type { Sink, Stream } from "./sink.ts";

/** The line that a person is typing while output appears above it. */
export interface InputLine {
  /** Takes the line off the screen. */
  hide(): void;
  /** Puts it back. */
  show(): void;
  /** Text of the peer that has no line end yet: it stands before what is typed. */
  lead(text: string): void;
}

/** How a page looks. */
export interface ScreenOptions {
  /** The time before every line. */
  readonly time: boolean;
  /** Stdout is a terminal: a whole line begins at its left. */
  readonly terminal: boolean;
}

/** Characters of a peer's unfinished line that stand before what is typed; every key press draws them again. */
const LEAD_LIMIT = 1_000;

/** Keeps running text, whole lines and the line being typed out of each other's way. */
export class Screen {
  readonly #sink: Sink;
  readonly #options: ScreenOptions;
  #typed: InputLine | undefined;
  #lead = "";
  #endsLine = true;

  /**
   * Begins with nothing on it.
   *
   * @param sink where lines go
   * @param look time, terminal
   */
  constructor(sink: Sink, options: ScreenOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** The line being typed, from now on; undefined when nothing is typed any more. */
  set inputLine(line: InputLine | undefined) {
    this.#typed = line;
    const lead = this.#lead;
    if (line || lead === "") return;
    this.#lead = "";
    void this.print(lead);
  }

  /** Whether somebody types. */
  get isTyped(): boolean {
    return this.#typed !== undefined;
  }

  /** The person pressed Enter: what the peer had said before it is a line of the past now. */
  lineTyped(): void {
    this.#lead = "";
  }

  /** The time, where it stands before every line. */
  stamp(): string {
    return this.#options.time ? `${clock(new Date())} ` : "";
  }

  /**
   * Prints running text on stdout. What has no newline yet waits before the line being typed.
   *
   * @param text what a peer said
   */
  print(text: string): void | Promise<void> {
    if (text === "") return;
    if (!this.#typed) {
      const stamped = this.#stamped(text, this.#endsLine);
      this.#endsLine = text.endsWith("\n");
      return this.#sink.write("stdout", stamped);
    }
    const whole = this.#lead + text;
    const lastLine = whole.lastIndexOf("\n") + 1;
    const tooLong = whole.length - lastLine > LEAD_LIMIT;
    const lines = tooLong ? `${whole}\n` : whole.slice(0, lastLine);
    this.#lead = tooLong ? "" : whole.slice(lastLine);
    this.#typed.hide();
    const shown = this.#sink.write("stdout", this.#stamped(lines, true));
    this.#typed.lead(this.#lead);
    this.#typed.show();
    return shown;
  }

  /**
   * Prints whole lines, above the line being typed if there is one.
   *
   * @param stream where
   * @param lines each with its newline
   */
  above(stream: Stream, lines: string): void | Promise<void> {
    if (!this.#typed) {
      if (!this.#endsLine && this.#options.terminal) void this.#sink.write("stdout", "\n");
      this.#endsLine ||= this.#options.terminal;
      return this.#sink.write(stream, lines);
    }
    this.#typed.hide();
    const shown = this.#sink.write(stream, lines);
    this.#typed.show();
    return shown;
  }

  /** The peer is gone: what stood before the line being typed is a line now. */
  endLead(): void {
    const lead = this.#lead;
    if (lead === "") return;
    this.#lead = "";
    this.#typed?.lead("");
    void this.above("stdout", `${this.stamp()}${lead}\n`);
  }

  /** The time before every line that begins in this text. */
  #stamped(text: string, atStart: boolean): string {
    if (!this.#options.time) return text;
    const stamped = text.replace(/\n(?=[^])/g, () => `\n${this.stamp()}`);
    return atStart && text !== "" ? `${this.stamp()}${stamped}` : stamped;
  }
}
