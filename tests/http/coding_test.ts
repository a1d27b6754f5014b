import { setImmediate } from "node:timers";
import * as zlib from "node:zlib";
import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { type BodyDecoder, decoderFor } from "../../lib/http/coding.ts";
import { ACCEPT_ENCODING } from "../../lib/http/coding_names.ts";
import { randomCuts, randomFrom, singles } from "../text/random.ts";
import { badAnswerOf } from "./helpers.ts";

/** How a server encodes a body, by the name in Content-Encoding. */
const ENCODERS: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  "x-gzip": (bytes) => zlib.gzipSync(bytes, { level: 0 }),
  deflate: (bytes) => zlib.deflateSync(bytes),
  Deflate: (bytes) => zlib.deflateRawSync(bytes),
  // The best quality, which is the default, takes seconds for a mebibyte.
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
  zstd: (bytes) => zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } }),
};

const NAMES = Object.keys(ENCODERS);

/** The message for data that is `cut off` or `corrupt`. */
const bad = (name: string, how: string) =>
  `Bad answer: the ${name.toLowerCase().replace("x-", "")} data is ${how}; --raw saves it as it is`;

/** A sink that takes all bytes and keeps none. */
const drop = () => Promise.resolve();

function encode(bytes: Uint8Array, codings: readonly string[]): Uint8Array {
  // Buffers of node:zlib are no plain arrays for assertEquals.
  return new Uint8Array(codings.reduce((coded, name) => ENCODERS[name]!(coded), bytes));
}

/** Decodes pieces as a reader with one buffer does: each is overwritten before the next push. */
async function decode(
  pieces: Uint8Array[],
  codings: readonly string[],
  remark?: (text: string) => void,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const decoder = decoderFor(codings, (bytes) => Promise.resolve(void parts.push(bytes.slice())), remark);
  assert(decoder);
  const buffer = new Uint8Array(Math.max(0, ...pieces.map((piece) => piece.length)));
  try {
    for (const piece of pieces) {
      buffer.set(piece);
      await decoder.push(buffer.subarray(0, piece.length));
      buffer.fill(0x55);
    }
    await decoder.end();
  } finally {
    decoder.abort();
  }
  return concat(parts);
}

/** The message of the failure, which must be the same however the body is cut. */
async function failure(body: Uint8Array, coding: string): Promise<string> {
  const ways = [[body], singles(body), [body.subarray(0, -1), body.subarray(-1)]];
  const errors = await Promise.all(ways.map((pieces) => assertRejects(() => decode(pieces, [coding]), SockeyeError)));
  for (const error of errors) assertEquals([error.kind, error.message], ["protocol", errors[0]!.message]);
  return errors[0]!.message;
}

/** Bytes of which about half are random. */
function sample(length: number, random: (below: number) => number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => random(2) === 0 ? random(256) : at & 15);
}

Deno.test("decoderFor() undoes each coding, however the body is cut", async () => {
  const random = randomFrom(5);
  for (const name of NAMES) {
    for (const length of [0, 1, 5, 1000, 65_535, 65_536, 65_537, 262_144]) {
      const bytes = sample(length, random);
      const coded = encode(bytes, [name]);
      assertEquals(await decode([coded], [name]), bytes, `${name} ${length} whole`);
      if (length > 1000) continue;
      assertEquals(await decode(singles(coded), [name]), bytes, `${name} ${length} byte by byte`);
      assertEquals(await decode(randomCuts(coded, random), [name]), bytes, `${name} ${length} cut`);
    }
  }
});

Deno.test("decoderFor() reads what gzip writes of a file", async () => {
  const body = "1f8b080800ca9a3b0203666973682e747874002bce4fce4ead4ce50200ac6c06f508000000";
  assertEquals(await decode(singles(Uint8Array.fromHex(body)), ["gzip"]), new TextEncoder().encode("sockeye\n"));
});

Deno.test("decoderFor() undoes the last of several codings first", async () => {
  const bytes = sample(3000, randomFrom(9));
  for (const outer of NAMES) {
    const coded = encode(bytes, ["gzip", outer]);
    assertEquals(await decode([coded], ["gzip", outer]), bytes);
    assertEquals(await decode(randomCuts(coded, randomFrom(2)), ["identity", "gzip", outer]), bytes);
  }
});

Deno.test("decoderFor() has nothing to do without a coding", () => {
  for (const none of [[], ["identity"], ["none"], [""], ["Identity", " "]]) {
    assertEquals(decoderFor(none, drop), undefined);
  }
});

Deno.test("decoderFor() refuses what it cannot undo", () => {
  for (const name of ["compress", "x-compress", "sdch", "toString", "gz\x1bip"]) {
    const shown = name.replace("\x1b", "\\x1b").toLowerCase();
    const message = `the content coding "${shown}" is unknown; --raw saves it as it is`;
    assertEquals(badAnswerOf(() => decoderFor(["gzip", name], drop)), message);
  }
  assertEquals(
    badAnswerOf(() => decoderFor(Array(6).fill("gzip"), drop)),
    "more than 5 content codings; --raw saves it as it is",
  );
});

