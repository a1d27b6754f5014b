import { unicodeWidth } from "@std/cli/unicode-width";
import { assertEquals } from "@std/assert";
import { columns, wrap } from "../../lib/cli/layout.ts";

Deno.test("wrap() breaks lines at blanks, and leaves a longer word whole", () => {
  assertEquals(wrap("one two\n three", 7), ["one two", "three"]);
  assertEquals(wrap("one two three", 6), ["one", "two", "three"]);
  assertEquals(wrap("a unbreakable b", 5), ["a", "unbreakable", "b"]);
  assertEquals(wrap("已收到 已收到", 12), ["已收到", "已收到"]);
  assertEquals(wrap("", 5), [""]);
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

Deno.test("columns() gives nothing for nothing", () => {
  assertEquals(columns([], 80), []);
});
