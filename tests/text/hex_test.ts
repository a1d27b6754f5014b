import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { parseHex } from "../../lib/text/hex.ts";

Deno.test("parseHex() takes any usual notation", () => {
  const plain = ["01 0a fF", "010aff", "01:0A:ff", "01-0a-ff", " 01\n0aff\t"];
  const prefixed = ["0x01, 0x0a, 0xff", "\\x01\\x0a\\xff", "0x010aff", "0X01 0A 0xFF"];
  for (const text of [...plain, ...prefixed]) assertEquals(parseHex(text).toHex(), "010aff", text);
  for (const text of ["", " ", ", :\n-"]) assertEquals(parseHex(text).length, 0);
});

Deno.test("parseHex() names what it cannot read", () => {
  const cases: [text: string, reason: string][] = [
    ["0x5", '"0x5" has an odd number of digits'],
    ["12 3 45", '"3" has an odd number of digits'],
    ["123", '"123" has an odd number of digits'],
    ["12 zz", '"z" is not a hexadecimal digit'],
    ["1z", '"z" is not a hexadecimal digit'],
    ["00x1", '"x" is not a hexadecimal digit'],
    ["0x", '"x" is not a hexadecimal digit'],
    ["41 😀", '"😀" is not a hexadecimal digit'],
  ];
  for (const [text, reason] of cases) {
    const error = assertThrows(() => parseHex(text), SockeyeError);
    assertEquals([error.kind, error.message], ["usage", `Cannot parse hex "${text}": ${reason}`]);
  }
});
