/**
 * `--expect`: whether the answer of a peer matches a pattern.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { TextStream } from "../text/decode.ts";

/** Characters of the answer that a match can span: each read searches them again, and an answer may be endless. */
const SPAN = 64 * 1024;

/**
 * Reads a pattern. `^` and `$` match at every line, and `$` at the end of what has come so far.
 *
 * @throws {Error} what is wrong with it
 */
export function asPattern(text: string): RegExp {
  return new RegExp(text, "mu");
}

/** A pattern, and the answer so far. */
export class Expectation {
  readonly #pattern: RegExp;
  readonly #stream: TextStream;
  readonly #whole: boolean;
  #answer = "";
  #met = false;

  /** Begins with an empty answer. When it is `whole`, each read is a message of its own, as a datagram is. */
  constructor(pattern: RegExp, encoding: string, whole = false) {
    this.#pattern = pattern;
    this.#stream = new TextStream(encoding);
    this.#whole = whole;
  }

  /** Takes more of the answer. */
  meets(bytes: Uint8Array): boolean {
    const { text } = this.#whole ? this.#stream.all(bytes) : this.#stream.push(bytes);
    this.#answer = (this.#answer + text).slice(-SPAN);
    this.#met ||= this.#pattern.test(this.#answer);
    return this.#met;
  }

  /**
   * Judges at the end.
   *
   * @throws {SockeyeError} `expect` when the pattern never matched
   */
  check(): void {
    if (!this.#met) throw new SockeyeError("expect", `The answer never matched /${this.#pattern.source}/`);
  }
}
