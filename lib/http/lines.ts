/**
 * Collects the lines of a head while bytes arrive in pieces of any size, up to a limit.
 *
 * @module
 */

import { ByteBuffer } from "../bytes.ts";
import type { SockeyeError } from "../errors.ts";
import { badAnswer } from "./head.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Reads lines from a byte stream. */
export class LineBuffer {
  readonly #what: string;
  readonly #limit: number;
  readonly #fail: (what: string) => SockeyeError;
  readonly #kept = new ByteBuffer();
  #used = 0;

  /**
   * Creates an empty buffer.
   *
   * @param what the name of these lines for the error message: `the header`
   * @param limit most bytes of all lines together
   * @param fail makes the error for lines beyond the limit
   */
  constructor(what: string, limit: number, fail: (what: string) => SockeyeError = badAnswer) {
    this.#what = what;
    this.#limit = limit;
    this.#fail = fail;
  }

  /** True if a line has begun and not ended. */
  get open(): boolean {
    return this.#kept.length > 0;
  }

  /**
   * Reads the next line if its end has arrived; otherwise keeps its beginning.
   *
   * @param bytes the received bytes
   * @returns the line with its terminator, or undefined without one, and where the next line begins
   * @throws {SockeyeError} `protocol` when the lines exceed the limit
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
 * Removes the terminator of a line.
 *
 * @param line a line that ends with LF or CRLF
 * @returns a view of the line without it
 */
export function withoutEnd(line: Uint8Array): Uint8Array {
  return line.subarray(0, line.at(-2) === CR ? -2 : -1);
}
