/** Further attempts in one run: they ask only for the rest, if the server proves that it belongs to the same body. */

import * as zlib from "node:zlib";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { toText } from "../http/helpers.ts";
import { fails, fetchFrom, Log, type Scene, sha256, test, type Wishes } from "./helpers.ts";
import { bytesOf, type RawServer, type Script, serveRaw } from "./server.ts";

const TEXT = "0123456789abcdefghij";
const ETAG = 'ETag: "v1"';

/** A 200 with all of a body announced and only the first bytes sent. */
function cut(after: number, fields: readonly string[] = [ETAG], body: Uint8Array = bytesOf(TEXT)): Script {
  const all = [...fields, `Content-Length: ${body.length}`];
  return (exchange) => exchange.answer("200 OK", all, body.subarray(0, after));
}

/** A 206 with what a range asks for. */
function rest(from: number, fields: readonly string[] = [ETAG], body: Uint8Array = bytesOf(TEXT)): Script {
  const range = `Content-Range: bytes ${from}-${body.length - 1}/${body.length}`;
  return (exchange) => exchange.answer("206 Partial Content", [range, ...fields], body.subarray(from));
}

/** A 206 with a range and other bytes of TEXT. */
function part(range: string, [from, to]: [from: number, to: number], ...fields: string[]): Script {
  const all = [`Content-Range: bytes ${range}`, ETAG, ...fields];
  return (exchange) => exchange.answer("206 Partial", all, TEXT.slice(from, to));
}

/** A 416 that says how long the body is. */
const tooFar = (length: number, ...fields: string[]): Script => (exchange) =>
  exchange.answer("416 No", [`Content-Range: bytes */${length}`, ...fields]);

/** Answers in turn. */
const inTurn = (...answers: Script[]): RawServer => serveRaw((exchange) => answers[exchange.number - 1]?.(exchange));

/** Downloads with as many attempts as it takes; what is saved must be TEXT, and its digest right. */
async function completes({ path, folder }: Scene, server: RawServer, wishes: Wishes = {}): Promise<Log> {
  const watch = new Log();
  const result = await fetchFrom(server.url(), { path, retries: 5, digest: true, watch, ...wishes });
  assertEquals(await folder.files(), { file: TEXT });
  assertEquals([result.bytes, result.sha256], [TEXT.length, await sha256(TEXT)]);
  return watch;
}

const OLD = "Mon, 01 Jan 2024 00:00:00 GMT";
const YOUNG = ["Last-Modified: Mon, 01 Jan 2024 00:00:59 GMT", "Date: Mon, 01 Jan 2024 00:01:00 GMT"];
const GZIP = new Uint8Array(zlib.gzipSync(TEXT));
const GZIPPED = [ETAG, "Content-Encoding: gzip"];
const ALL: Script = (exchange) => exchange.answer("200 OK", [ETAG, "Transfer-Encoding: chunked"], `14\r\n${TEXT}\r\n`);
const NEW = ['ETag: "v2"'];
const [LENGTH, CLOSE] = ["Content-Length: 15", "Connection: close"];
const stall: Script = (exchange) => exchange.stall();
const hangUp: Script = () => {};
const mute: Script = (exchange) => exchange.answer("416 No");
const others = (count: number) => bytesOf("x".repeat(count));

/** Range and If-Range of a request for the rest, or for the whole body at byte 0. */
const asked = (from: number, validator = '"v1"') => from === 0 ? [undefined, undefined] : [`bytes=${from}-`, validator];

/** What a retry does, the answers, and the first bytes that are asked for. */
const COMPLETED: [what: string, answers: Script[], from: number[], wishes?: Wishes][] = [
  ["goes on where the retry before was cut", [cut(5), part("5-19/20", [5, 12], LENGTH), rest(12)], [0, 5, 12]],
  ["needs the last byte of a part without length", [cut(5), part("5-19/20", [5, 12], CLOSE), rest(12)], [0, 5, 12]],
  ["does not take a part of the rest for all of it", [cut(5), part("5-9/20", [5, 10]), rest(10)], [0, 5, 10]],
  ["takes a part of a body whose length is unknown", [cut(5), part("5-19/*", [5, 20])], [0, 5]],
  ["does not join a part of something else", [cut(5), rest(5, NEW, others(20)), cut(20, NEW)], [0, 5, 0]],
  ["starts anew when the server has something else now", [cut(5, [ETAG], others(30)), cut(20, NEW)], [0, 5]],
  ["starts anew when the server has less than came already", [cut(5), tooFar(3), cut(20)], [0, 5, 0], { retries: 1 }],
  ["starts anew when the server does not say how much it has", [cut(5), mute, cut(20)], [0, 5, 0], { retries: 1 }],
  ["starts anew when the end is that of something else", [ALL, tooFar(20, ...NEW), cut(20, NEW)], [0, 20, 0]],
  ["asks for the whole body when no byte came", [cut(0), cut(20)], [0, 0]],
  ["asks for the whole body from then on", [cut(5), tooFar(3), hangUp, cut(20)], [0, 5, 0, 0], { retries: 2 }],
  ["does not go on by a weak ETag", [cut(5, ['ETag: W/"v1"']), cut(20)], [0, 0]],
  ["does not go on without a validator", [cut(5, []), cut(20, [])], [0, 0]],
  ["goes on with a coded body", [cut(15, GZIPPED, GZIP), rest(15, GZIPPED, GZIP)], [0, 15]],
  ["completes what was sent already", [ALL, tooFar(20)], [0, 20]],
  ["completes a text that was sent already", [ALL, tooFar(20)], [0, 20], { toUtf8: true }],
  ["comes after silence and after a server that hangs up", [stall, hangUp, cut(20)], [0, 0, 0], { timeout: 60 }],
];

