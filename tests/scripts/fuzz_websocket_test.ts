import { assertEquals, assertGreater } from "@std/assert";
import { fuzz, parseFrames } from "../../scripts/fuzz_websocket.ts";

const COUNT = 20_000;

Deno.test("fuzz() finds nothing wrong with the parser of frames", () => {
  const codes = new Map<string, number>();
  const { finding, inputs } = fuzz({
    count: COUNT,
    seed: 6455,
    parse: (from, pieces) => {
      const outcome = parseFrames(from, pieces);
      codes.set(outcome.error ?? "", (codes.get(outcome.error ?? "") ?? 0) + 1);
      return outcome;
    },
  });
  assertEquals([finding, inputs], [undefined, COUNT]);
  // Inputs that all end the same way would test little. Each is parsed twice.
  for (const code of ["", "1002", "1007", "1009"]) assertGreater(codes.get(code) ?? 0, 2 * COUNT / 100, code);
});
