/**
 * A fuzzer for parsers. What must hold for any input:
 *
 * - it parses, or it ends in exactly one error, which the parse function reports: anything that it throws is a finding
 * - the parser makes the same of the input whole and cut at random
 * - it takes time in proportion to the length of the input
 *
 * @module
 */

import { randomFrom } from "../../tests/text/random.ts";
import { type Corpus, Mutator, type Random, randomPieces } from "./mutate.ts";

/** Takes pieces as they arrive and returns a summary of the result. */
export type Parse = (method: string, pieces: readonly Uint8Array[]) => Outcome;

/** What a parser made of one input; all that it has besides is compared as JSON. */
export interface Outcome {
  /** The body, where there is one. */
  readonly body?: Uint8Array;
  /** Bytes after the end, if they are not a part of the next message. */
  readonly rest?: Uint8Array;
  /** The message of the protocol error. */
  readonly error?: string;
  /** What brought the end or the error: bytes or the end of the connection. */
  readonly at: "push" | "close";
}

/** How to fuzz. */
export interface FuzzOptions {
  /** How many inputs. */
  readonly count: number;
  /** The same seed gives the same inputs. */
  readonly seed: number;
  /** What inputs are made of. */
  readonly corpus: Corpus;
  /** What is fuzzed. */
  readonly parse: Parse;
  /** Called now and then with the number of inputs so far. */
  readonly progress?: (inputs: number) => void;
}

/** An input that broke the invariant. */
export interface Finding {
  /** Of the request. */
  readonly method: string;
  /** All bytes of the peer. */
  readonly input: Uint8Array;
  /** What did not hold. */
  readonly why: string;
}

/** The outcome. */
export interface FuzzResult {
  /** How many inputs were tried. */
  readonly inputs: number;
  /** How many of them were complete messages. */
  readonly parsed: number;
  /** How many were refused before the connection ended. */
  readonly refused: number;
  /** How many were cut off. */
  readonly cutOff: number;
  /** Bytes of all inputs. */
  readonly bytes: number;
  /** How long it took. */
  readonly seconds: number;
  /** The first input that broke the invariant; nothing is tried after it. */
  readonly finding?: Finding;
}

/** What an input may take on a busy machine: far more than a linear parser needs, far less than a quadratic one. */
const BASE_MILLISECONDS = 50;
const MILLISECONDS_PER_BYTE = 0.002;

/** A machine can stop any process for a while, but not at the same input every time. */
const TIME_TRIES = 4;

const PROGRESS_EVERY = 10_000;

const NOTHING = new Uint8Array();

/**
 * Tries inputs until one breaks the invariant.
 *
 * @param options the target, the number of inputs and the seed
 * @returns the outcome
 */
export function fuzzParser({ count, seed, corpus, parse, progress }: FuzzOptions): FuzzResult {
  // The generator stands still at 0.
  const random = randomFrom(seed | 0 || 1);
  const mutator = new Mutator(corpus);
  const sums = { inputs: 0, parsed: 0, refused: 0, cutOff: 0, bytes: 0 };
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  while (sums.inputs < count) {
    const { method, input } = mutator.make(random);
    sums.inputs++;
    sums.bytes += input.length;
    const { why, outcome } = examine(parse, method, input, random);
    if (why !== undefined) return { ...sums, seconds: seconds(), finding: { method, input, why } };
    if (outcome?.error === undefined) sums.parsed++;
    else if (outcome.at === "push") sums.refused++;
    else sums.cutOff++;
    if (sums.inputs % PROGRESS_EVERY === 0) progress?.(sums.inputs);
  }
  return { ...sums, seconds: seconds() };
}

function examine(parse: Parse, method: string, input: Uint8Array, random: Random): { why?: string; outcome?: Outcome } {
  try {
    const start = performance.now();
    const outcome = parse(method, [input]);
    const limit = BASE_MILLISECONDS + input.length * MILLISECONDS_PER_BYTE;
    if (performance.now() - start > limit && isSlow(parse, method, input, limit)) {
      return { why: `takes over ${limit} ms` };
    }
    const again = parse(method, randomPieces(input, random));
    return isSame(outcome, again) ? { outcome } : { why: "is something else when it is cut" };
  } catch (error) {
    return { why: String(error) };
  }
}

function isSlow(parse: Parse, method: string, input: Uint8Array, limit: number): boolean {
  for (let round = 1; round < TIME_TRIES; round++) {
    const start = performance.now();
    parse(method, [input]);
    if (performance.now() - start <= limit) return false;
  }
  return true;
}

function isSame({ body: bodyA, rest: restA, ...a }: Outcome, { body: bodyB, rest: restB, ...b }: Outcome): boolean {
  return isSameBytes(bodyA, bodyB) && isSameBytes(restA, restB) && JSON.stringify(a) === JSON.stringify(b);
}

function isSameBytes(a: Uint8Array = NOTHING, b: Uint8Array = NOTHING): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
