import { assertEquals } from "@std/assert";
import { readLines } from "../../lib/cli/server_context.ts";
import { FakeInput, hex } from "./helpers.ts";

/** The lines of an input that brings these chunks. */
function linesOf(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const input = new FakeInput();
  for (const chunk of chunks) input.feed(chunk);
  return Array.fromAsync(readLines(input.end()));
}

Deno.test("readLines() puts lines together from chunks", async () => {
  assertEquals(await linesOf("on", "e\ntwo\nth", "ree", "\n"), ["one", "two", "three"]);
});

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

Deno.test("readLines() takes CRLF as one line end, cut by a read or not", async () => {
  assertEquals(await linesOf("one\r\ntwo\r", "\nthree\r\n"), ["one", "two", "three"]);
});

Deno.test("readLines() gives the last line without its newline too", async () => {
  assertEquals(await linesOf("one\ntwo"), ["one", "two"]);
});

Deno.test("readLines() gives empty lines, and none for an empty input", async () => {
  assertEquals(await linesOf("\n\na\n"), ["", "", "a"]);
  assertEquals(await linesOf(), []);
});

Deno.test("readLines() never breaks a character that a read cut", async () => {
  assertEquals(await linesOf("a", hex("e4 bf"), hex("a1 0a"), hex("e4")), ["a信", "\ufffd"]);
});
