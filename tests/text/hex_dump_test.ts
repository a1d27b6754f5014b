import { assertEquals } from "@std/assert";
import { encodeText } from "../../lib/text/encode.ts";
import { unicodeWidth } from "@std/cli/unicode-width";
import { bytesPerRow, HexDump as ByteDump } from "../../lib/text/hex_dump.ts";
import { textOf, utf8 } from "../support/sockets.ts";

/** A dump whose rows are strings without line ends. */
class HexDump extends ByteDump {
  rows(bytes: Uint8Array, whole?: boolean, row?: number): string[] {
    const text = textOf(this.push(bytes, whole, { row }));
    assertEquals(text === "" || text.endsWith("\n"), true);
    return text.split("\n").slice(0, -1);
  }
}

const texts = (rows: string[]): string[] => rows.map((row) => row.slice(row.indexOf("|")));

Deno.test("HexDump makes rows of sixteen bytes", () => {
  const dump = new HexDump("utf-8");
  assertEquals(dump.rows(encodeText("GET / HTTP/1.1\r\nHost", "utf-8")), [
    "00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|",
    "00000010  48 6f 73 74                                       |Host|",
  ]);
});

Deno.test("HexDump counts on and begins a row at each push", () => {
  const dump = new HexDump("latin1");
  assertEquals(dump.rows(new Uint8Array(0)), []);
  const rows = [0x41, 0x42].flatMap((byte) => dump.rows(Uint8Array.of(byte)));
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
    assertEquals(texts(new HexDump(encoding).rows(encodeText(text, encoding))), [shown], `${encoding} ${text}`);
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
    ["e4bd", "|..|"],
  ];
  for (const [hex, shown] of cases) {
    assertEquals(texts(new HexDump("utf-8").rows(Uint8Array.fromHex(hex))), [shown], hex);
  }
});

Deno.test("HexDump keeps its columns where a row or a push cuts a character", () => {
  const row = new HexDump("gbk").rows(encodeText("0123456789abcde你好", "gbk"));
  assertEquals(texts(row), ["|0123456789abcde.|", "|.好|"]);
  const byByte = (bytes: Uint8Array, dump = new HexDump("utf-8")) =>
    texts(Array.from(bytes).flatMap((byte) => dump.rows(Uint8Array.of(byte))));
  assertEquals(byByte(encodeText("你b", "utf-8")), ["|.|", "|.|", "|.|", "|b|"]);
  const cut = (before: string) => texts(new HexDump("utf-8").rows(encodeText(`${before}你b`, "utf-8"), true, 4));
  assertEquals(cut("12"), ["|12你|", "| b|"]);
  assertEquals(cut("123"), ["|123 |", "|你b|"]);
  assertEquals(byByte(Uint8Array.of(0xe4, 0x41)), ["|.|", "|A|"]);
});

Deno.test("HexDump makes rows that fit the terminal", () => {
  const bytes = encodeText("信息 0123456789 abcdef 😀", "utf-8");
  for (const columns of [78, 77, 45, 44]) {
    const rows = new HexDump("utf-8").rows(bytes, true, bytesPerRow(columns));
    assertEquals(new Set(rows.map((row) => unicodeWidth(row.slice(0, row.indexOf("|"))))).size, 1);
    assertEquals(rows.every((row) => unicodeWidth(row) <= columns), true);
    assertEquals(Math.max(...rows.map((row) => unicodeWidth(row))), { 78: 78, 77: 45, 45: 45, 44: 29 }[columns]);
  }
});

Deno.test("HexDump counts on past what was skipped and past 4 GiB", () => {
  const dump = new HexDump("utf-8", 2 ** 32 - 1);
  const rows = dump.rows(utf8("x".repeat(17)), false);
  assertEquals(rows.map((row) => row.slice(0, 10)), ["ffffffff  ", "10000000f "]);
  dump.rows(Uint8Array.of(0xe4));
  dump.skip(6);
  assertEquals(dump.rows(utf8("ab")), ["100000017  61 62                                             |ab|"]);
});

Deno.test("HexDump shows each of more characters than it remembers", () => {
  const dump = new HexDump("gb18030");
  const text = Array.from({ length: 40_000 }, (_, i) => String.fromCodePoint(0x20000 + i)).join("");
  for (let i = 0; i < 2; i++) {
    const shown = texts(dump.rows(encodeText(text, "gb18030"))).join("").replace(/[| ]/g, "");
    assertEquals(shown === text, true);
  }
});
