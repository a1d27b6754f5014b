/**
 * Fuzzes the reading of captures: file, link, IP, TCP and the order of segments. Besides what holds for every parser (see
 * scripts/fuzz/engine.ts), any error is a {@linkcode CaptureError} with an offset within the file, and no more bytes are passed on
 * than the file has.
 *
 * `deno run scripts/fuzz_capture.ts [--count N] [--seed S]`; when one of these does not hold, it prints the input in hex and
 * exits with 1.
 *
 * @module
 */

import { explore } from "../tests/capture/read.ts";
import { SEEDS } from "../tests/capture/seeds.ts";
import { fuzzCommand } from "./fuzz/command.ts";
import { type FuzzOptions, fuzzParser, type FuzzResult, type Outcome, type Parse } from "./fuzz/engine.ts";
import type { Corpus } from "./fuzz/mutate.ts";

/** Types and lengths of blocks, in both byte orders, and the largest value of a field. */
const TOKENS = [
  ...["0a0d0d0a", "4d3c2b1a", "1a2b3c4d", "06000000", "00000006", "01000000", "03000000", "02000000", "ad0b0040"],
  ...[
    "ffffffff",
    "fcffffff",
    "00000000",
    "00000080",
    "10000000",
    "0c000000",
    "1c000000",
    "00010000",
    "45000028",
    "60000000",
  ],
].map((token) => Uint8Array.fromHex(token));

const CORPUS: Corpus = { seeds: SEEDS, tokens: TOKENS };

/** What is found in a file. */
export function parseCapture(_format: string, pieces: readonly Uint8Array[]): Outcome {
  const { lines, bytes, cutAt, error } = explore(pieces);
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const passed = [...bytes.values()].reduce((sum, { up, down }) => sum + (up.length + down.length) / 2, 0);
  if (passed > size) throw new Error(`${passed} bytes of a file of ${size}`);
  if (error && !(error.offset >= 0 && error.offset <= size)) throw new Error(`offset ${error.offset} of ${size}`);
  const outcome = { lines, cutAt };
  if (error) return { ...outcome, error: `${error.message} at ${error.offset}`, at: "push" } as Outcome;
  return { ...outcome, ...(cutAt !== undefined && { error: "cut" }), at: "close" } as Outcome;
}

/**
 * Tries inputs until one breaks the invariant.
 *
 * @param options how many inputs, from which seed; `parse` in place of the parser of captures
 * @returns the outcome
 */
export function fuzz(options: Omit<FuzzOptions, "corpus" | "parse"> & { readonly parse?: Parse }): FuzzResult {
  return fuzzParser({ corpus: CORPUS, parse: parseCapture, ...options });
}

if (import.meta.main) Deno.exitCode = fuzzCommand("scripts/fuzz_capture.ts", Deno.args, fuzz);
