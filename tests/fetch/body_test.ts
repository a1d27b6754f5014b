import * as zlib from "node:zlib";
import { assertEquals, assertRejects } from "@std/assert";
import { Body, type BodyOptions } from "../../lib/fetch/body.ts";
import { HOLD_MS } from "../../lib/fetch/limits.ts";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { openTarget } from "../../lib/fetch/target.ts";
import { Fields } from "../../lib/http/head.ts";
import type { CodingOptions } from "../../lib/http/kept_coding.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { toText } from "../http/helpers.ts";
import { FakeClock, isSettled } from "../support/clock.ts";
import { Folder, FRESH, PLAIN, refusal, sha256 } from "./helpers.ts";
import { bytesOf } from "./server.ts";

/** What a test wants of a body: options, and fields of the answer. */
type Wanted = Partial<BodyOptions> & { readonly codings?: string; readonly type?: string };

async function open(wanted: Wanted, target: StreamTarget, origin?: CodingOptions): Promise<Body> {
  const { codings = "", type = "", ...options } = wanted;
  const fields = new Fields();
  fields.add("Content-Encoding", codings);
  fields.add("Content-Type", type);
  return await Body.open(target, { ...PLAIN, ...options }, fields, origin);
}

/** Saves a whole body that comes in pieces of a size; gives what is saved, a character a byte. */
async function save(bytes: Uint8Array, wanted: Wanted = {}, size = bytes.length || 1, origin: CodingOptions = {}) {
  let text = "";
  const target = new StreamTarget((piece) => void (text += toText(piece)));
  const body = await open(wanted, target, origin);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.slice(at, at + size);
    await body.write(piece);
    piece.fill(0x2a); // The buffer is used again.
  }
  await body.end();
  return { body, target, text };
}

const gzip = (content: string | Uint8Array) => new Uint8Array(zlib.gzipSync(content));

Deno.test("Body saves what comes as it is and counts it", async () => {
  const { text, body, target } = await save(bytesOf("\x00\xff plain"), {}, 3);
  assertEquals([text, body.received, target.size, body.verbatim], ["\x00\xff plain", 8, 8, true]);
  assertEquals(body.digest(), undefined);
});

Deno.test("Body takes the digest of what is saved, and of what an earlier run saved", async () => {
  const digest = true;
  assertEquals((await save(gzip("hello"), { codings: "gzip", digest }, 1)).body.digest(), await sha256("hello"));
  assertEquals((await save(new Uint8Array(), { digest })).body.digest(), await sha256(""));
  const body = await open({ digest }, new StreamTarget(() => {}));
  body.include(bytesOf("hel"));
  await body.write(bytesOf("lo"));
  assertEquals(body.digest(), await sha256("hello"));
});

Deno.test("Body undoes the codings of the answer, unless it is to stay raw", async () => {
  const twice = new Uint8Array(zlib.gzipSync(zlib.deflateSync("twice")));
  for (const size of [1, 7, twice.length]) {
    const { text, body } = await save(twice, { codings: "deflate, gzip" }, size);
    assertEquals([text, body.received, body.verbatim], ["twice", twice.length, false]);
  }
  const { text, body } = await save(twice, { codings: "deflate, gzip", raw: true });
  assertEquals([text, body.verbatim], [toText(twice), true]);
});

Deno.test("Body saves no more than its size, also of a few bytes that stand for many", async () => {
  assertEquals((await save(bytesOf("12345"), { maxSize: 5 })).target.size, 5);
  await refusal(() => save(bytesOf("12345"), { maxSize: 4 }), "larger than 4 bytes (--max-size)");
  const target = new StreamTarget(() => {});
  const bomb = await open({ codings: "gzip", maxSize: 100_000 }, target);
  await refusal(() => bomb.write(gzip(new Uint8Array(10_000_000))), "(--max-size)");
  bomb.abort();
  assertEquals(target.size <= 100_000, true);
});

Deno.test("Body counts what is there already", async () => {
  const target = new StreamTarget(() => {});
  target.size = 90;
  const body = await open({ maxSize: 100 }, target);
  await body.write(new Uint8Array(10));
  await refusal(() => body.write(new Uint8Array(1)), "larger than 100 bytes");
});

const CHINESE = "你好，世界";
const GBK = toText(encodeText(CHINESE, "gbk"));
const META = '<html><meta charset="gbk"><title>';
const UTF8_META = META.replace("gbk", "utf-8");
const filler = "<!-- filler -->".repeat(200);

