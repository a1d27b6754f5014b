import { assertEquals } from "@std/assert";
import { readLines } from "../../lib/cli/server_context.ts";
import { FakeInput, hex } from "./helpers.ts";

/** The chunks of an input, and its lines. */
const CASES: readonly (readonly [fact: string, chunks: (string | Uint8Array)[], lines: string[]])[] = [
  ["puts lines together from chunks", ["on", "e\ntwo\nth", "ree", "\n"], ["one", "two", "three"]],
  ["takes CRLF as one line end, cut by a read or not", ["one\r\ntwo\r", "\nthree\r\n"], ["one", "two", "three"]],
  ["gives the last line without its newline too", ["one\ntwo"], ["one", "two"]],
  ["gives empty lines", ["\n\na\n"], ["", "", "a"]],
  ["gives no line of an empty input", [], []],
  ["never breaks a character that a read cut", ["a", hex("e4 bf"), hex("a1 0a"), hex("e4")], ["a信", "\ufffd"]],
];

for (const [fact, chunks, lines] of CASES) {
  Deno.test(`readLines() ${fact}`, async () => {
    const input = new FakeInput();
    for (const chunk of chunks) input.feed(chunk);
    assertEquals(await Array.fromAsync(readLines(input.end())), lines);
  });
}

Deno.test("readLines() gives a line as soon as it is complete", async () => {
  const input = new FakeInput().feed("one\ntw");
  const lines = readLines(input);
  assertEquals((await lines.next()).value, "one");
  const next = lines.next();
  input.feed("o\n");
  assertEquals((await next).value, "two");
  input.end();
  assertEquals((await lines.next()).done, true);
});
