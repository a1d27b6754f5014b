/**
 * Collects the lines of a head while bytes arrive in pieces of any size, and bounds what is kept.
 *
 * @module
 */

import { ByteBuffer } from "../bytes.ts";
import type { SockeyeError } from "../errors.ts";
import { badAnswer } from "./head.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Takes lines out of a byte stream. */
export class LineBuffer {
  readonly #what: string;
  readonly #limit: number;
  readonly #fail: (what: string) => SockeyeError;
  readonly #kept = new ByteBuffer();
  #used = 0;

  /**
   * Makes an empty buffer.
   *
   * @param what these lines are, for the error: `the header`
   * @param limit bytes of all lines together
   * @param fail makes the error for lines beyond the limit
   */
  constructor(what: string, limit: number, fail: (what: string) => SockeyeError = badAnswer) {
    this.#what = what;
    this.#limit = limit;
    this.#fail = fail;
  }

  /** Whether a line has begun and not ended. */
  get open(): boolean {
    return this.#kept.length > 0;
  }

  /**
   * Takes the next line, if its end is there.
   *
   * @param bytes what arrived
   * @param from where to look
   * @returns the line with its end and where the next one begins; no line when its end has not come: everything is kept then
   * @throws {SockeyeError} `protocol` when the limit is reached
   */
  take(bytes: Uint8Array, from: number): { line: Uint8Array | undefined; next: number } {
    const lf = bytes.indexOf(LF, from);
    const next = lf < 0 ? bytes.length : lf + 1;
    this.#used += next - from;
    if (this.#used > this.#limit) throw this.#fail(`${this.#what} is longer than ${this.#limit / 1024} KiB`);
    const part = bytes.subarray(from, next);
    if (lf >= 0 && this.#kept.length === 0) return { line: part, next };
    this.#kept.push(part);
    return { line: lf < 0 ? undefined : this.#kept.take(), next };
  }
}

/**
 * A line without its end.
 *
 * @param line ends with LF or CRLF
 * @returns a view
 */
export function withoutEnd(line: Uint8Array): Uint8Array {
  return line.subarray(0, line.at(-2) === CR ? -2 : -1);
}
