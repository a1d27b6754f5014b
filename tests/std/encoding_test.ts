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

const BASE64 = { "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "foobar": "Zm9vYmFy" };

Deno.test("encodeBase64() pads", () => {
  for (const [text, base64] of Object.entries({ ...BASE64, "ß": "w58=", "ûï¾": "w7vDr8K+" })) {
    assertEquals(encodeBase64(utf8.encode(text)), base64);
  }
});
