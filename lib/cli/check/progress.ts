/**
 * How far a check is, one line at the bottom of the terminal: which case the report waits for.
 *
 * @module
 */

import type { BottomLine } from "../../output/screen.ts";
import type { Sink } from "../../output/sink.ts";
import { graphemes, graphemeWidth } from "../../text/graphemes.ts";

/** Erases from the cursor to the end of the line. */
const ERASE = "\r\x1b[K";

/** The line. */
export class CheckProgress implements BottomLine {
  readonly #sink: Sink;
  readonly #columns: () => number;
  #text = "";

  /** Shows nothing yet. */
  constructor(sink: Sink, columns: () => number) {
    this.#sink = sink;
    this.#columns = columns;
  }

  /** Shows a text, cut to one row; the empty text removes the line. */
  set text(text: string) {
    this.hide();
    this.#text = fitting(text, this.#columns() - 1);
    this.show();
  }

  /** Takes the line off the terminal. */
  hide(): void {
    if (this.#text !== "") void this.#sink.write("stderr", ERASE);
  }

  /** Draws it again. */
  show(): void {
    if (this.#text !== "") void this.#sink.write("stderr", this.#text);
  }
}

function fitting(text: string, columns: number): string {
  let shown = "";
  let width = 0;
  for (const character of graphemes(text)) {
    width += graphemeWidth(character);
    if (width > columns) break;
    shown += character;
  }
  return shown;
}
