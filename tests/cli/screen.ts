/** A small terminal: it obeys the control sequences that line editing draws with, and fails on any other. */

import { unicodeWidth } from "@std/cli/unicode-width";

/** Cursor movement and erasing, a control character, or a character to show. */
// deno-lint-ignore no-control-regex -- a terminal is driven by control characters
const TOKEN = /\x1b\[(\d*)([A-Z])|([\r\n])|([^\x00-\x1f])/uy;

/** Draws all that was written to a terminal: the rows that are not empty, without blanks at their ends. */
export function draw(written: string, columns = 80): string[] {
  const screen = new Screen(columns);
  let at = 0;
  while (at < written.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(written);
    if (!match) throw new Error(`The terminal got ${JSON.stringify(written.slice(at, at + 10))}`);
    at = TOKEN.lastIndex;
    screen.obey(match);
  }
  return screen.rows.map((row) => row.join("").trimEnd()).filter((row) => row !== "");
}

class Screen {
  readonly rows: string[][] = [[]];
  readonly #columns: number;
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  obey([, count, command, control, character]: RegExpExecArray): void {
    if (character !== undefined) return this.#put(character);
    if (control === "\r") this.#column = 0;
    // A terminal in raw mode still begins a line feed's row at its left edge.
    if (control === "\n") this.#moveTo(this.#row + 1, 0);
    if (command !== undefined) this.#steer(command, Number(count || "0"));
  }

  #put(character: string): void {
    const width = unicodeWidth(character);
    // Marks and joiners belong to the character before them, as a joiner's next character does.
    const row = this.rows[this.#row] ?? [];
    const before = row.slice(0, this.#column).findLastIndex((cell) => cell !== "");
    if (before >= 0 && (width === 0 || row[before]!.endsWith("\u200d"))) {
      row[before] += character;
      return;
    }
    if (this.#column + width > this.#columns) this.#moveTo(this.#row + 1, 0);
    this.#fill(character, width);
  }

  #fill(character: string, width: number): void {
    const row = this.rows[this.#row] ?? [];
    while (row.length < this.#column) row.push(" ");
    row.splice(this.#column, width, character, ...Array<string>(width - 1).fill(""));
    this.#column += width;
  }

  #steer(command: string, count: number): void {
    const steps = Math.max(1, count);
    if (command === "A") this.#moveTo(Math.max(0, this.#row - steps), this.#column);
    else if (command === "B") this.#moveTo(this.#row + steps, this.#column);
    else if (command === "C") this.#column += steps;
    else if (command === "D") this.#column = Math.max(0, this.#column - steps);
    else if (command === "G") this.#column = steps - 1;
    else if (command === "J" && count === 0) this.#clearDown();
    else if (command === "K" && count === 0) this.rows[this.#row]?.splice(this.#column);
    else throw new Error(`The terminal was told ${count}${command}`);
  }

  #moveTo(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    while (this.rows.length <= row) this.rows.push([]);
  }

  #clearDown(): void {
    this.rows[this.#row]?.splice(this.#column);
    this.rows.splice(this.#row + 1);
  }
}
