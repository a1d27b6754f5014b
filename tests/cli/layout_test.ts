import { unicodeWidth } from "@std/cli/unicode-width";
import { assertEquals } from "@std/assert";
import { columns, wrap } from "../../lib/cli/layout.ts";

Deno.test("wrap() breaks lines at blanks, and leaves a longer word whole", () => {
  assertEquals(wrap("one two\n three", 7), ["one two", "three"]);
  assertEquals(wrap("one two three", 6), ["one", "two", "three"]);
  assertEquals(wrap("a unbreakable b", 5), ["a", "unbreakable", "b"]);
  assertEquals(wrap("", 5), [""]);
});

Deno.test("wrap() breaks Chinese between characters, but not before punctuation that closes or after one that opens", () => {
  assertEquals(wrap("服务多个客户端", 6), ["服务多", "个客户", "端"]);
  assertEquals(wrap("服务多，个", 6), ["服务", "多，个"]);
  assertEquals(wrap("服务（多个）客", 6), ["服务", "（多", "个）客"]);
  assertEquals(wrap("端口 9000 上的回显", 9), ["端口 9000", "上的回显"]);
  assertEquals(wrap("用tls://localhost:9443。", 8), ["用", "tls://localhost:9443。"]);
});

Deno.test("columns() keeps the right column straight beside wide characters", () => {
  const rows = columns([["--send 你好", "LEFT"], ["--text T", "RIGHT"], ["-e gbk", "THIRD"]], 80);
  assertEquals(rows.map((row) => unicodeWidth(row.slice(0, row.search(/[A-Z]+$/)))), [15, 15, 15]);
});

Deno.test("columns() puts the right part of a wide entry on the next line", () => {
  assertEquals(columns([["short", "one"], ["much too long", "two"]], 80, 6), [
    "  short  one",
    "  much too long",
    "         two",
  ]);
});

Deno.test("columns() goes on below the right part where that is too long", () => {
  assertEquals(columns([["    --x", "word ".repeat(14).trim()]], 60), [
    `      --x  ${"word ".repeat(10).trim()}`,
    `           ${"word ".repeat(4).trim()}`,
  ]);
});

Deno.test("columns() sets parts below each other on a narrow terminal", () => {
  assertEquals(columns([["    --x", "one two three"], ["sockeye client 9000 --send x", "four"]], 20), [
    "  --x",
    "      one two three",
    "  sockeye client",
    "      9000 --send x",
    "      four",
  ]);
});

Deno.test("columns() breaks no word of a command line, in Chinese neither", () => {
  const rows = columns([["sockeye client --send 已收到", "已收到"]], 24);
  assertEquals(rows, ["  sockeye client --send", "      已收到", "      已收到"]);
});

Deno.test("columns() gives nothing for nothing", () => {
  assertEquals(columns([], 80), []);
});
