import { assertEquals } from "@std/assert";
import { shellLine, shellWord } from "../lib/shell.ts";
import { needs, tool } from "./support/harness.ts";

/** Words, and how they stand on a command line. */
const WORDS: readonly (readonly [word: string, written: string])[] = [
  ["9000", "9000"],
  ["tls://localhost:9443", "tls://localhost:9443"],
  ["信息已收到", "信息已收到"],
  ["", "''"],
  ["chat/*", "'chat/*'"],
  ["it's", String.raw`'it'\''s'`],
  ["$HOME `id` \\n", "'$HOME `id` \\n'"],
  ["~", "'~'"],
  ["=ls", "'=ls'"],
  ["a\nb\t'\\", String.raw`$'a\nb\t\'\\'`],
  ["\x1b[2J\r", String.raw`$'\x1b[2J\r'`],
  ["a\u202eb", String.raw`$'a\u202eb'`],
];

for (const [word, written] of WORDS) {
  Deno.test(`shellWord() writes ${JSON.stringify(word)}`, () => assertEquals(shellWord(word), written));
}

Deno.test("bash reads back what shellLine() writes", needs(["bash"]), async () => {
  const words = WORDS.map(([word]) => word);
  const script = `printf '%s\\0' ${shellLine(words)}`;
  const { stdout } = await tool("bash", ["-c", script], { env: { LC_ALL: "C.UTF-8" } }).ends(0);
  assertEquals(stdout.split("\0").slice(0, -1), words);
});
