import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { HexDump, parseHex } from "../../lib/text/hex.ts";

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

const texts = (rows: string[]): string[] => rows.map((row) => row.slice(row.indexOf("|")));

Deno.test("HexDump makes rows of sixteen bytes", () => {
  const dump = new HexDump("utf-8");
  assertEquals(dump.push(encodeText("GET / HTTP/1.1\r\nHost", "utf-8")), [
    "00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|",
    "00000010  48 6f 73 74                                       |Host|",
  ]);
});

Deno.test("HexDump counts on and begins a row at each push", () => {
  const dump = new HexDump("latin1");
  assertEquals(dump.push(new Uint8Array(0)), []);
  const rows = [0x41, 0x42].flatMap((byte) => dump.push(Uint8Array.of(byte)));
  assertEquals(rows.map((row) => row.slice(0, 12)), ["00000000  41", "00000001  42"]);
});

Deno.test("HexDump shows a character where its last byte stands", () => {
  const cases: [encoding: string, text: string, shown: string][] = [
    ["gbk", "a你好b", "|a你好b|"],
    ["utf-8", "a你é😀b", "|a 你 é  😀b|"],
    ["utf-16le", "a你", "| a你|"],
    ["gb18030", "😀", "|  😀|"],
    ["shift_jis", "ｱ日", "|ｱ日|"],
    ["euc-jp", "ｱ日", "| ｱ日|"],
  ];
  for (const [encoding, text, shown] of cases) {
    assertEquals(texts(new HexDump(encoding).push(encodeText(text, encoding))), [shown], `${encoding} ${text}`);
  }
});

Deno.test("HexDump shows a dot for what is invalid, unsafe or has no width", () => {
  const cases: [hex: string, shown: string][] = [
    ["00091b7f0a", "|.....|"],
    ["ff41e4bd41", "|.A..A|"],
    ["c29b", "| .|"],
    ["e280ae", "|  .|"],
    ["65cc81", "|e .|"],
    ["efbbbf41", "|  .A|"],
    ["e4bd", "|  |"],
  ];
  for (const [hex, shown] of cases) {
    assertEquals(texts(new HexDump("utf-8").push(Uint8Array.fromHex(hex))), [shown], hex);
  }
});

Deno.test("HexDump completes a character that a row or a push cuts", () => {
  const row = new HexDump("gbk").push(encodeText("0123456789abcde你好", "gbk"));
  assertEquals(texts(row), ["|0123456789abcde |", "|你好|"]);
  const byByte = (bytes: Uint8Array, dump = new HexDump("utf-8")) =>
    texts(Array.from(bytes).flatMap((byte) => dump.push(Uint8Array.of(byte))));
  assertEquals(byByte(encodeText("你b", "utf-8")), ["| |", "| |", "|你|", "|b|"]);
  assertEquals(byByte(Uint8Array.of(0xe4, 0x41)), ["| |", "|A|"]);
});
