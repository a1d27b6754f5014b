/**
 * Lines typed at a terminal, with output above the line being typed. The line is drawn through the same sink as
 * everything else, so that the two never mix. It wraps rows itself, so that it can count and erase them, and of a long
 * line it draws only the rows around the cursor.
 *
 * @module
 */

import { readChunks } from "../bytes.ts";
import type { Output } from "../output/output.ts";
import type { BottomLine } from "../output/screen.ts";
import type { Sink } from "../output/sink.ts";
import { AsyncQueue } from "../queue.ts";
import { textWidth } from "../text/graphemes.ts";
import { unlessAborted } from "../wait.ts";
import { type Key, KeyReader } from "./keys.ts";
import { type Layout, Line } from "./line.ts";
import type { Input, System } from "./system.ts";

/** Stands before the line being typed when there is nothing else to show there. */
const DEFAULT_PROMPT = "> ";

/** The line editor of one terminal. */
export class Editor implements BottomLine {
  /** Lines that were typed and not yet taken; closed at the end of input. */
  readonly #lines = new AsyncQueue<string>();
  readonly #line = new Line();
  readonly #system: System;
  readonly #sink: Sink;
  readonly #output: Pick<Output, "bottomLine"> | undefined;
  #prompt = DEFAULT_PROMPT;
  /** The rows on the terminal; undefined while the line is not there. */
  #drawn: Layout | undefined;

  /** Takes over the terminal, as the input line of an output, until {@linkcode Editor.close} or the end of input. */
  constructor(system: System, sink: Sink, output?: Pick<Output, "bottomLine">) {
    this.#system = system;
    this.#sink = sink;
    this.#output = output;
    setRaw(system.stdin, true);
    if (output) output.bottomLine = this;
    this.show();
    void this.#read();
  }

  /** Yields the typed lines, up to the end of input. */
  lines(): AsyncIterable<string> {
    return this.#lines;
  }

  /**
   * Asks for one line.
   *
   * @throws {unknown} the reason of the signal
   */
  async ask(question: string, signal: AbortSignal): Promise<string> {
    this.prompt = question;
    try {
      return (await unlessAborted(this.#lines.next(), signal) ?? "").trim();
    } finally {
      this.prompt = DEFAULT_PROMPT;
    }
  }

  /** Takes the line off the terminal, which may have become narrower and broken its rows again. */
  hide(): void {
    if (!this.#drawn) return;
    const { rows, cursor } = this.#drawn;
    const columns = this.#system.columns();
    const above = rows.slice(0, cursor.row).map((row) => Math.max(1, Math.ceil(textWidth(row) / columns)));
    const up = above.reduce((sum, count) => sum + count, Math.floor(cursor.column / columns));
    this.#write(`${up > 0 ? `\x1b[${up}A` : ""}\r\x1b[J`);
    this.#drawn = undefined;
  }

  /** Draws the line where the cursor is. */
  show(): void {
    if (this.#lines.closed) return;
    const { rows, cursor } = this.#visible();
    const below = rows.length - 1 - cursor.row;
    const up = below > 0 ? `\x1b[${below}A` : "";
    const right = cursor.column > 0 ? `\x1b[${cursor.column}C` : "";
    this.#write(`${rows.join("\r\n")}${up}\r${right}`);
    this.#drawn = { rows, cursor };
  }

  /** The prompt from now on; empty for the default one. */
  set prompt(text: string) {
    this.hide();
    this.#prompt = text || DEFAULT_PROMPT;
    this.show();
  }

  /** Takes the terminal over again after the process was stopped: the shell has set its modes and written on it. */
  resume(): void {
    if (this.#lines.closed) return;
    setRaw(this.#system.stdin, true);
    this.show();
  }

  /** Stops reading and leaves the cursor at the start of an empty line. */
  close(): void {
    if (this.#lines.closed) return;
    this.hide();
    this.#lines.close();
    setRaw(this.#system.stdin, false);
    if (this.#output) this.#output.bottomLine = undefined;
  }

  /** The rows to draw: those around the cursor, half of the terminal at the most. */
  #visible(): Layout {
    const { rows, cursor } = this.#line.layout(this.#prompt, this.#system.columns());
    const most = Math.max(1, Math.floor(this.#system.rows() / 2));
    const top = Math.max(0, Math.min(cursor.row - most + 1, rows.length - most));
    return { rows: rows.slice(top, top + most), cursor: { row: cursor.row - top, column: cursor.column } };
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const keys = new KeyReader();
    try {
      for await (const bytes of readChunks(this.#system.stdin)) {
        if (this.#lines.closed) return;
        this.hide();
        for (const key of keys.push(decoder.decode(bytes, { stream: true }))) this.#press(key);
        this.show();
        if (this.#lines.closed) return;
      }
    } catch {
      // The terminal is gone: that is the end of the input.
    }
    this.close();
  }

  #press(key: Key): void {
    if (this.#lines.closed) return;
    if ("text" in key) return this.#line.insert(key.text);
    const { action } = key;
    if (action === "enter") {
      const text = this.#line.take();
      // What has been typed stays above, whole: the terminal breaks its rows, so that it can be copied as one line.
      this.#write(`${this.#prompt}${text}\r\n`);
      this.#lines.push(text);
    } else if (action === "interrupt") this.#system.interrupt();
    else if (action === "clear") this.#write("\x1b[H\x1b[2J");
    else if (action !== "end-of-input") this.#line.edit(action);
    else if (this.#line.text === "") this.close();
    else this.#line.edit("delete");
  }

  #write(text: string): void {
    void this.#sink.write("stdout", text);
  }
}

/** Ctrl-C and Ctrl-Z stay signals: nothing else lets the shell stop the process and continue it. Windows has no such mode. */
function setRaw(stdin: Input, on: boolean): void {
  stdin.setRaw(on, { cbreak: on && Deno.build.os !== "windows" });
}
