/** Further attempts in one run: they ask only for the rest, if the server proves that it belongs to the same body. */

import * as zlib from "node:zlib";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { toText } from "../http/helpers.ts";
import { fails, fetchFrom, Folder, impatient, Log, sha256, type Wishes } from "./helpers.ts";
import { bytesOf, type Exchange, type RawServer, serveRaw } from "./server.ts";

const TEXT = "0123456789abcdefghij";
const ETAG = 'ETag: "v1"';

/** One answer: `CUT` of TEXT after so many bytes, or whatever the function does. */
type Answer = (exchange: Exchange) => void | Promise<void>;

/** A 200 with all of a body announced and only the first bytes sent. */
function cut(after: number, fields: readonly string[] = [ETAG], body: Uint8Array = bytesOf(TEXT)): Answer {
  const all = [...fields, `Content-Length: ${body.length}`];
  return (exchange) => exchange.answer("200 OK", all, body.subarray(0, after));
}

/** A 206 with what a range asks for. */
function rest(from: number, fields: readonly string[] = [ETAG], body: Uint8Array = bytesOf(TEXT)): Answer {
  const range = `Content-Range: bytes ${from}-${body.length - 1}/${body.length}`;
  return (exchange) => exchange.answer("206 Partial Content", [range, ...fields], body.subarray(from));
}

/** Answers in turn. */
function inTurn(...answers: Answer[]): RawServer {
  return serveRaw((exchange) => answers[exchange.number - 1]?.(exchange));
}

/** Range and If-Range of each request. */
function ranges({ exchanges }: RawServer): (string | undefined)[][] {
  return exchanges.map((exchange) => [exchange.field("range"), exchange.field("if-range")]);
}

/** Downloads with as many attempts as it takes; what is saved must be TEXT, and its digest right. */
async function completes(server: RawServer, wishes: Wishes = {}): Promise<Log> {
  using _quick = impatient();
  await using folder = await Folder.make();
  const watch = new Log();
  const result = await fetchFrom(server.url(), { path: folder.at("file"), retries: 5, digest: true, watch, ...wishes });
  assertEquals([await folder.names(), await folder.get("file")], [["file"], TEXT]);
  assertEquals([result.bytes, result.sha256], [TEXT.length, await sha256(TEXT)]);
  return watch;
}

Deno.test("a retry goes on where the body was cut", async () => {
  await using server = inTurn(cut(5), rest(5));
  const { steps, notices } = await completes(server);
  assertEquals(ranges(server), [[undefined, undefined], ["bytes=5-", '"v1"']]);
  assertEquals([steps[0], steps.at(-1)], ["5/20", "20/20"]);
  assertEquals(notices.length, 1);
});

Deno.test("a retry goes on where the retry before was cut", async () => {
  const halfRest: Answer = (exchange) =>
    exchange.answer("206 Partial", ["Content-Range: bytes 5-19/20", ETAG, "Content-Length: 15"], TEXT.slice(5, 12));
  await using server = inTurn(cut(5), halfRest, rest(12));
  await completes(server);
  assertEquals(ranges(server).slice(1), [["bytes=5-", '"v1"'], ["bytes=12-", '"v1"']]);
});

Deno.test("a retry starts anew when the server ignores ranges, or has something else now", async () => {
  await using server = inTurn(cut(5, [ETAG], bytesOf("x".repeat(30))), cut(20, ['ETag: "v2"']));
  await completes(server);
});

Deno.test("a retry uses a Last-Modified that is old enough", async () => {
  const old = "Mon, 01 Jan 2024 00:00:00 GMT";
  await using server = inTurn(cut(5, [`Last-Modified: ${old}`, "Date: Mon, 01 Jan 2024 01:00:00 GMT"]), rest(5, []));
  await completes(server);
  assertEquals(ranges(server)[1], ["bytes=5-", old]);
});

for (
  const [name, fields] of [
    ["a weak ETag", ['ETag: W/"v1"']],
    ["a Last-Modified of this very minute", [
      "Last-Modified: Mon, 01 Jan 2024 00:00:59 GMT",
      "Date: Mon, 01 Jan 2024 00:01:00 GMT",
    ]],
    ["nothing", []],
  ] as const
) {
  Deno.test(`a retry asks for the whole body when it is proved by ${name}`, async () => {
    await using server = inTurn(cut(5, fields), cut(20, fields));
    await completes(server);
    assertEquals(ranges(server)[1], [undefined, undefined]);
  });
}

Deno.test("a retry goes on with a coded body", async () => {
  const gzip = new Uint8Array(zlib.gzipSync(TEXT));
  const fields = [ETAG, "Content-Encoding: gzip"];
  await using server = inTurn(cut(15, fields, gzip), rest(15, fields, gzip));
  await completes(server);
  assertEquals(ranges(server)[1], ["bytes=15-", '"v1"']);
});

Deno.test("a retry that finds everything sent already completes the file", async () => {
  const all: Answer = (exchange) =>
    exchange.answer("200 OK", [ETAG, "Transfer-Encoding: chunked"], `14\r\n${TEXT}\r\n`);
  const nothingMore: Answer = (exchange) => exchange.answer("416 No", ["Content-Range: bytes */20"]);
  await using server = inTurn(all, nothingMore);
  await completes(server);
  await using text = inTurn(all, nothingMore);
  await completes(text, { toUtf8: true });
});

