import { assert, assertEquals } from "@std/assert";
import { ChunkReader } from "../../lib/http/chunks.ts";
import { badAnswerOf, toBytes, toText } from "./helpers.ts";

/** Reads pieces: gives the chunk data, and the bytes that the reader leaves unread. */
function read(pieces: string[]): { data: string; rest: string; done: boolean } {
  const reader = new ChunkReader();
  let data = "";
  let rest = "";
  for (const piece of pieces) {
    const bytes = toBytes(piece);
    let at = 0;
    while (at < bytes.length && !reader.done) {
      const step = reader.read(bytes, at);
      assert(step.next > at, "it goes on");
      if (step.data) data += toText(step.data);
      at = step.next;
    }
    rest += toText(bytes.subarray(at));
  }
  return { data, rest, done: reader.done };
}

Deno.test("ChunkReader undoes chunks and stops behind the last one", () => {
  const text = "5\r\nhello\r\nA;x\r\n, world\r\n!\r\n000\r\nA: b\r\n\r\n";
  const wanted = { data: "hello, world\r\n!", rest: "A: b\r\n\r\n", done: true };
  assertEquals(read([text]), wanted);
  assertEquals(read([...text]), wanted);
  for (let at = 0; at <= text.length; at++) assertEquals(read([text.slice(0, at), text.slice(at)]), wanted);
});

Deno.test("ChunkReader is not done before the last chunk", () => {
  for (const text of ["", "5", "5\r\n", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "0", "0\r", "00;x"]) {
    assertEquals(read([text]).done, false, text);
    assertEquals(read([text]).rest, "");
  }
});

Deno.test("ChunkReader.read() gives views of what it was given", () => {
  const reader = new ChunkReader();
  const bytes = toBytes("..3\r\nabc\r\n4\r\nde");
  const views = [2, 8].map((from) => reader.read(bytes, from).data);
  assertEquals(views.map((view) => view?.buffer === bytes.buffer), [true, true]);
  assertEquals(views.map((view) => [view?.byteOffset, view?.length]), [[5, 3], [13, 2]]);
});

Deno.test("ChunkReader.read() takes sizes up to the largest whole number", () => {
  const reader = new ChunkReader();
  const bytes = toBytes("1fffffffffffff\r\nxyz");
  assertEquals(reader.read(bytes, 0).data?.length, 3);
  for (let round = 0; round < 10; round++) assertEquals(reader.read(bytes, 0).data?.length, bytes.length);
});

Deno.test("ChunkReader.read() says what is wrong", () => {
  const cases: [text: string, message: string][] = [
    ["hello\r\n", 'not a chunk size: "hello"'],
    ["5\n", 'not a chunk size: "5"'],
    ["-5\r\n", 'not a chunk size: "-5"'],
    ["5\x1b[2J\r\n", 'not a chunk size: "5\\x1b[2J"'],
    ["20000000000000\r\n", 'the chunk size "20000000000000" is too large'],
    ["3\r\nabcd", "a chunk is longer than its size says"],
    ["0".repeat(4097), "a chunk-size line is longer than 4 KiB"],
  ];
  for (const [text, message] of cases) assertEquals(badAnswerOf(() => read([text])), message);
});
