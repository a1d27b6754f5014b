/**
 * Fuzzes the response parser. Besides what holds for every parser (see scripts/fuzz/engine.ts), any error is a
 * {@linkcode SockeyeError} of kind `protocol`, and the parser keeps no more than its limits allow, and nothing of a
 * body: {@linkcode parsePieces} watches both.
 *
 * `deno run scripts/fuzz_http.ts [--count N] [--seed S]`; when one of these does not hold, it prints the input in hex and
 * exits with 1.
 *
 * @module
 */

import { CASES } from "../tests/http/cases.ts";
import { parsePieces, toBytes } from "../tests/http/helpers.ts";
import { fuzzCommand } from "./fuzz/command.ts";
import { type FuzzOptions, fuzzParser, type FuzzResult, type Parse } from "./fuzz/engine.ts";
import type { Corpus } from "./fuzz/mutate.ts";

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
    "Transfer-Encoding : chunked\r\n",
    "Content-Length 5\r\n",
    "Location: /x\r\n",
    "HTTP/1.1  302 x\r\n",
    "nonsense\r\n",
    "5\nhello\n",
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
  ],
  ...["chunked", "identity", "FFFFFFFFFFFFFFFF", "9007199254740992", "20000000000000", "A: b\r\n", ';a="b"', "\x1b[2J"],
].map(toBytes);

const CORPUS: Corpus = {
  seeds: CASES.map(({ method, input, expected }) => ({ method, bytes: toBytes(input), broken: "error" in expected })),
  tokens: TOKENS,
};

/**
 * Tries inputs until one breaks the invariant.
 *
 * @param options how many inputs, from which seed; `parse` in place of the response parser
 * @returns the outcome
 */
export function fuzz(options: Omit<FuzzOptions, "corpus" | "parse"> & { readonly parse?: Parse }): FuzzResult {
  return fuzzParser({ corpus: CORPUS, parse: parsePieces, ...options });
}

if (import.meta.main) Deno.exitCode = fuzzCommand("scripts/fuzz_http.ts", Deno.args, fuzz);
