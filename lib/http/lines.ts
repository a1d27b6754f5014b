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

  /** Creates an empty buffer; all lines together, `what` in the error that `fail` makes, may have `limit` bytes. */
  constructor(what: string, limit: number, fail: (what: string) => SockeyeError = badAnswer) {
    this.#what = what;
    this.#limit = limit;
    this.#fail = fail;
  }

  /**
   * Reads the next line with its terminator if that has arrived; otherwise keeps its beginning.
   *
   * @throws {SockeyeError} `protocol` beyond the limit
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

/** Returns a view of a line without its LF or CRLF. */
export function withoutEnd(line: Uint8Array): Uint8Array {
  return line.subarray(0, line.at(-2) === CR ? -2 : -1);
}