Deno.test("Body turns text into UTF-8, however it is cut", async () => {
  const cases: [type: string, sent: string, saved: string][] = [
    ["text/plain; charset=gbk", GBK, CHINESE],
    ["text/plain", "\xff\xfe\x60\x4f\x7d\x59", "你好"],
    ["text/plain; charset=gbk", "\xfe\xff\x4f\x60", "你"],
    ["text/html", META + GBK, UTF8_META + CHINESE],
    ["text/html", META + GBK + filler, UTF8_META + CHINESE + filler],
    ["text/plain", "plain", "plain"],
    ["text/html; charset=utf-8", "\xe4\xbd\xa0", "你"],
    ["text/html; charset=gbk", "", ""],
  ];
  for (const [type, sent, saved] of cases) {
    for (const size of [1, 5, 1024, 100_000]) {
      const { text } = await save(bytesOf(sent), { type, toUtf8: true }, size);
      assertEquals(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(text)), saved, `${type} by ${size}`);
    }
  }
});

Deno.test("Body does not take for text what stays packed", async () => {
  const packed = gzip(bytesOf(GBK));
  const wanted = { codings: "gzip", type: "text/plain; charset=gbk", toUtf8: true };
  for (const [options, origin] of [[{ raw: true }, {}], [{}, { identity: true }], [{}, { name: "a.gz" }]] as const) {
    const { text, body } = await save(packed, { ...wanted, ...options }, 2, origin);
    assertEquals([text, body.verbatim], [toText(packed), true]);
  }
});

Deno.test("Body undoes the coding before the charset", async () => {
  const type = "text/plain; charset=gbk";
  const { text, body } = await save(gzip(bytesOf(GBK)), { codings: "gzip", type, toUtf8: true }, 2);
  assertEquals([new TextDecoder().decode(bytesOf(text)), body.verbatim], [CHINESE, false]);
});

Deno.test("Body leaves alone what is no text, however it begins", async () => {
  for (const type of ["audio/mpeg", "image/png", "application/octet-stream"]) {
    const bytes = "\xff\xfe\x00\xd8 no text \x80";
    assertEquals((await save(bytesOf(bytes), { type, toUtf8: true })).text, bytes, type);
  }
});

Deno.test("Body keeps to its rate, and makes up for time that was lost", async () => {
  using clock = new FakeClock();
  const body = await open({ rate: 1000 }, new StreamTarget(() => {}));
  const write = (bytes: number) => body.write(new Uint8Array(bytes));
  for (const bytes of [500, 100]) {
    const writing = write(bytes);
    await clock.advance(bytes - 1);
    assertEquals(await isSettled(writing), false);
    await clock.advance(1);
    await writing;
  }
  await clock.advance(2000);
  assertEquals(await isSettled(write(1500)), true, "they had 2 seconds");
  assertEquals(await isSettled(write(500)), true);
  const more = write(1);
  assertEquals(await isSettled(more), false);
  await clock.advance(1);
  await more;
  assertEquals(clock.pending, 0);
});

Deno.test("Body holds text back from a reader for some time at most, and from a file until it is sure", async () => {
  const most = HOLD_MS.most;
  Object.assign(HOLD_MS, { most: 1 });
  try {
    let text = "";
    let taken = Promise.withResolvers<void>();
    const target = new StreamTarget((piece) => {
      text += toText(piece);
      taken.resolve();
    });
    const body = await open({ toUtf8: true, type: "text/html" }, target);
    await body.write(bytesOf("<p>\xc4\xe3"));
    assertEquals(text, "<p>");
    taken = Promise.withResolvers();
    await taken.promise;
    assertEquals(text, "<p>\xc4\xe3");
    await body.write(bytesOf("<meta charset=gbk>\xc4\xe3"));
    await body.end();
    assertEquals(text, "<p>\xc4\xe3<meta charset=utf-8>\xe4\xbd\xa0", "it is too late for the first character");
    await using folder = await Folder.make();
    const file = await openTarget(folder.at("file"), FRESH);
    const fields = new Fields();
    fields.add("Content-Type", "text/html");
    const saved = await Body.open(file, { ...PLAIN, toUtf8: true }, fields);
    await saved.write(bytesOf("<p>\xc4\xe3"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await saved.write(bytesOf("<meta charset=gbk>"));
    await saved.end();
    await file.commit();
    assertEquals(await Deno.readTextFile(folder.at("file")), "<p>你<meta charset=utf-8>");
  } finally {
    Object.assign(HOLD_MS, { most });
  }
});

Deno.test("Body throws the failure of a reader that it did not let wait", async () => {
  const most = HOLD_MS.most;
  Object.assign(HOLD_MS, { most: 1 });
  try {
    const failed = Promise.withResolvers<void>();
    const target = new StreamTarget(() => {
      failed.resolve();
      throw new Error("gone");
    });
    const body = await open({ toUtf8: true, type: "text/html" }, target);
    await body.write(bytesOf("\xc4\xe3"));
    await failed.promise;
    await assertRejects(() => body.end(), Error, "gone");
  } finally {
    Object.assign(HOLD_MS, { most });
  }
});
