/**
 * Fuzzes the response parser. For any input the parser must:
 *
 * - parse it, or fail with exactly one error, a {@linkcode SockeyeError} of kind `protocol`
 * - return the same result for the complete input and for the input cut at random
 * - keep no more than its limits allow, and no byte of a body ({@linkcode parsePieces} checks this)
 * - take time in proportion to the length of the input
 *
 * Inputs are made from the table of cases by changing, inserting, removing, repeating and swapping pieces.
 *
 * `deno run scripts/fuzz_http.ts [--count N] [--seed S]` exits with 1 and prints the input in hex when one of these
 * fails.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { concat } from "../lib/bytes.ts";
import { HEAD_LIMIT } from "../lib/http/limits.ts";
import { CASES } from "../tests/http/cases.ts";
import { type Outcome, parsePieces, toBytes } from "../tests/http/helpers.ts";
import { randomFrom, singles } from "../tests/text/random.ts";

/** Parses the pieces of a response in order and returns the outcome. */
export type Parse = (method: string, pieces: readonly Uint8Array[]) => Outcome;

/** Options of {@linkcode fuzz}. */
export interface FuzzOptions {
  /** Number of inputs to try. */
  readonly count: number;
  /** Seed of the generator; the same seed gives the same inputs. */
  readonly seed: number;
  /** The parser to fuzz. Default: the response parser. */
  readonly parse?: Parse;
  /** Called from time to time with the number of inputs so far. */
  readonly progress?: (inputs: number) => void;
}

/** An input that violates an invariant. */
export interface Finding {
  /** Method of the request. */
  readonly method: string;
  /** All bytes from the server. */
  readonly input: Uint8Array;
  /** The invariant that was violated. */
  readonly why: string;
}

/** Result of a fuzz run. */
export interface FuzzResult {
  /** Number of inputs tried. */
  readonly inputs: number;
  /** Number of inputs that were complete responses. */
  readonly parsed: number;
  /** Number of inputs refused before the connection ended. */
  readonly refused: number;
  /** Number of inputs that were cut off. */
  readonly cutOff: number;
  /** Total bytes of all inputs. */
  readonly bytes: number;
  /** Duration of the run in seconds. */
  readonly seconds: number;
  /** The first input that violates an invariant; the run ends there. */
  readonly finding?: Finding;
}

type Random = (below: number) => number;

/**
 * Most bytes of a seed: many short inputs find more in the same time than a few long ones; {@linkcode enlarge} makes
 * those.
 */
const SEED_LENGTH = 700;

const SEEDS = CASES.filter(({ input }) => input.length <= SEED_LENGTH)
  .map(({ method, input, expected }) => ({ method, bytes: toBytes(input), broken: "error" in expected }));

/** Valid seeds: their mutations reach deeper into the parser than those of invalid ones, which are refused early. */
const WHOLE_SEEDS = SEEDS.filter(({ broken }) => !broken);

/** Byte sequences that parsers are known to handle wrongly. */
const TOKENS = [
  ...'\r\n\t\x00\x0b\x0c\x7f\x85\xa0\xff 019aAfF+-;:,="x',
  ...[
    "\r\n",
    "\r\n\r\n",
    "\n\n",
    "\r\r\n",
    "\r\n ",
    "\r\n\t",
    " :",
    ": ",
    "0x",
    "0\r\n",
    "0\r\n\r\n",
    "5\r\nhello\r\n",
  ],
  ...[
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.0 200 OK\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 304\r\n",
    "HTTP/1.1 101\r\n\r\n",
  ],
  ...[
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
  ],
  ...["chunked", "identity", "FFFFFFFFFFFFFFFF", "9007199254740992", "20000000000000", "A: b\r\n", ';a="b"', "\x1b[2J"],
].map(toBytes);

/** Sequences that make careless regular expressions and loops quadratic when they are repeated. */
const COSTLY = [" ", "\t", "\n ", ",", "0", "\r\n", "\r"].map(toBytes);

/** One in this number of inputs is enlarged to the limit of a head, or beyond it. */
const ENLARGE_EVERY = 300;

const BELOW_LIMIT = HEAD_LIMIT - 1024;
const BEYOND_LIMIT = HEAD_LIMIT + 1024;

/**
 * Time limit of an input, even on a busy machine: far more than a linear parser needs, far less than a quadratic one.
 */
const BASE_MILLISECONDS = 50;
const MILLISECONDS_PER_BYTE = 0.002;

/**
 * Attempts before an input counts as slow: the machine may suspend any process, but not at the same input each time.
 */
const TIME_TRIES = 4;

const PROGRESS_EVERY = 10_000;

/**
 * Tries inputs until one violates an invariant.
 *
 * @param options number of inputs and seed
 * @returns the result of the run
 */
