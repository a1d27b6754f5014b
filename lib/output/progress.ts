/**
 * The progress of a download, one line that is redrawn in place at the bottom of the terminal.
 *
 * @module
 */

import type { ProgressEvent } from "../events.ts";
import { say } from "../phrase.ts";
import { columnsOf, duration, size } from "./format.ts";
import type { BottomLine } from "./screen.ts";
import type { Sink } from "./sink.ts";
import { inEnglish, type Translate } from "./translate.ts";

/** Columns of the bar itself, at the most and at the least. */
const BAR_COLUMNS = 24, BAR_MIN = 4;

/** Columns of the longest size, `1023 KiB`, of a speed, and of a time that is left, as a rule. */
const SIZE_COLUMNS = 8, SPEED_COLUMNS = 10, TIME_COLUMNS = 7;

/** Erases from the cursor to the end of the line. */
const ERASE = "\r\x1b[K";

/** The progress line of a terminal. */
export class ProgressLine implements BottomLine {
  readonly #sink: Sink;
  readonly #columns: () => number;
  readonly #translate: Translate;
  /** What is drawn; empty before the first event and after the last. */
  #text = "";

  /** Makes a line that shows nothing yet. */
  constructor(sink: Sink, columns: () => number, translate: Translate = inEnglish) {
    this.#sink = sink;
    this.#columns = columns;
    this.#translate = translate;
  }

  /** Draws the line again. */
  update(event: ProgressEvent): void {
    this.hide();
    this.#text = progressText(event, this.#columns() - 1, this.#translate);
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

/**
 * ` 45% [======>     ]   12 MiB of 26 MiB   5.2 MiB/s   1.8 s left`; while the total is not known, size and speed alone.
 * Each column keeps its place while the numbers change, and the bar takes what is left of the row.
 */
function progressText({ bytes, total, rate }: ProgressEvent, columns: number, translate: Translate): string {
  const speed = `${size(Math.round(rate))}/s`.padStart(SPEED_COLUMNS);
  const done = size(bytes).padStart(SIZE_COLUMNS);
  if (total === undefined || total === 0) return `${done} ${speed}`.slice(0, columns);
  const part = Math.min(bytes / total, 1);
  const time = duration(Math.max(0, (total - bytes) / rate) * 1000).padStart(TIME_COLUMNS);
  const left = rate > 0 ? translate(say("time-left")`${time} left`) : "";
  const share = `${String(Math.floor(part * 100)).padStart(3)}%`;
  const numbers = `${translate(say("of-total")`${done} of ${size(total)}`)} ${speed} ${left}`;
  const room = Math.min(BAR_COLUMNS, columns - share.length - columnsOf(numbers) - 4);
  if (room < BAR_MIN) {
    const short = `${share} ${done} ${speed}`;
    return columnsOf(`${short} ${left}`) <= columns ? `${short} ${left}`.trimEnd() : short.slice(0, columns);
  }
  const filled = Math.round(part * room);
  const bar = `${"=".repeat(filled)}${filled < room ? ">" : ""}`.slice(0, room).padEnd(room);
  return `${share} [${bar}] ${numbers}`.trimEnd();
}
