/**
 * Fuzzes the parser of WebSocket frames. What must hold for any input, from either side:
 *
 * - it parses, or it ends in exactly one error, a {@linkcode WebSocketError} with the code 1002, 1007 or 1009
 * - it makes the same of the input whole and cut at random
 * - what it holds is never more than the limit of a message and a control frame
 * - it takes time in proportion to the length of the input
 *
 * Inputs are the frames of the table of cases in any order, changed by a few bits, bytes, insertions, deletions and repetitions.
 * `deno run scripts/fuzz_websocket.ts [--count N] [--seed S]`; exit code 1 and the input in hex when one of these does not hold
 *
 * @module
 */

import { parseArgs } from "node:util";
import { concat } from "../lib/bytes.ts";
import { CONTROL_MAX } from "../lib/transport/websocket/write_frame.ts";
import { randomFrom, singles } from "../tests/text/random.ts";
import { CASES, LIMIT, type Outcome, parsePieces, type Sender } from "../tests/transport/websocket/cases.ts";

/** Takes pieces as they arrive and says what it made of them; tells what it holds after each. */
export type Parse = (from: Sender, pieces: Iterable<Uint8Array>, watch: (held: number) => void) => Outcome;

/** How to fuzz. */
export interface FuzzOptions {
  /** How many inputs. */
  readonly count: number;
  /** The same seed gives the same inputs. */
  readonly seed: number;
  /** What is fuzzed. Default: the parser of frames. */
  readonly parse?: Parse;
  /** Called now and then with the number of inputs so far. */
  readonly progress?: (inputs: number) => void;
}

/** An input that broke the invariant. */
export interface Finding {
  /** The side that sends it. */
  readonly from: Sender;
  /** All that is sent. */
  readonly input: Uint8Array;
  /** What did not hold. */
  readonly why: string;
}

/** What came out. */
export interface FuzzResult {
  /** How many inputs were tried. */
  readonly inputs: number;
  /** How many of them were refused, by close code; 0 counts those that were not. */
  readonly codes: Readonly<Record<number, number>>;
  /** Bytes of all inputs. */
  readonly bytes: number;
  /** How long it took. */
  readonly seconds: number;
  /** The first input that broke the invariant; nothing is tried after it. */
  readonly finding?: Finding;
}

type Random = (below: number) => number;

const CODES: readonly (number | undefined)[] = [undefined, 1002, 1007, 1009];

/** Longer seeds cost time that is better spent on many short ones; one input in so many has one of them. */
const [SEED_LENGTH, LONG_EVERY] = [300, 500];

const [SHORT, LONG] = [CASES.filter(({ input }) => input.length <= SEED_LENGTH), CASES];

/** First bytes of frames, lengths, and bytes that UTF-8 is particular about. */
const TOKENS = [
  "00",
  "01",
  "02",
  "80",
  "81",
  "82",
  "88",
  "89",
  "8a",
  "7d",
  "7e",
  "7f",
  "fe",
  "ff",
  "c3",
  "e2",
  "f4",
  "03e8",
]
  .map((token) => Uint8Array.fromHex(token));

/** What an input may take, however busy the machine: far more than a linear parser needs. */
const [BASE_MILLISECONDS, MILLISECONDS_PER_BYTE] = [50, 0.002];

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
  const codes: Record<number, number> = {};
  const start = performance.now();
  let [inputs, bytes] = [0, 0];
  const result = () => ({ inputs, codes, bytes, seconds: (performance.now() - start) / 1000 });
  while (inputs < count) {
    const { from, input } = makeInput(random);
    inputs++;
    bytes += input.length;
    const { why, outcome } = examine(parse, from, input, random);
    if (why !== undefined) return { ...result(), finding: { from, input, why } };
    codes[outcome?.code ?? 0] = (codes[outcome?.code ?? 0] ?? 0) + 1;
    if (inputs % PROGRESS_EVERY === 0) progress?.(inputs);
  }
  return result();
}

function examine(parse: Parse, from: Sender, input: Uint8Array, random: Random): { why?: string; outcome?: Outcome } {
  let most = 0;
  const watch = (held: number) => most = Math.max(most, held);
  try {
    const start = performance.now();
    const outcome = parse(from, [input], watch);
    const limit = BASE_MILLISECONDS + input.length * MILLISECONDS_PER_BYTE;
    if (performance.now() - start > limit && isSlow(() => parse(from, [input], watch), limit)) {
      return { why: `takes over ${limit} ms` };
    }
    if (!CODES.includes(outcome.code)) return { why: `is refused with ${outcome.code}` };
    const again = parse(from, randomPieces(input, random), watch);
    if (JSON.stringify(outcome) !== JSON.stringify(again)) return { why: "is something else when it is cut" };
    return most > LIMIT + CONTROL_MAX ? { why: `makes the parser hold ${most} bytes` } : { outcome };
  } catch (error) {
    return { why: String(error) };
  }
}

function isSlow(parse: () => void, limit: number): boolean {
  for (let round = 1; round < TIME_TRIES; round++) {
    const start = performance.now();
    parse();
    if (performance.now() - start <= limit) return false;
  }
  return true;
}

/** Byte by byte now and then, else in up to six pieces, which may be empty. */
function randomPieces(bytes: Uint8Array, random: Random): Uint8Array[] {
  if (random(10) === 0 && bytes.length <= SEED_LENGTH) return singles(bytes);
  const cuts = Array.from({ length: 1 + random(5) }, () => random(bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i]));
}

function makeInput(random: Random): { from: Sender; input: Uint8Array } {
  const seeds = random(LONG_EVERY) === 0 ? LONG : SHORT;
  const { from } = pick(seeds, random);
  const fitting = seeds.filter((one) => one.from === from);
  const parts = Array.from({ length: 1 + random(4) }, () => pick(fitting, random).input);
  let input = concat(parts);
  for (let changes = random(4); changes > 0; changes--) input = pick(CHANGES, random)(input, random);
  return { from, input };
}

/** Ways to change an input. */
const CHANGES: ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  flipBit,
  changeByte,
  insertToken,
  (bytes, random) => replace(bytes, ...range(bytes, random), new Uint8Array()),
  (bytes, random) => repeat(bytes, 2 + random(6), random),
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

const USAGE = "Usage: deno run scripts/fuzz_websocket.ts [--count N] [--seed S]";

const DEFAULTS = { count: "1000000", seed: "1" };

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function report({ inputs, codes, bytes, seconds, finding }: FuzzResult, seed: number): string {
  const { 0: parsed = 0, ...refused } = codes;
  const counts = Object.entries(refused).map(([code, count]) => `, ${count} refused with ${code}`).join("");
  const found = finding && `Found with seed ${seed}: ${finding.from} ${finding.input.toHex()}\nIt ${finding.why}\n`;
  const rate = Math.round(inputs / seconds);
  return `\r${inputs} inputs (${bytes} bytes) in ${
    seconds.toFixed(1)
  } s, ${rate} inputs/s: ${parsed} parsed${counts}\n` +
    (found ?? "");
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
