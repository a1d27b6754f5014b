import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { fuzz, type Parse } from "../../scripts/fuzz_websocket.ts";
import { parsePieces } from "../transport/websocket/cases.ts";

const COUNT = 20_000;

const broken = (fault: (pieces: readonly Uint8Array[]) => number | void): Parse => (from, pieces, watch) => {
  const all = [...pieces];
  const outcome = parsePieces(from, all, watch);
  const code = fault(all);
  return code === undefined ? outcome : { ...outcome, code };
};

Deno.test("fuzz() finds nothing wrong with the parser of frames", () => {
  const { finding, inputs, codes } = fuzz({ count: COUNT, seed: 6455 });
  assertEquals(finding, undefined);
  assertEquals([inputs, Object.values(codes).reduce((sum, count) => sum + count, 0)], [COUNT, COUNT]);
  // Inputs that all end the same way would test little.
  for (const code of [0, 1002, 1007, 1009]) assertGreater(codes[code] ?? 0, COUNT / 100, String(code));
});

Deno.test("fuzz() makes the same inputs from the same seed", () => {
  const tried = (seed: number) => {
    const inputs = new Set<string>();
    fuzz({ count: 50, seed, parse: broken((pieces) => void inputs.add(pieces.map((one) => one.toHex()).join(" "))) });
    return [...inputs];
  };
  assertEquals(tried(7), tried(7));
});

const throwing = broken(() => {
  throw new RangeError("Out of range");
});

const hoarding: Parse = (from, pieces, watch) => {
  watch(1e6);
  return parsePieces(from, [...pieces]);
};

const FAULTS: readonly (readonly [what: string, parse: Parse, why: string])[] = [
  ["an exception of another kind", throwing, "RangeError: Out of range"],
  ["a code that does not exist", broken(() => 1005), "is refused with 1005"],
  ["a parser that depends on the cuts", broken((pieces) => pieces.length > 1 ? 1002 : 1007), "when it is cut"],
  ["a parser that holds too much", hoarding, "hold 1000000 bytes"],
];

for (const [what, parse, why] of FAULTS) {
  Deno.test(`fuzz() finds ${what}`, () => {
    assertStringIncludes(fuzz({ count: 100, seed: 1, parse }).finding?.why ?? "", why);
  });
}
