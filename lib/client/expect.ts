/**
 * `--expect`: whether what a peer says matches a pattern.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { TextStream } from "../text/decode.ts";

/** Characters of the answer that a match can span: each read looks through them again, and an endless answer has to end somewhere. */
const MEMORY = 64 * 1024;

/**
 * Reads a pattern. `^` and `$` match at every line, and `$` at the end of what has come so far.
 *
 * @param text a JavaScript regular expression
 * @returns the pattern
 * @throws {Error} what is wrong with it
 */
export function asPattern(text: string): RegExp {
  return new RegExp(text, "mu");
}

/** A pattern and what has been heard so far. */
export class Expectation {
  readonly #pattern: RegExp;
  readonly #stream: TextStream;
  readonly #whole: boolean;
  #heard = "";
  #met = false;

  /**
   * Has heard nothing yet.
   *
   * @param pattern what should come
   * @param encoding of what comes
   * @param whole what comes is messages of their own, as datagrams are. Default false
   */
  constructor(pattern: RegExp, encoding: string, whole = false) {
    this.#pattern = pattern;
    this.#stream = new TextStream(encoding);
    this.#whole = whole;
  }

  /**
   * Hears more.
   *
   * @param bytes what came
   * @returns true once the pattern has matched
   */
  meets(bytes: Uint8Array): boolean {
    const { text } = this.#whole ? this.#stream.all(bytes) : this.#stream.push(bytes);
    this.#heard = (this.#heard + text).slice(-MEMORY);
    this.#met ||= this.#pattern.test(this.#heard);
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
