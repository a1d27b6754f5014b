/**
 * Fuzzes the request parser. Besides what holds for every parser (see scripts/fuzz/engine.ts), this must hold for any
 * input:
 *
 * - it gives either a head, or one {@linkcode BadRequest}, or it needs more; nothing else is thrown
 * - it decides before it has taken more than its limits allow ({@linkcode parseRequest} watches this and the first
 *   rule)
 * - {@linkcode beginsLikeRequest} keeps to its first verdict however the input is cut, and knows each accepted head
 *   whose method is an upper-case word
 *
 * `deno run scripts/fuzz_request.ts [--count N] [--seed S]`; when one of these does not hold, it prints the input in hex and
 * exits with 1.
 *
 * @module
 */

import { concat } from "../lib/bytes.ts";
import { beginsLikeRequest } from "../lib/http/request_begin.ts";
import { toBytes } from "../tests/http/helpers.ts";
import { REQUEST_CASES } from "../tests/http/request_cases.ts";
import { parseRequest, type RequestOutcome } from "../tests/http/request_helpers.ts";
import { fuzzCommand } from "./fuzz/command.ts";
import { type FuzzOptions, fuzzParser, type FuzzResult } from "./fuzz/engine.ts";
import type { Corpus } from "./fuzz/mutate.ts";

/** What parsers and the look at the beginning are known to stumble over. */
const TOKENS = [
  ...'\r\n\t\x00\x0b\x0c\x7f\x85\xa0\xff 019aAfF+-;:,="x/*#@[]%',
  ...["\r\n", "\r\n\r\n", "\n\n", "\r\r\n", "\r\n ", "\r\n\t", " :", ": ", "  ", " /", "://", ":80"],
  ...["GET ", "GET / HTTP/1.1\r\n", "OPTIONS * ", "CONNECT x:1 ", " HTTP/1.1", " HTTP/1.0\r\n", "HTTP/2.0", "http://x"],
  ...["Host: x\r\n", "Host: \r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "chunked"],
  ...["Content-Length: 5\r\n", "Content-Length: 0\r\n", "9007199254740992", "A: b\r\n", "\x1b[2J"],
].map(toBytes);

const CORPUS: Corpus = {
  seeds: REQUEST_CASES.map(({ input, expected }) => ({
    method: "GET",
    bytes: toBytes(input),
    broken: expected === "more" || "error" in expected,
  })),
  tokens: TOKENS,
};

/** What the parser makes of a request, after its beginning was looked at. */
function parseWatched(_method: string, pieces: readonly Uint8Array[]): RequestOutcome {
  const outcome = parseRequest(pieces);
  const verdict = verdictOf(pieces);
  if (verdict !== true && outcome.head && /^[A-Z]{1,16}$/.test(outcome.head.method)) {
    throw new Error("is a request that does not begin like one");
  }
  return outcome;
}

/** The verdict on all of the bytes; the first one must be the same. */
function verdictOf(pieces: readonly Uint8Array[]): boolean | undefined {
  const last = beginsLikeRequest(concat(pieces));
  for (let count = 0; count < pieces.length; count++) {
    const early = beginsLikeRequest(concat(pieces.slice(0, count)));
    if (early === undefined) continue;
    if (early !== last) throw new Error(`begins like ${early ? "a" : "no"} request only at first`);
    break;
  }
  return last;
}

/**
 * Tries inputs until one breaks the invariant.
 *
 * @param options how many inputs, from which seed
 * @returns the outcome
 */
export function fuzz(options: Omit<FuzzOptions, "corpus" | "parse">): FuzzResult {
  return fuzzParser({ corpus: CORPUS, parse: parseWatched, ...options });
}

if (import.meta.main) Deno.exitCode = fuzzCommand("scripts/fuzz_request.ts", Deno.args, fuzz);
