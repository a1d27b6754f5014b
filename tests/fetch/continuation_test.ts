/** What is kept of a body that is cut, whether a later run goes on with it, and what the user is told of that. */

import * as zlib from "node:zlib";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { LONG_BYTES } from "../../lib/fetch/limits.ts";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { fails, fetchFrom, Log, test, type Wishes } from "./helpers.ts";
import { type Exchange, serveRaw } from "./server.ts";

const TEXT = "0123456789abcdefghij";
const OLD = "Mon, 01 Jan 2024 00:00:00 GMT";
const MODIFIED = `Last-Modified: ${OLD}`;
const DATE = "Date: Tue, 02 Jan 2024 00:00:00 GMT";
const GZIP = new Uint8Array(zlib.gzipSync(TEXT));

/** Announces a body of twenty bytes and sends five. */
const cut = (exchange: Exchange, fields: readonly string[]) =>
  exchange.answer("200 OK", [...fields, "Content-Length: 20"], TEXT.slice(0, 5));

for (
  const [what, fields, note] of [
    ["a strong ETag", ['ETag: "v1"'], { validator: '"v1"', etag: '"v1"', total: 20 }],
    ["an old date", [MODIFIED, DATE], { validator: OLD, modified: OLD, total: 20 }],
    ["a weak ETag and a date", ['ETag: W/"v1"', MODIFIED], { etag: 'W/"v1"', modified: OLD, total: 20 }],
    ["an ETag without quotes and a date", ["ETag: v1", MODIFIED], { etag: "v1", modified: OLD, total: 20 }],
    ["a date without that of the answer", [MODIFIED], { modified: OLD, total: 20 }],
    ["a date that is no date", ["Last-Modified: today"], { modified: "today", total: 20 }],
  ] as const
) {
  test(`--resume goes on by ${what}`, async ({ folder, path }) => {
    await using server = serveRaw((exchange) => {
      if (exchange.number === 1) return cut(exchange, fields);
      return exchange.answer("206 So", [...fields, "Content-Range: bytes 5-19/20"], TEXT.slice(5));
    });
    const watch = new Log();
    await fails(server.url(), "protocol", "cut off after 5 of 20 bytes", { path, watch });
    assertEquals(watch.notices, [`5 bytes are kept in ${path}.part: --resume goes on with them`]);
    assertEquals(JSON.parse(await folder.get("file.part.json") ?? ""), { url: server.url().href, ...note });
    await fetchFrom(server.url(), { path, resume: true, watch });
    assertEquals([await folder.files(), watch.notices.length], [{ file: TEXT }, 1]);
    assertEquals(server.ranges[1], ["bytes=5-", "validator" in note ? note.validator : undefined]);
  });
}

const UNKNOWN = "the server sent no strong ETag, and no Last-Modified with a length";
const NO_PARTS = "the server sends no parts";
const DECODED = "they are decoded, unlike what the server sends";
const PAGE = "text".repeat(1000);
const text = (exchange: Exchange) =>
  exchange.answer("200 OK", ['ETag: "v1"', "Content-Type: text/plain; charset=utf-8", "Content-Length: 9999"], PAGE);
const gzip = (exchange: Exchange) =>
  exchange.answer("200 OK", ['ETag: "v1"', "Content-Encoding: gzip", "Content-Length: 99"], GZIP);
const chunks = (exchange: Exchange) =>
  exchange.answer("200 OK", [MODIFIED, "Transfer-Encoding: chunked"], `14\r\n${TEXT}\r\n`);

for (
  const [what, script, reason, part, wishes] of [
    ["no version", (exchange: Exchange) => cut(exchange, []), UNKNOWN, "01234"],
    [
      "Accept-Ranges: none",
      (exchange: Exchange) => cut(exchange, ['ETag: "v1"', "Accept-Ranges: None"]),
      NO_PARTS,
      "01234",
    ],
    ["a weak ETag", (exchange: Exchange) => cut(exchange, ['ETag: W/"v1"']), UNKNOWN, "01234"],
    ["a date without a length", chunks, UNKNOWN, TEXT],
    ["decoded bytes", gzip, DECODED, TEXT],
    ["converted text", text, DECODED, PAGE, { toUtf8: true }],
    ["a POST", (exchange: Exchange) => cut(exchange, ['ETag: "v1"']), "they answer a POST", "01234", {
      method: "POST",
    }],
    [
      "a range of the user's",
      (exchange: Exchange) => cut(exchange, ['ETag: "v1"']),
      "-H asked for a range",
      "01234",
      { fields: [["Range", "bytes=0-19"]] },
    ],
  ] as [string, (exchange: Exchange) => Promise<void>, string, string, Wishes?][]
) {
  test(`what came is kept and --resume begins again, by ${what}`, async ({ folder, path, kept }) => {
    await using server = serveRaw((exchange) =>
      exchange.number === 1 ? script(exchange) : exchange.answer("200 OK", [], TEXT)
    );
    const watch = new Log();
    await fails(server.url(), "protocol", "Bad answer", { path, watch, ...wishes });
    const notice = `${part.length} bytes are kept in ${path}.part, but --resume has to begin again: ${reason}`;
    assertEquals(watch.notices, [notice]);
    await kept(part);
    await folder.put("file.part", part);
    await Deno.remove(path);
    watch.notices.length = 0;
    await fetchFrom(server.url(), { path, resume: true, watch, ...wishes });
    assertEquals(await folder.files(), { file: TEXT });
    // Of the others a part is not even looked for.
    const looked =
      `The ${part.length} bytes in ${path}.part cannot be continued: no note says that they are of this body`;
    assertEquals(watch.notices, wishes ? [] : [looked]);
    assertEquals(server.exchanges[1]?.field("range"), wishes?.fields?.[0]?.[1]);
  });
}

