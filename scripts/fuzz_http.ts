/**
 * Fuzzes the response parser. What must hold for any input:
 *
 * - it parses, or it ends in exactly one error, a {@linkcode SockeyeError} of kind `protocol`
 * - it makes the same of the input whole and cut at random
 * - it keeps no more than its limits allow, and nothing of a body ({@linkcode parsePieces} watches this)
 * - it takes time in proportion to the length of the input
 *
 * Inputs are made from the table of cases by changing, inserting, leaving out, repeating and swapping pieces.
 * `deno run scripts/fuzz_http.ts [--count N] [--seed S]`; exit code 1 and the input in hex when one of these does not hold
 *
 * @module
 */

import { parseArgs } from "node:util";
import { concat } from "../lib/bytes.ts";
import { HEAD_LIMIT } from "../lib/http/limits.ts";
import { CASES } from "../tests/http/cases.ts";
import { type Outcome, parsePieces, toBytes } from "../tests/http/helpers.ts";
import { randomFrom, singles } from "../tests/text/random.ts";

/** Takes pieces as they arrive and says what it made of them. */
export type Parse = (method: string, pieces: readonly Uint8Array[]) => Outcome;

/** How to fuzz. */
export interface FuzzOptions {
  /** How many inputs. */
  readonly count: number;
  /** The same seed gives the same inputs. */
  readonly seed: number;
  /** What is fuzzed; the response parser unless said otherwise. */
  readonly parse?: Parse;
  /** Called now and then with the number of inputs so far. */
  readonly progress?: (inputs: number) => void;
}

/** An input that broke the invariant. */
export interface Finding {
  /** Of the request. */
  readonly method: string;
  /** All that the server sends. */
  readonly input: Uint8Array;
  /** What did not hold. */
  readonly why: string;
}

/** What came out. */
export interface FuzzResult {
  /** How many inputs were tried. */
  readonly inputs: number;
  /** How many of them were complete responses. */
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

type Random = (below: number) => number;

/** Longer seeds cost time that is better spent on many short ones; {@linkcode blowUp} makes long inputs. */
const SEED_LENGTH = 700;

const SEEDS = CASES.filter(({ input }) => input.length <= SEED_LENGTH)
  .map(({ method, input, expected }) => ({ method, bytes: toBytes(input), broken: "error" in expected }));

/** What is broken already is refused wherever else it is changed; what is whole leads deeper into the parser. */
const WHOLE_SEEDS = SEEDS.filter(({ broken }) => !broken);

/** What parsers are known to stumble over. */
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

/** What makes careless expressions and loops begin again and again. */
const DEAR = [" ", "\t", "\n ", ",", "0", "\r\n", "\r"].map(toBytes);

/** One input in so many is made as long as a head may be, or longer. */
const BLOW_UP_EVERY = 300;

const BELOW_LIMIT = HEAD_LIMIT - 1024;
const BEYOND_LIMIT = HEAD_LIMIT + 1024;

/** What an input may take, however busy the machine: far more than a linear parser needs, far less than a quadratic one. */
const BASE_MILLISECONDS = 50;
const MILLISECONDS_PER_BYTE = 0.002;

/** A machine can stop any process for a while, but not at the same input every time. */
const TIME_TRIES = 4;

const PROGRESS_EVERY = 10_000;

/**
 * Tries inputs until one breaks the invariant.
 *
 * @param options how many inputs, from which seed
 * @returns what came out
 */
export function fuzz({ count, seed, parse = parsePieces, progress }: FuzzOptions): FuzzResult {
  // The generator stands still at 0.
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

/** Byte by byte now and then, else in up to six pieces, which may be empty. */
function randomPieces(bytes: Uint8Array, random: Random): Uint8Array[] {
  if (random(10) === 0 && bytes.length <= SEED_LENGTH) return singles(bytes);
  const cuts = Array.from({ length: 1 + random(5) }, () => random(bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i]));
}

function makeInput(random: Random): { method: string; input: Uint8Array } {
  const { method, bytes } = pick(random(8) === 0 ? SEEDS : WHOLE_SEEDS, random);
  let input = bytes;
  for (let changes = 1 + random(1 + random(4)); changes > 0; changes--) input = pick(CHANGES, random)(input, random);
  return { method, input: random(BLOW_UP_EVERY) === 0 ? blowUp(input, random) : input };
}

/** Ways to change an input. Changing single bytes is listed more often, since it stays closest to what parses. */
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

/** Repeats a few bytes up to a limit or beyond it: what is quadratic shows here. */
function blowUp(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length + 1);
  const part = random(2) === 0 ? pick(pick([DEAR, TOKENS], random), random) : bytes.subarray(at, at + 1 + random(4));
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

/** Both numbers, or nothing when they cannot be understood. */
function readNumbers(args: string[]): { count: number; seed: number } | undefined {
  const options = { count: { type: "string" }, seed: { type: "string" } } as const;
  try {
    const given = { ...DEFAULTS, ...parseArgs({ args, options }).values };
    const numbers = { count: Number(given.count), seed: Number(given.seed) };
    return Object.values(numbers).every((number) => Number.isSafeInteger(number) && number > 0) ? numbers : undefined;
  } catch {
    // Whatever is wrong with the flags, the usage line says how they are written.
    return undefined;
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
