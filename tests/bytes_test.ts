import { assertEquals } from "@std/assert";
import { ByteBuffer, concat, readChunks, writeAll } from "../lib/bytes.ts";
import { FakeInput, hex } from "./cli/helpers.ts";

Deno.test("concat() joins arrays, and gives a single one back as it is", () => {
  const one = hex("01 02");
  assertEquals([concat([]), concat([one, hex("03")])], [hex(""), hex("01 02 03")]);
  assertEquals(concat([one]) === one, true);
});

Deno.test("writeAll() writes on where a write took only a part", async () => {
  const written: string[] = [];
  await writeAll({
    write: (bytes) => {
      written.push(bytes.toHex());
      return Promise.resolve(Math.min(2, bytes.length));
    },
  }, hex("01 02 03 04 05"));
  assertEquals(written, ["0102030405", "030405", "05"]);
});

Deno.test("ByteBuffer collects copies, gives them away whole and begins anew", () => {
  const buffer = new ByteBuffer();
  const part = new Uint8Array(200).fill(1);
  for (let i = 0; i < 3; i++) buffer.push(part);
  part.fill(9);
  assertEquals(buffer.length, 600);
  const taken = buffer.take();
  buffer.push(hex("02"));
  assertEquals([taken.every((byte) => byte === 1), taken.length, buffer.take()], [true, 600, hex("02")]);
  assertEquals(buffer.length, 0);
});

Deno.test("ByteBuffer doubles its memory, but not beyond its limit", () => {
  const buffer = new ByteBuffer(700);
  buffer.push(new Uint8Array(600));
  buffer.push(new Uint8Array(10));
  assertEquals(buffer.take().buffer.byteLength, 700);
});

Deno.test("readChunks() gives copies of what each read brought", async () => {
  const input = new FakeInput().feed("one").feed(hex("00 ff")).end();
  const pieces = await Array.fromAsync(readChunks(input));
  assertEquals(pieces, [hex("6f 6e 65"), hex("00 ff")]);
});

Deno.test("readChunks() reads no more than a pipe holds at a time", async () => {
  const input = new FakeInput().feed(new Uint8Array(100 * 1024)).end();
  const pieces = await Array.fromAsync(readChunks(input));
  assertEquals(pieces.map(({ length }) => length), [64 * 1024, 36 * 1024]);
});
