/** The contract of the hex and base64 writers. */

import { assertEquals } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";

const utf8 = new TextEncoder();

Deno.test("encodeHex() writes bytes and buffers", () => {
  for (const [hex, bytes] of [["", []], ["67", [0x67]], ["e3a1", [0xe3, 0xa1]], ["00ff0a", [0, 255, 10]]] as const) {
    assertEquals(encodeHex(new Uint8Array(bytes)), hex);
    assertEquals(encodeHex(new Uint8Array(bytes).buffer), hex);
  }
  assertEquals(encodeHex(new Uint8Array([1, 2, 3]).subarray(1)), "0203");
});

const BASE64: [string, string][] = [
  ["", ""],
  ["ß", "w58="],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
  ["ûï¾", "w7vDr8K+"],
];

Deno.test("encodeBase64() pads", () => {
  for (const [text, base64] of BASE64) assertEquals(encodeBase64(utf8.encode(text)), base64);
});