test("a part of a weak version that is complete is proved so by its last byte", async ({ folder, path }) => {
  for (const [modified, requests] of [[OLD, 1], ["Sun, 07 Jan 2024 00:00:00 GMT", 2]] as const) {
    await using server = serveRaw((exchange) => {
      const fields = [`Last-Modified: ${modified}`];
      if (exchange.number === 2) return exchange.answer("200 OK", fields, TEXT);
      return exchange.answer("206 So", [...fields, "Content-Range: bytes 19-19/20"], "j");
    });
    await folder.put("file.part", TEXT);
    await folder.put("file.part.json", JSON.stringify({ url: server.url().href, modified: OLD, total: 20 }));
    await fetchFrom(server.url(), { path, resume: true });
    assertEquals([await folder.files(), server.heads.length], [{ file: TEXT }, requests]);
    assertEquals(server.ranges[0], ["bytes=19-", undefined]);
  }
});

test("bytes that cannot be gone on with are given up with a word", async ({ folder, path }) => {
  for (
    const [status, fields, words] of [
      ["206 So", ["Content-Range: bytes 6-19/20", 'ETag: "v1"'], "the answer is not the rest of them"],
      ["200 OK", ['ETag: "v2"', "Content-Length: 20"], "the server sends the whole body again"],
    ] as const
  ) {
    await using server = serveRaw((exchange) =>
      exchange.number === 1 ? exchange.answer(status, fields, TEXT) : exchange.answer("200 OK", [], TEXT)
    );
    await folder.put("file.part", "xxxxx");
    await folder.put("file.part.json", JSON.stringify({ url: server.url().href, validator: '"v1"' }));
    const watch = new Log();
    await fetchFrom(server.url(), { path, resume: true, watch });
    assertEquals(watch.notices, [`Beginning again without the 5 bytes that had come: ${words}`]);
    assertEquals(await folder.files(), { file: TEXT });
  }
});

/** Sends so many bytes, with or without their length. */
async function pour(exchange: Exchange, bytes: number, fields: readonly string[]): Promise<void> {
  await exchange.send(["HTTP/1.1 200 OK", ...fields, "", ""].join("\r\n"));
  const piece = new Uint8Array(1024 * 1024);
  for (let left = bytes; left > 0; left -= piece.length) await exchange.send(piece.subarray(0, left));
}

for (
  const [what, bytes, fields, notices] of [
    ["its length is known", LONG_BYTES, [`Content-Length: ${LONG_BYTES}`], 1],
    ["its length is not known", LONG_BYTES, [], 1],
    ["it is short", LONG_BYTES - 1, [], 0],
    ["it can be continued", LONG_BYTES, [MODIFIED, `Content-Length: ${LONG_BYTES}`], 0],
  ] as const
) {
  test(`a long download says so once when it could not be continued: ${what}`, async ({ path }) => {
    await using server = serveRaw((exchange) => pour(exchange, bytes, fields));
    const watch = new Log();
    let before: number | undefined;
    watch.onProgress = () => before ??= watch.notices.length;
    await fetchFrom(server.url(), { path, watch });
    assertEquals([watch.notices.length, before], [notices, fields.length > 0 ? notices : 0]);
    if (notices > 0) assertStringIncludes(watch.notices.join(), "If this is cut off, --resume has to begin again: the");
  });
}

test("a long download to a stream, which keeps nothing anyway, says nothing", async () => {
  await using server = serveRaw((exchange) => pour(exchange, LONG_BYTES, []));
  const watch = new Log();
  await fetchFrom(server.url(), { stream: new StreamTarget(() => {}), watch });
  assertEquals(watch.notices, []);
});