export function fuzz({ count, seed, parse = parsePieces, progress }: FuzzOptions): FuzzResult {
  // The generator would return nothing but 0 from the seed 0.
  const random = randomFrom(seed | 0 || 1);
  const sums = { inputs: 0, parsed: 0, refused: 0, cutOff: 0, bytes: 0 };
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  while (sums.inputs < count) {
    const { method, input } = makeInput(random);
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

function isSame(a: Outcome, b: Outcome): boolean {
  return isSameBytes(a.body, b.body) && isSameBytes(a.rest, b.rest) && described(a) === described(b);
}

function described({ interim, head, trailer, error, at }: Outcome): string {
  return JSON.stringify([interim, head, trailer, error, at]);
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Cuts an input into single bytes from time to time, otherwise into up to six pieces, which may be empty. */
function randomPieces(bytes: Uint8Array, random: Random): Uint8Array[] {
  if (random(10) === 0 && bytes.length <= SEED_LENGTH) return singles(bytes);
  const cuts = Array.from({ length: 1 + random(5) }, () => random(bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i]));
}

function makeInput(random: Random): { method: string; input: Uint8Array } {
  const { method, bytes } = pick(random(8) === 0 ? SEEDS : WHOLE_SEEDS, random);
  let input = bytes;
  for (let changes = 1 + random(1 + random(4)); changes > 0; changes--) input = pick(CHANGES, random)(input, random);
  return { method, input: random(ENLARGE_EVERY) === 0 ? enlarge(input, random) : input };
}

/** Mutations. Those of single bytes are listed twice, because their results are most likely to parse. */
const CHANGES: ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  flipBit,
  changeByte,
  changeByte,
  insertToken,
  insertToken,
  (bytes, random) => replace(bytes, ...range(bytes, random), new Uint8Array()),
  (bytes, random) => repeat(bytes, 2, random),
  (bytes, random) => repeat(bytes, 2 + random(30), random),
  swapTail,
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
];

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length || 1);
  return replace(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random(8))));
}

function changeByte(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length || 1);
  return replace(bytes, at, at + 1, random(4) === 0 ? Uint8Array.of(random(256)) : pick(TOKENS, random));
}

function insertToken(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length + 1);
  return replace(bytes, at, at, pick(TOKENS, random));
}

function repeat(bytes: Uint8Array, times: number, random: Random): Uint8Array {
  const [from, to] = range(bytes, random);
  return replace(bytes, from, to, concat(Array(times).fill(bytes.subarray(from, to))));
}

function swapTail(bytes: Uint8Array, random: Random): Uint8Array {
  const other = pick(SEEDS, random).bytes;
  return concat([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1))]);
}

/** Repeats a few bytes up to a limit or beyond it, which reveals quadratic code. */
function enlarge(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length + 1);
  const part = random(2) === 0 ? pick(pick([COSTLY, TOKENS], random), random) : bytes.subarray(at, at + 1 + random(4));
  const length = random(2) === 0 ? BELOW_LIMIT : BEYOND_LIMIT;
  return replace(bytes, at, at, concat(Array(Math.ceil(length / (part.length || 1))).fill(part)));
}

/** Picks a range, which is mostly short. */
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

const USAGE = "Usage: deno run scripts/fuzz_http.ts [--count N] [--seed S]";

const DEFAULTS = { count: "1000000", seed: "1" };

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function report({ inputs, parsed, refused, cutOff, bytes, seconds, finding }: FuzzResult, seed: number): string {
  const rate = Math.round(inputs / seconds);
  const found = finding && `Found with seed ${seed}: ${finding.method} ${finding.input.toHex()}\nIt ${finding.why}\n`;
  return `\r${inputs} inputs (${bytes} bytes) in ${seconds.toFixed(1)} s, ${rate} inputs/s: ` +
    `${parsed} parsed, ${refused} refused, ${cutOff} cut off\n${found ?? ""}`;
}

/** Parses both numbers; undefined if the command line is wrong. */
function readNumbers(args: string[]): { count: number; seed: number } | undefined {
  const options = { count: { type: "string" }, seed: { type: "string" } } as const;
  try {
    const given = { ...DEFAULTS, ...parseArgs({ args, options }).values };
    const numbers = { count: Number(given.count), seed: Number(given.seed) };
    return Object.values(numbers).every((number) => Number.isSafeInteger(number) && number > 0) ? numbers : undefined;
  } catch {
    return undefined; // The usage line is the message for any wrong flag.
  }
}

function main(args: string[]): number {
  const numbers = readNumbers(args);
  if (!numbers) {
    print(USAGE + "\n");
    return 2;
  }
  const result = fuzz({ ...numbers, progress: (inputs) => print(`\r${inputs} of ${numbers.count} inputs`) });
  print(report(result, numbers.seed));
  return result.finding ? 1 : 0;
}

if (import.meta.main) Deno.exitCode = main(Deno.args);
