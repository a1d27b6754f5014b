/**
 * The line that a person edits: its text, the cursor, and the lines before it.
 *
 * @module
 */

import { graphemes, graphemeWidth } from "../text/graphemes.ts";
import type { Action } from "./keys.ts";

/** Lines that the up key brings back. */
const HISTORY_LINES = 500;

/** Actions that change the line. */
export type Edit = Exclude<Action, "enter" | "end-of-input" | "interrupt" | "clear">;

/** Where a line stands on the terminal. */
export interface Layout {
  /** Its rows, none wider than the terminal. */
  readonly rows: readonly string[];
  /** Where the cursor is: a row, from 0, and a column. */
  readonly cursor: { readonly row: number; readonly column: number };
}

/** One line that is being edited. */
export class Line {
  /** What has been typed so far. */
  text = "";
  /** Where the next character goes, in UTF-16 units. */
  #cursor = 0;
  readonly #history: string[] = [];
  /** Which line of the history is shown; its length for the new line. */
  #at = 0;
  /** The new line, while one of the history is shown. */
  #draft = "";
  /** What was cut last. */
  #cut = "";

  /** Inserts text at the cursor. */
  insert(text: string): void {
    this.text = this.#before + text + this.#after;
    this.#cursor += text.length;
  }

  /** Takes the line, for the history as well, and begins an empty one. */
  take(): string {
    const { text } = this;
    if (text !== "" && this.#history.at(-1) !== text) this.#history.push(text);
    if (this.#history.length > HISTORY_LINES) this.#history.shift();
    this.#at = this.#history.length;
    this.#set("");
    return text;
  }

  /** Runs the action of a key. */
  edit(action: Edit): void {
    EDITS[action](this);
  }

  /** Breaks prompt and text into rows of so many columns. */
  layout(prompt: string, columns: number): Layout {
    const rows: string[] = [];
    let row = "";
    let width = 0;
    let cursor = { row: 0, column: 0 };
    const put = (text: string) => {
      for (const character of graphemes(text)) {
        const shown = character === "\t" ? " " : character;
        const own = graphemeWidth(shown);
        if (width + own > columns) {
          rows.push(row);
          row = "";
          width = 0;
        }
        row += shown;
        width += own;
      }
    };
    put(prompt + this.#before);
    // Behind a full row the next character stands in a new one.
    if (width >= columns) {
      rows.push(row);
      row = "";
      width = 0;
    }
    cursor = { row: rows.length, column: width };
    put(this.#after);
    return { rows: [...rows, row], cursor };
  }

  get #before(): string {
    return this.text.slice(0, this.#cursor);
  }

  get #after(): string {
    return this.text.slice(this.#cursor);
  }

  #set(text: string): void {
    this.text = text;
    this.#cursor = text.length;
  }

  /** Moves the cursor by so many UTF-16 units. */
  move(units: number): void {
    this.#cursor += units;
  }

  /** Removes so many units before and behind the cursor; they can be put back if they are `kept`. */
  remove(before: number, behind: number, kept: boolean): void {
    const [from, to] = [this.#cursor - before, this.#cursor + behind];
    if (kept && to > from) this.#cut = this.text.slice(from, to);
    this.text = this.text.slice(0, from) + this.text.slice(to);
    this.#cursor = from;
  }

  /** Inserts the removed text again. */
  yank(): void {
    this.insert(this.#cut);
  }

  /** Shows another line of the history. */
  recall(step: -1 | 1): void {
    const at = this.#at + step;
    if (at < 0 || at > this.#history.length) return;
    if (this.#at === this.#history.length) this.#draft = this.text;
    this.#at = at;
    this.#set(this.#history[at] ?? this.#draft);
  }

  /** UTF-16 units of the text, the character and the word before or behind the cursor. */
  units(what: "all" | "character" | "word", side: "before" | "behind"): number {
    const text = side === "before" ? this.#before : this.#after;
    if (what === "all") return text.length;
    if (what === "word") return (side === "before" ? /\S*\s*$/ : /^\s*\S*/).exec(text)?.[0].length ?? 0;
    return graphemes(text).at(side === "before" ? -1 : 0)?.length ?? 0;
  }
}

/** What each key does. */
const EDITS: Readonly<Record<Edit, (line: Line) => void>> = {
  "backspace": (line) => line.remove(line.units("character", "before"), 0, false),
  "delete": (line) => line.remove(0, line.units("character", "behind"), false),
  "left": (line) => line.move(-line.units("character", "before")),
  "right": (line) => line.move(line.units("character", "behind")),
  "word-left": (line) => line.move(-line.units("word", "before")),
  "word-right": (line) => line.move(line.units("word", "behind")),
  "start": (line) => line.move(-line.units("all", "before")),
  "end": (line) => line.move(line.units("all", "behind")),
  "previous": (line) => line.recall(-1),
  "next": (line) => line.recall(1),
  "kill-start": (line) => line.remove(line.units("all", "before"), 0, true),
  "kill-end": (line) => line.remove(0, line.units("all", "behind"), true),
  "kill-word": (line) => line.remove(line.units("word", "before"), 0, true),
  "kill-next-word": (line) => line.remove(0, line.units("word", "behind"), true),
  "yank": (line) => line.yank(),
};
