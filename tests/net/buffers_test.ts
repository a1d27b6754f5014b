import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Buffers } from "../../lib/net/buffers.ts";
import { READ_BUFFER_MAX, READ_BUFFER_MIN } from "../../lib/net/limits.ts";

/** Buffers in a block of memory. */
const BLOCK = 256;

Deno.test("Buffers gives everybody a place of their own", () => {
  const buffers = new Buffers();
  const places = new Set<string>();
  for (let i = 0; i < 2 * BLOCK + 1; i++) {
    const buffer = buffers.take();
    assertEquals(buffer.length, READ_BUFFER_MIN);
    assertEquals(buffer.byteOffset % READ_BUFFER_MIN, 0);
    buffer.fill(1);
    places.add(`${idOf(buffer.buffer)} ${buffer.byteOffset}`);
  }
  assertEquals(places.size, 2 * BLOCK + 1);
});

const ids = new Map<ArrayBufferLike, number>();

/** A number for a block of memory. */
function idOf(memory: ArrayBufferLike): number {
  return ids.getOrInsert(memory, ids.size);
}

Deno.test("Buffers.next() grows with reads that fill the buffer, to a limit, and goes back when reads are small", () => {
  const buffers = new Buffers();
  let buffer = buffers.take();
  const lengths = [];
  for (let i = 0; i < 5; i++) lengths.push((buffer = buffers.next(buffer, buffer.length)).length);
  assertEquals(lengths, [16_384, 65_536, 262_144, 262_144, 262_144]);
  assertEquals(READ_BUFFER_MAX, 262_144);
  assertStrictEquals(buffers.next(buffer, READ_BUFFER_MIN + 1), buffer);
  const small = buffers.next(buffer, READ_BUFFER_MIN);
  assertEquals(small.length, READ_BUFFER_MIN);
  assertStrictEquals(buffers.next(small, 1), small);
});

Deno.test("Buffers gives what was given back to the next one", () => {
  const buffers = new Buffers();
  const [small, other] = [buffers.take(), buffers.take()];
  const large = buffers.next(small, READ_BUFFER_MIN);
  assertStrictEquals(buffers.take(), small);
  buffers.give(large);
  assertStrictEquals(buffers.next(other, READ_BUFFER_MIN), large);
});

Deno.test("Buffers keeps one block when all have left, and few large buffers", () => {
  const buffers = new Buffers();
  const taken = Array.from({ length: 3 * BLOCK }, () => buffers.take());
  for (const buffer of taken) buffers.give(buffer);
  const kept = new Set(taken.map(({ buffer }) => buffer));
  const again = Array.from({ length: 3 * BLOCK }, () => buffers.take());
  assertEquals(again.filter(({ buffer }) => kept.has(buffer)).length, BLOCK);

  const large = again.map((buffer) => buffers.next(buffer, READ_BUFFER_MIN));
  for (const buffer of large) buffers.give(buffer);
  const more = Array.from({ length: 10 }, () => buffers.next(buffers.take(), READ_BUFFER_MIN));
  const known = more.filter((buffer) => large.includes(buffer));
  assert(known.length > 0 && known.length < 10, `${known.length} of 10 were kept`);
});