for (const [what, answers, from, wishes] of COMPLETED) {
  test(`a retry ${what}`, async (scene) => {
    await using server = inTurn(...answers);
    await completes(scene, server, wishes);
    assertEquals(server.ranges, from.map((byte) => asked(byte)));
  });
}

test("a retry uses a Last-Modified that is old enough", async (scene) => {
  const fields = [`Last-Modified: ${OLD}`, "Date: Mon, 01 Jan 2024 01:00:00 GMT"];
  await using server = inTurn(cut(5, fields), rest(5, []));
  await completes(scene, server);
  assertEquals(server.ranges, [asked(0), asked(5, OLD)]);
});

test("a retry asks for a part without If-Range where the validator is weak", async (scene) => {
  await using server = inTurn(cut(5, YOUNG), rest(5, YOUNG));
  await completes(scene, server);
  assertEquals(server.ranges, [asked(0), ["bytes=5-", undefined]]);
});

test("a retry goes on where the body was cut, and says so once", async (scene) => {
  await using server = inTurn(cut(5), rest(5));
  const { steps, notices } = await completes(scene, server);
  assertEquals(server.ranges, [asked(0), asked(5)]);
  assertEquals([steps[0], steps.at(-1), notices.length], ["5/20", "20/20", 1]);
});

test("a retry comes after statuses that say not now, and only those", async (scene) => {
  for (const status of [408, 425, 429, 500, 502, 503, 504]) {
    await using server = inTurn((exchange) => exchange.answer(`${status} Later`), cut(20));
    await completes(scene, server);
  }
  for (const status of [400, 401, 403, 404, 410, 501, 505]) {
    await using server = inTurn((exchange) => exchange.answer(`${status} Never`));
    await fails(server.url(), "status", `The server says ${status}`, { retries: 5 });
    assertEquals(server.heads.length, 1);
  }
});

test("the last attempt's failure is told, and what is left", async ({ path, kept }) => {
  await using server = serveRaw(cut(5, []));
  const watch = new Log();
  await fails(server.url(), "protocol", "cut off after 5 of 20 bytes", { path, retries: 2, watch });
  assertEquals(server.heads.length, 3);
  const again = "Bad answer: the body was cut off after 5 of 20 bytes; trying again from the beginning in 0.001 s";
  const reason = "the server sent no strong ETag, and no Last-Modified with a length";
  const left = `5 bytes are kept in ${path}.part, but --resume has to begin again: ${reason}`;
  assertEquals(watch.notices.map((notice) => notice.replace("0.002", "0.001")), [again, again, left]);
  await kept("01234");
});

test("a retry does not repeat what is no passing trouble", async () => {
  await using server = serveRaw((exchange) => exchange.send("garbage\r\n"));
  await fails(server.url(), "protocol", "not a status line", { retries: 5 });
  assertEquals(server.heads.length, 1);
});

test("a signal ends the pause between attempts", async ({ path }) => {
  await using server = serveRaw(() => {});
  const stop = new AbortController();
  const reason = new Error("enough");
  const watch = new Log();
  watch.notice = () => stop.abort(reason);
  const wishes = { path, retries: 5, watch, signal: stop.signal };
  assertStrictEquals(await assertRejects(() => fetchFrom(server.url(), wishes)), reason);
  assertEquals(server.heads.length, 1);
});

test("a stream is continued, and what was streamed is not sent twice", async () => {
  const taken: Uint8Array[] = [];
  const stream = () => new StreamTarget((bytes) => void taken.push(bytes));
  await using server = inTurn(cut(5), rest(5));
  await fetchFrom(server.url(), { stream: stream(), retries: 1 });
  assertEquals(taken.map(toText).join(""), TEXT);
});

test("a stream that cannot begin again fails with what cut it", async () => {
  const passed =
    "Bad answer: the body was cut off after 5 of 20 bytes; it cannot begin again, for 5 bytes have been passed on";
  // The second one has something else by then.
  for (const answers of [[cut(5, [])], [cut(5), cut(20, NEW)]]) {
    await using server = inTurn(...answers);
    const stream = new StreamTarget(() => {});
    const { message } = await fails(server.url(), "protocol", passed, { stream, retries: 9 });
    assertEquals([message, server.heads.length], [passed, answers.length], "further attempts cannot help");
  }
});

test("attempts that bring more are not counted, others are", async (scene) => {
  const more = (from: number, to: number) => part(`${from}-19/20`, [from, to], LENGTH.replace("15", `${20 - from}`));
  const steps = [5, 6, 8, 9, 12, 15, 17].map((from, i, all) => more(from, all[i + 1] ?? 20));
  await using server = inTurn(cut(5), ...steps);
  await completes(scene, server, { retries: 1 });
  assertEquals(server.heads.length, 8);
  await Deno.writeTextFile(scene.path, "old");
  await using stuck = inTurn(cut(5), more(5, 6), more(6, 6), more(6, 6), more(6, 6));
  await fails(stuck.url(), "protocol", "cut off after 0 of 14 bytes", { path: scene.path, retries: 2 });
  assertEquals(stuck.heads.length, 4);
});
