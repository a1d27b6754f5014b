import { assertEquals, assertGreater } from "@std/assert";
import { fuzz } from "../../scripts/fuzz_request.ts";
import { parseRequest } from "../http/request_helpers.ts";

const COUNT = 5000;

Deno.test("fuzz() finds nothing wrong with the request parser", () => {
  const { finding, inputs, parsed, refused, cutOff } = fuzz({ count: COUNT, seed: 9112 });
  assertEquals(finding, undefined);
  assertEquals([inputs, parsed + refused + cutOff], [COUNT, COUNT]);
  // Inputs that all end the same way would test little.
  for (const share of [parsed, refused, cutOff]) assertGreater(share, COUNT / 20);
});

Deno.test("fuzz() finds a request parser that throws something else", () => {
  const parse = (_: string, pieces: readonly Uint8Array[]) => {
    if (pieces.some((piece) => piece.includes(0x0b))) throw new RangeError("Out of range");
    return parseRequest(pieces);
  };
  assertEquals(fuzz({ count: COUNT, seed: 1, parse }).finding?.why, "RangeError: Out of range");
});
