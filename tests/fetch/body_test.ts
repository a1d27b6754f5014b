import { createHash } from "node:crypto";
import * as zlib from "node:zlib";
import { assertEquals, assertRejects } from "@std/assert";
import { type ErrorKind, SockeyeError } from "../../lib/errors.ts";
import { Body, type BodyRules } from "../../lib/fetch/body.ts";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { sha256 } from "./helpers.ts";
import { bytesOf } from "./server.ts";

/** A body and what is saved of it, a character a byte. */
class Saved {
  readonly body: Body;
  readonly target = new StreamTarget((bytes) => void this.#pieces.push(bytes));
  readonly #pieces: Uint8Array[] = [];

  constructor(rules: Partial<BodyRules> = {}) {
    this.body = new Body(this.target, { codings: [], maxSize: Infinity, ...rules });
  }

  /** Writes all in pieces of a size. */
  async write(bytes: Uint8Array, size = bytes.length || 1): Promise<this> {
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.slice(at, at + size);
      await this.body.write(piece);
      piece.fill(0x2a); // The buffer is used again.
    }
    await this.body.end();
    return this;
  }

  get text(): string {
    return this.#pieces.map((piece) => Array.from(piece, (byte) => String.fromCharCode(byte)).join("")).join("");
  }

  get utf8(): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(this.text));
  }
}

async function fails(kind: ErrorKind, words: string, work: () => Promise<unknown>): Promise<void> {
  assertEquals((await assertRejects(work, SockeyeError, words)).kind, kind);
}

Deno.test("Body saves what comes as it is and counts it", async () => {
  const saved = await new Saved().write(bytesOf("\x00\xff plain"), 3);
  assertEquals([saved.text, saved.body.received, saved.target.size, saved.body.verbatim], [
    "\x00\xff plain",
    8,
    8,
    true,
  ]);
  assertEquals(saved.body.digest(), undefined);
});

Deno.test("Body takes the digest of what is saved, and of what an earlier run saved", async () => {
  const gzip = zlib.gzipSync("hello");
  const coded = await new Saved({ codings: ["gzip"], hash: createHash("sha256") }).write(gzip, 1);
  assertEquals(coded.body.digest(), await sha256("hello"));
  const continued = new Saved({ hash: createHash("sha256") });
  continued.body.include(bytesOf("hel"));
  assertEquals((await continued.write(bytesOf("lo"))).body.digest(), await sha256("hello"));
  assertEquals(
    (await new Saved({ hash: createHash("sha256") }).write(new Uint8Array())).body.digest(),
    await sha256(""),
  );
});

for (
  const [coding, encode] of [
    ["gzip", zlib.gzipSync],
    ["deflate", zlib.deflateSync],
    ["br", zlib.brotliCompressSync],
  ] as const
) {
  Deno.test(`Body undoes ${coding}, however it is cut`, async () => {
    const bytes = new Uint8Array(encode("a text that repeats ".repeat(100)));
    for (const size of [1, 7, bytes.length]) {
      const saved = await new Saved({ codings: [coding] }).write(bytes, size);
      assertEquals(saved.text, "a text that repeats ".repeat(100));
      assertEquals([saved.body.received, saved.body.verbatim], [bytes.length, false]);
    }
  });
}

Deno.test("Body undoes codings from the last to the first", async () => {
  const bytes = new Uint8Array(zlib.gzipSync(zlib.deflateSync("twice")));
  assertEquals((await new Saved({ codings: ["deflate", "gzip"] }).write(bytes)).text, "twice");
});

Deno.test("Body tells of coded data that is cut off or corrupt", async () => {
  const bytes = new Uint8Array(zlib.gzipSync("hello"));
  await fails("protocol", "cut off", () => new Saved({ codings: ["gzip"] }).write(bytes.subarray(0, -1)));
  await fails("protocol", "corrupt", () => new Saved({ codings: ["gzip"] }).write(bytesOf("this is no gzip data")));
});

Deno.test("Body saves no more than its size, also of a few bytes that stand for many", async () => {
  assertEquals((await new Saved({ maxSize: 5 }).write(bytesOf("12345"))).target.size, 5);
  await fails("file", "larger than 4 bytes (--max-size)", () => new Saved({ maxSize: 4 }).write(bytesOf("12345")));
  const bomb = new Saved({ codings: ["gzip"], maxSize: 100_000 });
  await fails("file", "(--max-size)", () => bomb.body.write(new Uint8Array(zlib.gzipSync(new Uint8Array(10_000_000)))));
  bomb.body.abort();
  assertEquals(bomb.target.size <= 100_000, true);
});

Deno.test("Body counts what is there already", async () => {
  const target = new StreamTarget(() => {});
  target.size = 90;
  const body = new Body(target, { codings: [], maxSize: 100 });
  await body.write(new Uint8Array(10));
  await fails("file", "larger than 100 bytes", () => body.write(new Uint8Array(1)));
});

const CHINESE = "你好，世界";
const GBK = encodeText(CHINESE, "gbk");
const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const META = '<html><meta charset="gbk"><title>';
const filler = "<!-- filler -->".repeat(200);

for (
  const [name, contentType, bytes, expected] of [
    ["the charset of the header", "text/plain; charset=gbk", latin1(GBK), CHINESE],
    ["a byte order mark", "text/plain", "\xff\xfe\x60\x4f\x7d\x59", "你好"],
    ["a byte order mark against the header", "text/plain; charset=gbk", "\xfe\xff\x4f\x60", "你"],
    [
      "a meta, which then names utf-8",
      "text/html",
      `${META}${latin1(GBK)}`,
      `<html><meta charset="utf-8"><title>${CHINESE}`,
    ],
    [
      "a meta of a long page",
      "text/html",
      `${META}${latin1(GBK)}${filler}`,
      `<html><meta charset="utf-8"><title>${CHINESE}${filler}`,
    ],
    ["no charset at all", "text/plain", "plain", "plain"],
    ["utf-8", "text/html; charset=utf-8", "\xe4\xbd\xa0", "你"],
    ["an empty body", "text/html; charset=gbk", "", ""],
  ] as const
) {
  Deno.test(`Body turns text into UTF-8 by ${name}, however it is cut`, async () => {
    for (const size of [1, 5, 1024, 100_000]) {
      assertEquals(
        (await new Saved({ toUtf8: { contentType } }).write(bytesOf(bytes), size)).utf8,
        expected,
        `${size}`,
      );
    }
  });
}

Deno.test("Body undoes the coding before the charset", async () => {
  const gzip = new Uint8Array(zlib.gzipSync(GBK));
  const saved = await new Saved({ codings: ["gzip"], toUtf8: { contentType: "text/plain; charset=gbk" } }).write(
    gzip,
    2,
  );
  assertEquals(saved.utf8, CHINESE);
  assertEquals(saved.body.verbatim, false);
});

Deno.test("Body leaves alone what is no text, however it begins", async () => {
  for (const contentType of ["audio/mpeg", "image/png", "application/octet-stream"]) {
    const bytes = "\xff\xfe\x00\xd8 no text \x80";
    assertEquals((await new Saved({ toUtf8: { contentType } }).write(bytesOf(bytes))).text, bytes, contentType);
  }
});

Deno.test("Body keeps to its rate", async () => {
  const started = performance.now();
  await new Saved({ rate: 10_000 }).write(new Uint8Array(1000), 100);
  assertEquals(performance.now() - started >= 90, true);
});