Deno.test("a retry starts anew when the server has less than came already", async () => {
  const less: Answer = (exchange) => exchange.answer("416 No", ["Content-Range: bytes */3"]);
  await using server = inTurn(cut(5), less, cut(20));
  await completes(server, { retries: 1 });
  assertEquals(ranges(server)[2], [undefined, undefined]);
});

Deno.test("after a retry that could not be continued every attempt asks for the whole body", async () => {
  const less: Answer = (exchange) => exchange.answer("416 No", ["Content-Range: bytes */3"]);
  await using server = inTurn(cut(5), less, () => {}, cut(20));
  await completes(server, { retries: 2 });
  assertEquals(ranges(server).map(([range]) => range), [undefined, "bytes=5-", undefined, undefined]);
});

Deno.test("a part that begins elsewhere is refused", async () => {
  await using folder = await Folder.make();
  using _quick = impatient();
  for (
    const [range, words] of [["bytes 4-19/20", "asked for byte 5"], ["bytes 5-x/20", "not a Content-Range"]] as const
  ) {
    const wrong: Answer = (exchange) =>
      exchange.answer("206 Partial", [`Content-Range: ${range}`, ETAG], TEXT.slice(4));
    await using server = inTurn(cut(5), wrong);
    await fails(server.url(), "protocol", words, { path: folder.at("file"), retries: 1 });
    assertEquals(await folder.get("file"), undefined);
  }
});

Deno.test("a part that is not all of the rest does not make the file complete", async () => {
  const short: Answer = (exchange) =>
    exchange.answer("206 Partial", ["Content-Range: bytes 5-9/20", ETAG], TEXT.slice(5, 10));
  await using server = inTurn(cut(5), short, rest(10));
  await completes(server);
});

Deno.test("a part of something else is not joined to what came", async () => {
  const other: Answer = rest(5, ['ETag: "v2"'], bytesOf("x".repeat(20)));
  await using server = inTurn(cut(5), other, cut(20, ['ETag: "v2"']));
  await completes(server);
});

Deno.test("a retry comes after statuses that say not now, and only those", async () => {
  for (const status of [408, 425, 429, 500, 502, 503, 504]) {
    await using server = inTurn((exchange) => exchange.answer(`${status} Later`), cut(20));
    await completes(server);
  }
  for (const status of [400, 401, 403, 404, 410, 501, 505]) {
    await using server = inTurn((exchange) => exchange.answer(`${status} Never`));
    await fails(server.url(), "status", `The server says ${status}`, { retries: 5 });
    assertEquals(server.heads.length, 1);
  }
});

Deno.test("a retry comes after silence and after a server that hangs up", async () => {
  await using server = inTurn((exchange) => exchange.stall(), () => {}, cut(20));
  await completes(server, { timeout: 60 });
  assertEquals(server.heads.length, 3);
});

Deno.test("the last attempt's failure is told", async () => {
  using _quick = impatient();
  await using folder = await Folder.make();
  await using server = serveRaw(cut(5, []));
  const watch = new Log();
  const path = await folder.put("file", "old");
  await fails(server.url(), "protocol", "cut off after 5 of 20 bytes", { path, retries: 2, watch });
  assertEquals([server.heads.length, watch.notices.length, await folder.get("file")], [3, 2, "old"]);
});

Deno.test("a retry does not repeat what is no passing trouble", async () => {
  await using server = serveRaw((exchange) => exchange.send("garbage\r\n"));
  await fails(server.url(), "protocol", "not a status line", { retries: 5 });
  assertEquals(server.heads.length, 1);
});

Deno.test("a signal ends the pause between attempts", async () => {
  await using folder = await Folder.make();
  await using server = serveRaw(() => {});
  const stop = new AbortController();
  const reason = new Error("enough");
  const watch = new Log();
  watch.notice = () => stop.abort(reason);
  const wishes = { path: folder.at("file"), retries: 5, watch, signal: stop.signal };
  assertStrictEquals(await assertRejects(() => fetchFrom(server.url(), wishes)), reason);
  assertEquals(server.heads.length, 1);
});

Deno.test("a stream is continued, and what was streamed is not sent twice", async () => {
  using _quick = impatient();
  const taken: Uint8Array[] = [];
  const stream = () => new StreamTarget((bytes) => void taken.push(bytes));
  await using server = inTurn(cut(5), rest(5));
  await fetchFrom(server.url(), { stream: stream(), retries: 1 });
  assertEquals(taken.map(toText).join(""), TEXT);
  await using hopeless = serveRaw(cut(5, []));
  await fails(hopeless.url(), "session", "Cannot start again", { stream: stream(), retries: 9 });
  assertEquals(hopeless.heads.length, 2, "further attempts cannot help");
});

Deno.test("a part that does not tell its length is complete only with its last byte", async () => {
  const cutRest: Answer = (exchange) =>
    exchange.answer("206 Partial", ["Content-Range: bytes 5-19/20", ETAG, "Connection: close"], TEXT.slice(5, 12));
  await using server = inTurn(cut(5), cutRest, rest(12));
  await completes(server);
});
