import { assertEquals, assertStrictEquals } from "@std/assert";
import { ReadBuffer, ReadBuffers } from "../../lib/transport/read_buffers.ts";
import { READ_BUFFER_MAX, READ_BUFFER_MIN } from "../../lib/transport/limits.ts";

/** Small buffers in a block of memory, and larger ones that are kept. */
const BLOCK = 256;
const SPARES = 4;

function small(buffers: ReadBuffers, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => buffers.take(READ_BUFFER_MIN));
}

/** The blocks of memory that some buffers are cut from. */
function blocksOf(all: readonly Uint8Array[]): Set<ArrayBufferLike> {
  return new Set(all.map(({ buffer }) => buffer));
}

Deno.test("ReadBuffers gives everybody a place of their own", () => {
  const all = small(new ReadBuffers(), 2 * BLOCK + 1);
  for (const block of blocksOf(all)) {
    const places = all.filter(({ buffer }) => buffer === block).map(({ byteOffset }) => byteOffset);
    assertEquals(new Set(places).size, places.length);
    for (const place of places) assertEquals(place % READ_BUFFER_MIN, 0);
  }
  assertEquals(blocksOf(all).size, 3);
});

Deno.test("ReadBuffers gives what was given back to the next one", () => {
  const buffers = new ReadBuffers();
  const [one, two] = small(buffers, 2);
  buffers.give(one!);
  assertStrictEquals(buffers.take(READ_BUFFER_MIN), one);
  const large = buffers.take(4 * READ_BUFFER_MIN);
  buffers.give(two!);
  buffers.give(large);
  assertStrictEquals(buffers.take(4 * READ_BUFFER_MIN), large);
});

Deno.test("ReadBuffers keeps one block when all have left", () => {
  const buffers = new ReadBuffers();
  const taken = small(buffers, 3 * BLOCK);
  for (const buffer of taken) buffers.give(buffer);
  const kept = blocksOf(taken);
  assertEquals(small(buffers, 3 * BLOCK).filter(({ buffer }) => kept.has(buffer)).length, BLOCK);
});

Deno.test("ReadBuffers makes no new block for each that comes and goes beside many who stay", () => {
  const buffers = new ReadBuffers();
  small(buffers, BLOCK);
  const [first] = small(buffers, 1);
  buffers.give(first!);
  assertStrictEquals(buffers.take(READ_BUFFER_MIN).buffer, first!.buffer);
});

Deno.test("ReadBuffers keeps a few large buffers", () => {
  const buffers = new ReadBuffers();
  const large = () => Array.from({ length: 10 }, () => buffers.take(READ_BUFFER_MAX));
  const before = large();
  for (const buffer of before) buffers.give(buffer);
  assertEquals(large().filter((buffer) => before.includes(buffer)).length, SPARES);
});

Deno.test("ReadBuffer grows with reads that fill it, to a limit", () => {
  const buffer = new ReadBuffer(new ReadBuffers());
  const lengths = [buffer.bytes.length];
  for (let i = 0; i < 4; i++) {
    buffer.adapt(buffer.bytes.length);
    lengths.push(buffer.bytes.length);
  }
  assertEquals(lengths, [4_096, 16_384, 65_536, 262_144, 262_144]);
  assertEquals([READ_BUFFER_MIN, READ_BUFFER_MAX], [4_096, 262_144]);
});

Deno.test("ReadBuffer stays as large as its messages, and is small again when they are", () => {
  const buffer = new ReadBuffer(new ReadBuffers());
  buffer.adapt(READ_BUFFER_MIN);
  const { length } = buffer.bytes;
  for (let i = 0; i < 100; i++) {
    buffer.adapt(5_000);
    for (let j = 0; j < 15; j++) buffer.adapt(1);
    assertEquals(buffer.bytes.length, length);
  }
  buffer.adapt(1);
  assertEquals(buffer.bytes.length, READ_BUFFER_MIN);
});
