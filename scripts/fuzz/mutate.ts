/**
 * Inputs for a fuzzer, made from a table of cases by changing, inserting, leaving out, repeating and swapping pieces.
 *
 * @module
 */

import { concat } from "../../lib/bytes.ts";
import { HEAD_LIMIT } from "../../lib/http/limits.ts";
import { singles } from "../../tests/text/random.ts";

/** A generator of whole numbers from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** An input to begin with. */
export interface Seed {
  /** The method of the request, or which side sends; seeds of two kinds are not mixed. */
  readonly method: string;
  /** All bytes of the peer. */
  readonly bytes: Uint8Array;
  /** Whether it is refused as it is. */
  readonly broken: boolean;
}

/** What inputs are made of. */
export interface Corpus {
  /** Inputs to begin with; longer ones than {@linkcode SEED_LENGTH} are left out. */
  readonly seeds: readonly Seed[];
  /** Longer ones, which cost time that is better spent on many short ones: one input in {@linkcode LONG_EVERY} has one. */
  readonly long?: readonly Seed[];
  /** Pieces that parsers are known to stumble over. */
  readonly tokens: readonly Uint8Array[];
}

/** Bytes of the longest seed that is a short one. */
const SEED_LENGTH = 700;

const LONG_EVERY = 500;

/** One input in so many is made as long as a head may be, or longer. */
const BLOW_UP_EVERY = 300;

/** Pieces that make careless expressions and loops begin again and again. */
const DEAR = [" ", "\t", "\n ", ",", "0", "\r\n", "\r"].map((piece) => new TextEncoder().encode(piece));

const BELOW_LIMIT = HEAD_LIMIT - 1024;
const BEYOND_LIMIT = HEAD_LIMIT + 1024;

/** Makes inputs. */
export class Mutator {
  readonly #corpus: Corpus;
  readonly #short: readonly Seed[];
  /** An input that is already broken is refused whatever else is changed; an intact one leads deeper into the parser. */
  readonly #whole: readonly Seed[];
  /** Short seeds by their method. */
  readonly #alike: ReadonlyMap<string, readonly Seed[]>;

  /** Prepares the seeds. */
  constructor(corpus: Corpus) {
    this.#corpus = corpus;
    this.#short = corpus.seeds.filter(({ bytes }) => bytes.length <= SEED_LENGTH);
    this.#whole = this.#short.filter(({ broken }) => !broken);
    this.#alike = Map.groupBy(this.#short, ({ method }) => method);
  }

  /**
   * Makes an input.
   *
   * @param random a generator
   * @returns the bytes of the peer, and the method of the seed
   */
  make(random: Random): { method: string; input: Uint8Array } {
    const { long = [] } = this.#corpus;
    const short = random(8) === 0 ? this.#short : this.#whole;
    const { method, bytes } = pick(long.length > 0 && random(LONG_EVERY) === 0 ? long : short, random);
    const corpus = { ...this.#corpus, seeds: this.#alike.get(method) ?? this.#short };
    let input = bytes;
    for (let changes = 1 + random(1 + random(4)); changes > 0; changes--) {
      input = pick(CHANGES, random)(input, random, corpus);
    }
    return { method, input: random(BLOW_UP_EVERY) === 0 ? blowUp(input, random, corpus) : input };
  }
}

/**
 * Cuts an input.
 *
 * @param bytes what to cut
 * @param random a generator
 * @returns single bytes now and then, else up to six pieces, which may be empty
 */
export function randomPieces(bytes: Uint8Array, random: Random): Uint8Array[] {
  if (random(10) === 0 && bytes.length <= SEED_LENGTH) return singles(bytes);
  const cuts = Array.from({ length: 1 + random(5) }, () => random(bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i]));
}

type Change = (bytes: Uint8Array, random: Random, corpus: Corpus) => Uint8Array;

/** Ways to change an input. Changing single bytes is listed more often, since it stays closest to what parses. */
const CHANGES: Change[] = [
  flipBit,
  changeByte,
  changeByte,
  insertToken,
  insertToken,
  (bytes, random) => replace(bytes, ...range(bytes, random), new Uint8Array()),
  (bytes, random) => repeat(bytes, 2, random),
  (bytes, random) => repeat(bytes, 2 + random(30), random),
  swapTail,
  (bytes, random, { seeds }) => concat([bytes, pick(seeds, random).bytes]),
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
];

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length || 1);
  return replace(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random(8))));
}

function changeByte(bytes: Uint8Array, random: Random, { tokens }: Corpus): Uint8Array {
  const at = random(bytes.length || 1);
  return replace(bytes, at, at + 1, random(4) === 0 ? Uint8Array.of(random(256)) : pick(tokens, random));
}

function insertToken(bytes: Uint8Array, random: Random, { tokens }: Corpus): Uint8Array {
  const at = random(bytes.length + 1);
  return replace(bytes, at, at, pick(tokens, random));
}

function repeat(bytes: Uint8Array, times: number, random: Random): Uint8Array {
  const [from, to] = range(bytes, random);
  return replace(bytes, from, to, concat(Array(times).fill(bytes.subarray(from, to))));
}

function swapTail(bytes: Uint8Array, random: Random, { seeds }: Corpus): Uint8Array {
  const other = pick(seeds, random).bytes;
  return concat([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1))]);
}

/** Repeats a few bytes up to a limit or beyond it, which reveals quadratic time. */
function blowUp(bytes: Uint8Array, random: Random, { tokens }: Corpus): Uint8Array {
  const at = random(bytes.length + 1);
  const part = random(2) === 0 ? pick(pick([DEAR, tokens], random), random) : bytes.subarray(at, at + 1 + random(4));
  const length = random(2) === 0 ? BELOW_LIMIT : BEYOND_LIMIT;
  return replace(bytes, at, at, concat(Array(Math.ceil(length / (part.length || 1))).fill(part)));
}

/** A short range, mostly. */
function range(bytes: Uint8Array, random: Random): [from: number, to: number] {
  const from = random(bytes.length || 1);
  return [from, Math.min(bytes.length, from + 1 + random(random(4) === 0 ? 64 : 8))];
}

function replace(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  return concat([bytes.subarray(0, from), by, bytes.subarray(to)]);
}

function pick<T>(all: readonly T[], random: Random): T {
  const one = all[random(all.length)];
  if (one === undefined) throw new RangeError("Cannot pick from an empty list");
  return one;
}
