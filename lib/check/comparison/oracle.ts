/**
 * What a server answers to a conversation when nothing is cut: the measure for everything else.
 *
 * @module
 */

import type { End } from "../finding.ts";
import { AnswerPattern } from "./answer_pattern.ts";
import type { Known, Played } from "./playing.ts";

/**
 * How an outcome differs: bytes are `missing`, there are `more`, or `other` ones came; the server `ended` the connection early,
 * `stays` though it ended it else, or ended it with a `reset`; it answered `early`, before all of the message had been sent.
 */
export type DifferenceKind = "missing" | "more" | "other" | "ended" | "stays" | "reset" | "early";

/** Whether the answer is right all the same. */
export function isHarmless(kind: DifferenceKind): boolean {
  return kind === "reset" || kind === "early";
}

/** How an outcome differs from the right one. */
export interface Difference {
  /** What is different. */
  readonly kind: DifferenceKind;
  /** The first byte that is wrong, the length where bytes are missing; undefined where all bytes are right. */
  readonly at: number | undefined;
}

/** Uncut runs of one conversation. */
export class Oracle implements Known {
  readonly #runs: [Played, ...Played[]];
  /** By the number of messages that were said; made anew when a run is added. */
  #patterns: AnswerPattern[] = [];
  #whole: AnswerPattern;

  /** Begins with one run. */
  constructor(first: Played) {
    this.#runs = [first];
    this.#whole = new AnswerPattern([first.received]);
  }

  /** Takes another one: what differs from the others may vary from now on. */
  add(run: Played): void {
    this.#runs.push(run);
    this.#patterns = [];
    const [first, ...others] = this.#runs.map(({ received }) => received);
    this.#whole = new AnswerPattern([first!, ...others]);
  }

  /** Messages that the server lets be said. */
  get said(): number {
    return this.#runs[0].said;
  }

  /** Whether something differed between the runs. */
  get varies(): boolean {
    return this.#whole.varies;
  }

  /** Whether a wrong answer can be told from a right one. */
  get tells(): boolean {
    return this.#whole.tells;
  }

  /** The bytes of a right outcome. */
  get example(): Uint8Array {
    return this.#whole.example;
  }

  /** Milliseconds that an answer took. */
  get slowest(): number {
    return Math.max(...this.#runs.map(({ slowest }) => slowest));
  }

  /** How the connection stands after the last answer; undefined where that varies. */
  get end(): End | undefined {
    return onlyOf(this.#runs.map(({ end }) => end));
  }

  /** After which message the server ends the connection by itself. */
  get ending(): number | undefined {
    return this.end === "fin" ? this.said : undefined;
  }

  /** Whether the server ends the connection after our half has ended. */
  get leaves(): boolean {
    return this.#runs.every(({ closed }) => closed !== "open");
  }

  /** Bytes of the answer to a message, from 1. */
  sizeOf(message: number): number {
    const { marks } = this.#runs[0];
    return (marks[message] ?? 0) - (marks[message - 1] ?? 0);
  }

  /** Whether the answers to so many messages have come. */
  isAnswered(said: number, received: Uint8Array): boolean {
    // A pause in an answer may have been taken for its end: more of what comes anyway is right, too.
    const isFull = this.#runs.every(({ marks }) => received.length > (marks[said] ?? 0));
    return this.#pattern(said).fits(received) || (isFull && this.#whole.mayFit(received));
  }

  /** Whether more bytes may make the right ones of it. */
  mayBe(_said: number, received: Uint8Array): boolean {
    return this.#whole.mayFit(received);
  }

  /** Whether nothing comes after so many messages, but what comes after one less. */
  isSilent(said: number): boolean {
    return this.#runs.every(({ marks }) => (marks[said] ?? 0) === (marks[said - 1] ?? 0));
  }

  /** Compares an outcome; undefined where it is right. */
  judge({ received, said, end, closed, early }: Played): Difference | undefined {
    const at = this.#whole.differsAt(received);
    if (at !== undefined) {
      const isMore = !this.#whole.varies && at >= this.example.length;
      return { at, kind: at >= received.length ? "missing" : isMore ? "more" : "other" };
    }
    const resets = this.#runs.some((run) => run.closed === "reset");
    const expected = this.end;
    if (expected === "open" && end === "fin") return { at, kind: "ended" };
    if (said < this.said) return { at, kind: "ended" };
    if (early) return { at, kind: "early" };
    if (expected === "fin" && end === "open" && closed === "open") return { at, kind: "stays" };
    if (closed === "reset" && !resets) return { at, kind: "reset" };
    return this.leaves && closed === "open" ? { at, kind: "stays" } : undefined;
  }

  #pattern(said: number): AnswerPattern {
    const [first, ...others] = this.#runs.map(({ received, marks }) => received.subarray(0, marks[said]));
    return this.#patterns[said] ??= new AnswerPattern([first!, ...others]);
  }
}

function onlyOf<T>(values: readonly T[]): T | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}
