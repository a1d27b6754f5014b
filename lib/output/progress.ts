/**
 * The progress of a download, one line that is redrawn in place at the bottom of the terminal.
 *
 * @module
 */

import type { ProgressEvent } from "../events.ts";
import { duration, size } from "./format.ts";
import type { BottomLine } from "./screen.ts";
import type { Sink } from "./sink.ts";

/** Columns of the bar itself. */
const BAR_COLUMNS = 24;

/** Erases from the cursor to the end of the line. */
const ERASE = "\r\x1b[K";

/** The progress line of a terminal. */
export class ProgressLine implements BottomLine {
  readonly #sink: Sink;
  readonly #columns: () => number;
  /** What is drawn; empty before the first event and after the last. */
  #text = "";

  /** Makes a line that shows nothing yet. */
  constructor(sink: Sink, columns: () => number) {
    this.#sink = sink;
    this.#columns = columns;
  }

  /** Draws the line again. */
  update(event: ProgressEvent): void {
    this.hide();
    this.#text = progressText(event).slice(0, this.#columns() - 1);
    this.show();
  }

  /** Removes the line: the download is over. */
  clear(): void {
    this.hide();
    this.#text = "";
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

/** `45% [=====>   ] 12 MiB of 26 MiB  5.2 MiB/s  3s left`; while the total is not known, size and speed alone. */
function progressText({ bytes, total, rate }: ProgressEvent): string {
  const speed = `${size(Math.round(rate))}/s`;
  if (total === undefined || total === 0) return `${size(bytes)}  ${speed}`;
  const part = Math.min(bytes / total, 1);
  const filled = Math.round(part * BAR_COLUMNS);
  const bar = `${"=".repeat(filled)}${filled < BAR_COLUMNS ? ">" : ""}`.slice(0, BAR_COLUMNS).padEnd(BAR_COLUMNS);
  const left = rate > 0 ? `  ${duration(Math.max(0, (total - bytes) / rate) * 1000)} left` : "";
  return `${String(Math.floor(part * 100)).padStart(3)}% [${bar}] ${size(bytes)} of ${size(total)}  ${speed}${left}`;
}
