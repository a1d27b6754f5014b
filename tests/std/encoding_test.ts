/** The contract of the hex and base64 functions. */

import { assertEquals, assertThrows } from "@std/assert";
import { decodeBase64, encodeBase64 } from "@std/encoding/base64";
import { decodeHex, encodeHex } from "@std/encoding/hex";

const utf8 = new TextEncoder();

const HEX: [string, number[]][] = [
  ["", []],
  ["67", [0x67]],
  ["e3a1", [0xe3, 0xa1]],
  ["00ff0a", [0, 255, 10]],
];

Deno.test("encodeHex() writes bytes, buffers and texts", () => {
  for (const [hex, bytes] of HEX) {
    assertEquals(encodeHex(new Uint8Array(bytes)), hex);
    assertEquals(encodeHex(new Uint8Array(bytes).buffer), hex);
  }
  assertEquals(encodeHex("abc"), "616263");
  assertEquals(encodeHex("ß"), "c39f");
  assertEquals(encodeHex(new Uint8Array([1, 2, 3]).subarray(1)), "0203");
});

Deno.test("decodeHex() reads digits of either case", () => {
  for (const [hex, bytes] of HEX) {
    assertEquals(decodeHex(hex), new Uint8Array(bytes));
    assertEquals(decodeHex(hex.toUpperCase()), new Uint8Array(bytes));
  }
});

Deno.test("decodeHex() refuses odd lengths and other characters", () => {
  for (const text of ["0", "zd4aa", "ffeed"]) {
    assertThrows(
      () => decodeHex(text),
      RangeError,
      `Cannot decode input as hex: Length (${text.length}) must be divisible by 2`,
    );
  }
  for (const [text, char] of [["d4az", "z"], ["00gg", "g"], ["0\x01", "\x01"]] as const) {
    assertThrows(() => decodeHex(text), TypeError, `Cannot decode input as hex: Invalid character (${char})`);
  }
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

Deno.test("encodeBase64() writes texts, bytes and buffers", () => {
  for (const [text, base64] of BASE64) {
    assertEquals(encodeBase64(text), base64);
    assertEquals(encodeBase64(utf8.encode(text)), base64);
    assertEquals(encodeBase64(utf8.encode(text).slice().buffer), base64);
  }
});

Deno.test("decodeBase64() reads padded and unpadded text", () => {
  for (const [text, base64] of BASE64) {
    assertEquals(decodeBase64(base64), utf8.encode(text));
    assertEquals(decodeBase64(base64.replaceAll("=", "")), utf8.encode(text));
  }
});

Deno.test("decodeBase64() refuses impossible lengths and other characters", () => {
  assertThrows(
    () => decodeBase64("Zm9vb"),
    RangeError,
    "Length (5), excluding padding, must not have a remainder of 1 when divided by 4",
  );
  for (const [text, char] of [["Zm-v", "-"], ["Zm9.", "."], ["Z=9v", "="]] as const) {
    assertThrows(() => decodeBase64(text), TypeError, `Cannot decode input as base64: Invalid character (${char})`);
  }
});