Deno.test("ACCEPT_ENCODING names codings that decoderFor() undoes", () => {
  const names = ACCEPT_ENCODING.split(", ");
  assertEquals(names.slice(0, 2), ["gzip", "deflate"]);
  for (const name of names) decoderFor([name], drop)!.abort();
});

Deno.test("an empty body is empty in every coding", async () => {
  for (const name of NAMES) {
    assertEquals((await decode([], [name])).length, 0);
    assertEquals((await decode([new Uint8Array()], [name, "gzip"])).length, 0);
  }
});

Deno.test("several members or frames are one body", async () => {
  const random = randomFrom(21);
  for (const name of NAMES.filter((name) => name === "gzip" || name === "zstd")) {
    for (let round = 0; round < 30; round++) {
      const parts = Array.from({ length: 1 + random(6) }, () => sample(random(5) * random(60), random));
      const coded = concat(parts.map((part) => encode(part, [name])));
      assertEquals(await decode([coded], [name]), concat(parts), name);
      assertEquals(await decode(randomCuts(coded, random), [name]), concat(parts), name);
    }
  }
  const large = new Uint8Array(64 * 1024).fill(1);
  for (const length of [large.length - 1, large.length]) {
    const member = encode(large.subarray(0, length), ["gzip"]);
    assertEquals((await decode([concat([member, member, member])], ["gzip"])).length, 3 * length);
  }
});

Deno.test("a body that is cut off anywhere is an error", async () => {
  const bytes = new TextEncoder().encode("sockeye, sockeye, salmon");
  for (const name of NAMES) {
    const coded = encode(bytes, [name]);
    for (let length = 1; length < coded.length; length++) {
      assertEquals(await failure(coded.subarray(0, length), name), bad(name, "cut off"), `${name} ${length}`);
    }
  }
  const twice = concat([encode(bytes, ["gzip"]), encode(bytes, ["gzip"])]);
  assertEquals(await failure(twice.subarray(0, -1), "gzip"), bad("gzip", "cut off"));
});

Deno.test("corrupt data is an error", async () => {
  const bytes = sample(300, randomFrom(4));
  for (const name of ["gzip", "deflate"]) {
    const coded = encode(bytes, [name]);
    coded[coded.length - 3]! ^= 1;
    assertEquals(await failure(coded, name), bad(name, "corrupt"), name);
  }
});

Deno.test("bytes that follow the data are left out and told, zeros are not told", async () => {
  const bytes = sample(100, randomFrom(8));
  const garbage = ["00".repeat(9), "41", "1f", "000041", "1f414141", "001f8b", "1f8b08"].map((hex) =>
    Uint8Array.fromHex(hex)
  );
  for (const name of NAMES) {
    const coded = encode(bytes, [name]);
    for (const rest of garbage) {
      const all = concat([coded, rest]);
      if (name === "zstd") {
        assertStringIncludes(await failure(all, name), "data is c", name);
        continue;
      }
      for (const pieces of [[all], [coded, rest], singles(all)]) {
        const told: string[] = [];
        assertEquals(await decode(pieces, [name], (text) => told.push(text)), bytes, name);
        const shown = name.toLowerCase().replace("x-", "");
        const expected = rest.some((byte) => byte > 0) ? [`Bytes after the end of the ${shown} data were ignored`] : [];
        assertEquals(told, expected, `${name} ${rest.toHex()}`);
      }
    }
  }
});

Deno.test("data that has no such coding is taken as it is, and told", async () => {
  const texts = ["<!DOCTYPE html><html></html>", "h", "hello, plain text ".repeat(20)];
  for (const text of texts.map((text) => new TextEncoder().encode(text))) {
    for (const name of NAMES) {
      for (const pieces of [[text], singles(text)]) {
        const told: string[] = [];
        const decoded = await decode(pieces, [name], (remark) => told.push(remark)).catch(({ message }) => message);
        // A letter may be the beginning of anything.
        if (text.length === 1 && decoded === bad(name, "cut off")) continue;
        assertEquals(decoded, text, name);
        const shown = name.toLowerCase().replace("x-", "");
        assertEquals(told, [`The body is not ${shown}, though its header says so: it is taken as it is`]);
      }
    }
  }
});

Deno.test("gzip headers may have a name, a comment, an extra field and a check sum", async () => {
  const bytes = sample(100, randomFrom(3));
  const [, ...rest] = [encode(bytes, ["gzip"]).subarray(0, 10), encode(bytes, ["gzip"]).subarray(10)];
  const field = (flags: number, ...parts: string[]) =>
    concat([
      Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3),
      ...parts.map((part) => Uint8Array.fromHex(part)),
      ...rest,
    ]);
  for (
    const body of [
      field(8, "6100"),
      field(16, "00"),
      field(4, "0300010203"),
      field(2, "0000"),
      field(31, "0000", "6100", "6200", "0000"),
    ]
  ) {
    assertEquals(await decode([body], ["gzip"]), bytes);
    assertEquals(await decode(singles(body), ["gzip"]), bytes);
    assertEquals(await decode([concat([body, body])], ["gzip"]), concat([bytes, bytes]));
  }
  const endless = concat([Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3), new Uint8Array(200_000).fill(0x61)]);
  assertStringIncludes(`${await decode([endless], ["gzip"]).catch((error) => error)}`, "data is corrupt");
});

