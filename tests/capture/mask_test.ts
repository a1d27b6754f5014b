import { assertEquals, assertThrows } from "@std/assert";
import { asIgnorePattern, compare, isSame } from "../../lib/capture/mask.ts";
import { bytesOf } from "../support/net.ts";

function same(one: string, other: string, ...patterns: string[]): boolean {
  return isSame(bytesOf(one), bytesOf(other), patterns.map(asIgnorePattern));
}

Deno.test("isSame() leaves out what patterns find, of different lengths as well", () => {
  assertEquals(same("id=1 ok", "id=1 ok"), true);
  assertEquals(same("id=1 ok", "id=22 ok"), false);
  assertEquals(same("id=1 ok", "id=22 ok", "id=\\d+"), true);
  assertEquals(same("id=1 ok", "id=22 no", "id=\\d+"), false);
  assertEquals(same("id=1 ok", "ok", "id=\\d+ "), false);
  assertEquals(same("Date: x\r\na", "Date: yy\r\na", "^Date: .*"), true);
  assertEquals(same("时间1", "时间23", "时间\\d+"), true);
  assertEquals(same("abcd!", "abXYZ!", "bc", "cd", "bXY", "XYZ"), true);
});

Deno.test("isSame() takes bytes with any byte between", () => {
  assertEquals(same("\x01\n\x02a", "\x01\x07\x02a", "hex:01 ?? 02"), true);
  assertEquals(same("\x01\n\x02a", "\x01\x07\x03a", "hex:01??02"), false);
});

Deno.test("compare() says where both differ", () => {
  const { fits, complete, recordedAt, receivedAt } = compare(
    bytesOf("id=1 ok"),
    bytesOf("id=333 no"),
    [asIgnorePattern("\\d+")],
  );
  assertEquals([fits, complete, recordedAt, receivedAt], [false, false, 5, 7]);
});

Deno.test("asIgnorePattern() refuses what is no pattern", () => {
  for (const text of ["", "(", "hex:", "hex:0", "hex:0g", "hex:?"]) assertThrows(() => asIgnorePattern(text), Error);
});
