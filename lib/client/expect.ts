/**
 * `--expect`: whether the answers of a peer match patterns, one after the other.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { TextStream } from "../text/decode.ts";

/** Characters of the answer that a match can span: each read searches them again, and an answer may be endless. */
const SPAN = 64 * 1024;

/** Milliseconds that a match may take; expect(1) waits as long. */
export const EXPECT_WAIT_MS = 10_000;

/**
 * Reads a pattern. `^` and `$` match at every line, and `$` at the end of the data received so far.
 *
 * @throws {Error} what is wrong with it
 */
export function asPattern(text: string): RegExp {
  return new RegExp(text, "mu");
}

/** Patterns that replies must match in this order, each after the previous match; and the replies so far. */
export class Expectations {
  readonly #patterns: readonly RegExp[];
  readonly #stream: TextStream;
  readonly #whole: boolean;
  #answer = "";
  /** Where in the answer the last match ended. */
  #from = 0;
  #met = 0;
  /** Why no more data will arrive, once that is known: `before the peer ended`. */
  #ended: string | undefined;
  /** Continues a pending {@linkcode Expectations.wait}. */
  #wake: () => void = () => {};

  /** Begins with an empty answer. When it is `whole`, each read is a message of its own, as a datagram is. */
  constructor(patterns: readonly RegExp[], encoding: string, whole = false) {
    this.#patterns = patterns.map(({ source, flags }) => new RegExp(source, `${flags}g`));
    this.#stream = new TextStream(encoding);
    this.#whole = whole;
  }

  /** Whether all patterns have matched. */
  get met(): boolean {
    return this.#met === this.#patterns.length;
  }

  /** Takes more of the answer. */
  take(bytes: Uint8Array): void {
    if (this.met) return; // A long answer is not decoded for nothing.
    const { text } = this.#whole ? this.#stream.all(bytes) : this.#stream.push(bytes);
    this.#answer += text;
    const before = this.#met;
    for (let pattern; (pattern = this.#patterns[this.#met]);) {
      pattern.lastIndex = this.#from;
      if (!pattern.test(this.#answer)) break;
      this.#from = pattern.lastIndex;
      this.#met++;
    }
    const surplus = Math.max(0, this.#answer.length - SPAN);
    this.#answer = this.#answer.slice(surplus);
    this.#from = Math.max(0, this.#from - surplus);
    if (this.#met > before) this.#wake();
  }

  /** No more data will arrive. */
  end(): void {
    this.#ended = "before the peer ended";
    this.#wake();
  }

  /**
   * Waits until so many patterns have matched.
   *
   * @param limit milliseconds for each of them
   * @throws {SockeyeError} `expect`, naming the pattern that did not match and the data received instead
   */
  async wait(count: number, limit: number): Promise<void> {
    while (this.#met < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const met = this.#met;
      this.#wake = resolve;
      const timer = setTimeout(resolve, limit);
      if (this.#ended === undefined) await promise;
      clearTimeout(timer);
      if (this.#met === met) throw this.#failure(this.#ended ?? say("in-seconds")`in ${limit / 1000} s`);
    }
  }

  /**
   * Judges at the end.
   *
   * @throws {SockeyeError} `expect` when a pattern never matched
   */
  check(): void {
    if (!this.met) throw this.#failure(this.#ended ?? say("before-end")`before the end`);
  }

  #failure(when: Phrased): SockeyeError {
    const { source = "" } = this.#patterns[this.#met] ?? {};
    const count = this.#patterns.length;
    const number = count > 1 ? say("expect-number")`--expect ${this.#met + 1} of ${count}, ` : "";
    const rest = this.#answer.slice(this.#from);
    const place = this.#met > 0 ? say("after-match")` after the match before` : "";
    const came = rest === "" ? say("nothing-came")`nothing came${place}` : say("came")`${quote(rest)} came${place}`;
    const message = say("no-match")`The answer did not match ${number}/${source}/ ${when}; ${came}`;
    return new SockeyeError("expect", message);
  }
}