Deno.test("a small body that stands for a large one comes in small pieces, one at a time", async () => {
  const size = 1 << 24;
  for (const name of NAMES.filter((name) => name !== "x-gzip")) {
    const body = encode(encode(new Uint8Array(size), [name]), ["gzip"]);
    let [largest, total, busy] = [0, 0, 0];
    const decoder = decoderFor([name, "gzip"], async (bytes) => {
      assertEquals(++busy, 1);
      largest = Math.max(largest, bytes.length);
      total += bytes.length;
      await Promise.resolve();
      busy--;
    })!;
    await decoder.push(body);
    await decoder.end();
    assertEquals(total, size);
    assertLess(largest, 128 * 1024 + 1, name);
  }
});

Deno.test("nothing is decoded while the sink is busy", async () => {
  const body = encode(new Uint8Array(1 << 26), ["gzip"]);
  const { promise, resolve } = Promise.withResolvers<void>();
  let pieces = 0;
  const decoder = decoderFor(["gzip"], () => ++pieces === 1 ? promise : Promise.resolve())!;
  const push = decoder.push(body);
  // Enough turns for a decoder that does not wait to give the next piece.
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  assertEquals(pieces, 1);
  resolve();
  await push;
  await decoder.end();
  assert(pieces >= 512);
});

Deno.test("a failing sink fails the push", async () => {
  for (const name of NAMES) {
    const decoder = decoderFor([name], () => Promise.reject(new Error("disk full")))!;
    const body = encode(sample(200_000, randomFrom(6)), [name]);
    const failed = await assertRejects(() => decoder.push(body).then(() => decoder.end()), Error);
    assertEquals(failed.message, "disk full", name);
    decoder.abort();
    decoder.abort();
  }
});

Deno.test("abort() ends a push that waits, at any time", async () => {
  const bytes = sample(1 << 19, randomFrom(6));
  for (const name of NAMES) {
    const body = encode(bytes, [name]);
    for (let at = 1; at < 8; at++) {
      let pieces = 0;
      const decoder: BodyDecoder = decoderFor([name], async () => {
        if (++pieces < at) return;
        if (at % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
        decoder.abort();
      })!;
      assertEquals((await assertRejects(() => decoder.push(body), DOMException)).name, "AbortError");
      decoder.abort();
    }
  }
});

Deno.test("abort() ends a push for which another thread decodes", async () => {
  const bytes = sample(1 << 19, randomFrom(7));
  for (const name of NAMES) {
    const body = encode(bytes, [name]);
    for (let round = 0; round < 12; round++) {
      const decoder = decoderFor([name], drop)!;
      const pushed = decoder.push(body).then(() => "done", (error) => error.name);
      for (let turns = round % 6; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      decoder.abort();
      assert(["AbortError", "done"].includes(await pushed), name);
    }
  }
});

Deno.test("abort() may come before the first byte, between two, and after the end", async () => {
  for (const name of NAMES) {
    const body = encode(new Uint8Array(100), [name]);
    for (let length = 0; length <= body.length; length++) {
      const decoder = decoderFor([name], drop)!;
      await decoder.push(body.subarray(0, length));
      if (length === body.length) await decoder.end();
      decoder.abort();
      const ending = decoderFor([name], drop)!;
      await ending.push(body.subarray(0, length));
      const end = ending.end().catch((error) => error);
      ending.abort();
      await end;
    }
  }
});

Deno.test("a zstd window that HTTP does not allow is refused", async () => {
  const params = { [zlib.constants.ZSTD_c_windowLog]: 27 };
  const body = new Uint8Array(zlib.zstdCompressSync(new Uint8Array(9 * 1024 * 1024), { params }));
  const error = await assertRejects(() => decode([body], ["zstd"]), SockeyeError);
  assertEquals(error.message, bad("zstd", "corrupt"));
});

Deno.test("any bytes decode or are one protocol error", async () => {
  const random = randomFrom(13);
  for (let round = 0; round < 240; round++) {
    const name = NAMES[round % NAMES.length]!;
    const body = encode(sample(random(200), random), [name]);
    for (let flips = random(3); flips >= 0; flips--) body[random(body.length)] = random(256);
    const ends = await Promise.all(
      [[body], singles(body), randomCuts(body, random)].map((pieces) =>
        decode(pieces, [name]).catch((error) => {
          assert(error instanceof SockeyeError && error.kind === "protocol", `${error}`);
          return "failed";
        })
      ),
    );
    assertEquals([ends[1], ends[2]], [ends[0], ends[0]], `${name} ${body.toHex()}`);
  }
});
