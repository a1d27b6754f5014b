import { assertEquals } from "@std/assert";
import { graphemes, graphemeWidth, textWidth, wrapLine } from "../../lib/text/graphemes.ts";

Deno.test("graphemes() keeps together what a person sees as one character", () => {
  assertEquals(graphemes("ab"), ["a", "b"]);
  assertEquals(graphemes("你👨‍👩‍👧🇨🇳e\u0301\r\n"), ["你", "👨‍👩‍👧", "🇨🇳", "e\u0301", "\r\n"]);
});

Deno.test("graphemeWidth() gives one or two columns", () => {
  const widths: [string, number][] = [["a", 1], ["你", 2], ["👨‍👩‍👧", 2], ["🇨🇳", 2], ["❤️", 2], ["e\u0301", 1], ["ｱ", 1]];
  for (const [character, width] of widths) assertEquals(graphemeWidth(character), width, character);
  assertEquals(textWidth("a你👨‍👩‍👧"), 5);
});

Deno.test("wrapLine() breaks behind blanks, before wide characters, and not within colours", () => {
  const cases: [line: string, rows: string[]][] = [
    ["short", ["short"]],
    ["one two three", ["one two ", "  three"]],
    ["你好你好你好", ["你好你好", "  你好"]],
    ["\x1b[31m01234\x1b[39m56789", ["\x1b[31m01234\x1b[39m567", "  89"]],
    ["", [""]],
  ];
  for (const [line, rows] of cases) assertEquals(wrapLine(line, 10, 2), rows, line);
});
