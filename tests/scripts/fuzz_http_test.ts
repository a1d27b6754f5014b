/** The fuzzers of requests and responses find nothing wrong, and the engine finds what it is made to find. */

import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import type { Parse } from "../../scripts/fuzz/engine.ts";
import { fuzz } from "../../scripts/fuzz_http.ts";
import { fuzz as fuzzRequests } from "../../scripts/fuzz_request.ts";
import { parsePieces } from "../http/helpers.ts";

const COUNT = 3000;

/** The response parser with a fault: `fault` throws, waits, or gives an error that the parser does not have. */
const broken = (fault: (pieces: readonly Uint8Array[]) => string | void): Parse => (method, pieces) => {
  const outcome = parsePieces(method, pieces);
  const error = fault(pieces);
  return error ? { ...outcome, error } : outcome;
};

const FUZZERS = [["response", fuzz, COUNT, 9110], ["request", fuzzRequests, 5000, 9112]] as const;

for (const [what, fuzzer, count, seed] of FUZZERS) {
  Deno.test(`fuzz() finds nothing wrong with the ${what} parser`, () => {
    const { finding, inputs, parsed, refused, cutOff } = fuzzer({ count, seed });
    assertEquals(finding, undefined);
    assertEquals([inputs, parsed + refused + cutOff], [count, count]);
    // Inputs that all end the same way would test little.
    for (const share of [parsed, refused, cutOff]) assertGreater(share, count / 20);
  });
}

Deno.test("fuzz() makes the same inputs from the same seed", () => {
  const tried = (seed: number) => {
    const inputs = new Set<string>(); // An input that takes long on a busy machine is tried again.
    const parse = broken((pieces) => void inputs.add(pieces.map((piece) => piece.toHex()).join(" ")));
    fuzz({ count: 50, seed, parse });
    return [...inputs];
  };
  assertEquals(tried(7), tried(7));
  assert(tried(7).join() !== tried(8).join());
  assertEquals(tried(0), tried(1));
});

Deno.test("fuzz() finds an exception that is no protocol error", () => {
  const parse = broken((pieces) => {
    if (pieces.some((piece) => piece.includes(0x0b))) throw new RangeError("Out of range");
  });
  const { finding, inputs } = fuzz({ count: COUNT, seed: 1, parse });
  assertEquals(finding?.why, "RangeError: Out of range");
  assert(finding?.input.includes(0x0b) && inputs < COUNT);
});

Deno.test("fuzz() finds a parser that depends on where the input is cut", () => {
  const parse = broken((pieces) => pieces.some((piece) => piece.at(-1) === 0x0d) ? "x" : undefined);
  assertEquals(fuzz({ count: COUNT, seed: 1, parse }).finding?.why, "is something else when it is cut");
});

Deno.test("fuzz() finds a parser that takes too long", () => {
  const parse = broken((pieces) => {
    const end = performance.now() + (pieces.length === 1 && pieces[0]?.includes(0x0c) ? 60 : 0);
    while (performance.now() < end);
  });
  assertStringIncludes(fuzz({ count: COUNT, seed: 1, parse }).finding?.why ?? "", "takes over");
});
