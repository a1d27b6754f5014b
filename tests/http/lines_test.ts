import { assertEquals } from "@std/assert";
import { LineBuffer, withoutEnd } from "../../lib/http/lines.ts";
import { toBytes, toText } from "./helpers.ts";

/** The lines of pieces, each overwritten before the next. */
function linesOf(pieces: string[]): string[] {
  const buffer = new LineBuffer("the header", 1024);
  const lines: string[] = [];
  for (const piece of pieces) {
    const bytes = toBytes(piece);
    for (let at = 0; at < bytes.length;) {
      const { line, next } = buffer.take(bytes, at);
      if (line) lines.push(toText(line));
      at = next;
    }
    bytes.fill(0x2a);
  }
  return lines;
}

Deno.test("LineBuffer gives lines with their ends, however they arrive", () => {
  const text = "one\r\n\ntwo\rthree\n\r\n";
  const lines = ["one\r\n", "\n", "two\rthree\n", "\r\n"];
  assertEquals(linesOf([text]), lines);
  assertEquals(linesOf([...text]), lines);
  for (let at = 0; at <= text.length; at++) {
    assertEquals(linesOf([text.slice(0, at), text.slice(at)]), lines, `cut at ${at}`);
  }
});

Deno.test("LineBuffer.take() gives a view of a line that came in one piece", () => {
  const bytes = toBytes("..one\ntwo\n");
  const { line, next } = new LineBuffer("the header", 1024).take(bytes, 2);
  assertEquals([line?.buffer === bytes.buffer, line?.byteOffset, next], [true, 2, 6]);
});

Deno.test("withoutEnd() takes off LF or CRLF and no more", () => {
  const cases = [["a\n", "a"], ["a\r\n", "a"], ["\n", ""], ["\r\n", ""], ["a\r\r\n", "a\r"], ["a\n\n", "a\n"]];
  for (const [line = "", text] of cases) assertEquals(toText(withoutEnd(toBytes(line))), text);
});
