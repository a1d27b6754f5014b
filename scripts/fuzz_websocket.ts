/**
 * Fuzzes the parser of WebSocket frames, from either side. Besides what holds for every parser (see scripts/fuzz/engine.ts), any
 * error is a {@linkcode WebSocketError} with the code 1002, 1007 or 1009, and no message keeps more memory alive than the limit
 * of a message: {@linkcode parsePieces} watches both.
 *
 * `deno run scripts/fuzz_websocket.ts [--count N] [--seed S]`; when one of these does not hold, it prints the input in hex and
 * exits with 1.
 *
 * @module
 */

import type { Role } from "../lib/transport/websocket/frames.ts";
import { CASES, parsePieces } from "../tests/transport/websocket/cases.ts";
import { fuzzCommand } from "./fuzz/command.ts";
import { type FuzzOptions, fuzzParser, type FuzzResult, type Outcome, type Parse } from "./fuzz/engine.ts";
import type { Corpus, Seed } from "./fuzz/mutate.ts";

/** First bytes of frames, lengths, and bytes that UTF-8 is particular about. */
const TOKENS = [
  ...["00", "01", "02", "80", "81", "82", "88", "89", "8a", "7d", "7e", "7f", "fe", "ff", "c3", "e2", "f4"],
  ...["03e8", "827f0000000000011170", "827f0000000000011171", "8900", "8000", "0100"],
].map((token) => Uint8Array.fromHex(token));

/** A length beyond the limit is as deep in the parser as one below it. */
const SEEDS: readonly Seed[] = CASES.map(({ from, input, code }) => {
  return { method: from, bytes: input, broken: code !== undefined && code !== 1009 };
});

const CORPUS: Corpus = { seeds: SEEDS, long: SEEDS.filter(({ bytes }) => bytes.length > 1000), tokens: TOKENS };

/** What the parser makes of the frames of one side; the error is the close code. */
export function parseFrames(from: string, pieces: readonly Uint8Array[]): Outcome {
  const { events, code } = parsePieces(from as Role, pieces);
  const outcome = { events, at: "push" } as const;
  return code === undefined ? outcome : { ...outcome, error: String(code) };
}

/**
 * Tries inputs until one breaks the invariant.
 *
 * @param options how many inputs, from which seed; `parse` in place of the parser of frames
 * @returns the outcome
 */
export function fuzz(options: Omit<FuzzOptions, "corpus" | "parse"> & { readonly parse?: Parse }): FuzzResult {
  return fuzzParser({ corpus: CORPUS, parse: parseFrames, ...options });
}

if (import.meta.main) Deno.exitCode = fuzzCommand("scripts/fuzz_websocket.ts", Deno.args, fuzz);
