import { assertEquals, assertGreater } from "@std/assert";
import { fuzz } from "../../scripts/fuzz_capture.ts";

const COUNT = 8000;

Deno.test("fuzz() finds nothing wrong with the reading of captures", () => {
  const { finding, inputs, parsed, refused, cutOff } = fuzz({ count: COUNT, seed: 29 });
  assertEquals([finding && `${finding.why} ${finding.input.toHex()}`, inputs], [undefined, COUNT]);
  // Inputs that all end the same way would test little.
  for (const share of [parsed, refused, cutOff]) assertGreater(share, COUNT / 20);
});
