/** One answer and what becomes of it: framing, cuts, silence, sizes, statuses. */

import * as zlib from "node:zlib";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { toText } from "../http/helpers.ts";
import { fails, fetchFrom, Log, sha256, test } from "./helpers.ts";
import { type Exchange, type Script, serveRaw } from "./server.ts";

/** Sends pieces and closes. */
function sending(...pieces: (string | Uint8Array)[]): Script {
  return (exchange) => exchange.send(...pieces);
}

/** Sends pieces and keeps silent. */
function stalling(...pieces: string[]): Script {
  return (exchange) => exchange.send(...pieces).then(() => exchange.stall());
}

const OK = "HTTP/1.1 200 OK\r\n";
const EARLY = "HTTP/1.1 103 Early\r\nA: b\r\n\r\n";
const GZIP = new Uint8Array(zlib.gzipSync("hello"));
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

for (
  const [name, pieces, body] of [
    ["a length, with bytes after it", [`${OK}Content-Length: 5\r\n\r\nhello, world`], "hello"],
    ["an empty body", [`${OK}Content-Length: 0\r\n\r\n`], ""],
    ["the end of the connection", [`${OK}\r\n`, "hel", "lo"], "hello"],
    ["chunks", [CHUNKED, "3\r\nhel\r\n", "2;x=y\r\nlo\r\n0\r\nTrailer: x\r\n\r\n"], "hello"],
    ["interim answers", ["HTTP/1.1 100 Continue\r\n\r\n", EARLY, `${OK}Content-Length: 2\r\n\r\nhi`], "hi"],
  ] as const
) {
  test(`download() saves a body that ends by ${name}`, async ({ folder, path }) => {
    await using server = serveRaw(sending(...pieces));
    const result = await fetchFrom(server.url(), { path, digest: true });
    assertEquals(await folder.files(), { file: body });
    assertEquals([result.status, result.file, result.bytes], [200, path, body.length]);
    assertEquals(result.sha256, await sha256(body));
  });
}

for (
  const [name, pieces, words, part] of [
    ["a length", [`${OK}Content-Length: 10\r\n\r\n`, "hello"], "cut off after 5 of 10 bytes", "hello"],
    ["chunks, inside one", [CHUNKED, "a\r\nhello"], "ended before the last chunk", "hello"],
    ["gzip and the end", [`${OK}Content-Encoding: gzip\r\n\r\n`, GZIP.subarray(0, -2)], "cut off", "hello"],
    ["nothing", [], "without a word", ""],
    ["chunks of bad size", [CHUNKED, "5\r\nhello\r\nx\r\n"], "not a chunk size", "hello"],
    ["garbage", ["hello\r\n"], "not a status line", ""],
  ] as const
) {
  test(`download() leaves NAME alone when the answer is cut off or wrong: ${name}`, async ({ path, kept }) => {
    await using server = serveRaw(sending(...pieces));
    await fails(server.url(), "protocol", words, { path });
    await kept(part);
  });
}

for (
  const [name, method, head] of [
    ["204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"],
    ["HEAD", "HEAD", `${OK}Content-Length: 5\r\n\r\n`],
  ] as const
) {
  test(`download() saves nothing after ${name}`, async ({ path, untouched }) => {
    await using server = serveRaw(stalling(head));
    const result = await fetchFrom(server.url(), { path, method });
    assertEquals([result.file, result.bytes], [undefined, 0]);
    await untouched();
  });
}

test("download() sends what is asked and tells what happens", async ({ path }) => {
  const answer = `${OK}X-Odd:   \xff \r\nContent-Length: 5\r\n\r\n`;
  await using server = serveRaw(sending("HTTP/1.1 100 Continue\r\n\r\n", answer, "hello"));
  const watch = new Log();
  const body = new TextEncoder().encode("a=b");
  const result = await fetchFrom(server.url("/p?q"), { path, method: "POST", body, watch });
  assertEquals([server.exchanges[0]?.line, server.exchanges[0]?.body], ["POST /p?q", "a=b"]);
  assertEquals(server.exchanges[0]?.field("accept-encoding"), "gzip, deflate, br, zstd");
  assertEquals(watch.requests, server.heads);
  assertEquals(watch.answers, ["HTTP/1.1 100 Continue\r\n\r\n", answer]);
  assertEquals(watch.steps.at(-1), "5/5");
  const { dns, connect, tls, firstByte, total } = result.timings;
  assertEquals([dns, tls], [0, 0]);
  assert(connect > 0 && firstByte >= connect && total >= firstByte, JSON.stringify(result.timings));
});

test("download() undoes gzip, or keeps it raw", async ({ folder, path }) => {
  await using server = serveRaw((exchange) => exchange.answer("200 OK", ["Content-Encoding: gzip"], GZIP));
  const decoded = await fetchFrom(server.url(), { path });
  assertEquals([await folder.get("file"), decoded.bytes, decoded.received], ["hello", 5, GZIP.length]);
  await fetchFrom(server.url(), { path, raw: true });
  assertEquals(await folder.get("file"), toText(GZIP));
  assertEquals(server.exchanges[1]?.field("accept-encoding"), "identity");
});

test("download() gives up when the server keeps silent: before, in the header, in the body", async ({ path, kept }) => {
  for (const said of ["", OK, `${OK}Content-Length: 10\r\n\r\nhello`, `${CHUNKED}5\r\nhello\r\n`, `${OK}\r\nhello`]) {
    await using server = serveRaw(stalling(said));
    await fails(server.url(), "timeout", "for 0.06 s (timeout)", { path, timeout: 60 });
    await kept(said.includes("hello") ? "hello" : "", said);
  }
});

test("download() is patient with a server that is slow but not silent", async ({ folder, path }) => {
  await using server = serveRaw(async (exchange) => {
    await exchange.send(`${OK}Content-Length: 10\r\n\r\n`);
    for (let i = 0; i < 10; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await exchange.send("x");
    }
  });
  await fetchFrom(server.url(), { path, timeout: 900 });
  assertEquals(await folder.get("file"), "x".repeat(10));
});

test("download() stops when its signal says so, at every stage", async ({ path, kept }) => {
  const reason = new Error("enough");
  const early = AbortSignal.abort(reason);
  await using silent = serveRaw((exchange) => exchange.stall());
  assertStrictEquals(await assertRejects(() => fetchFrom(silent.url(), { path, signal: early })), reason);
  for (const said of ["", `${OK}Content-Length: 10\r\n\r\nhello`, `${OK}\r\nhello`]) {
    const stop = new AbortController();
    await using server = serveRaw(async (exchange) => {
      await exchange.send(said);
      if (said === "") stop.abort(reason);
      await exchange.stall();
    });
    const watch = new Log();
    watch.onProgress = () => stop.abort(reason);
    const stopped = () => fetchFrom(server.url(), { path, watch, signal: stop.signal });
    assertStrictEquals(await assertRejects(stopped), reason);
    await kept(said.includes("hello") ? "hello" : "", said);
  }
});

test("download() stops at once also while a rate holds it back", async ({ folder, path }) => {
  await using server = serveRaw(stalling(`${OK}Content-Length: 2000\r\n\r\n${"x".repeat(1000)}`));
  const stop = new AbortController();
  const reason = new Error("enough");
  const started = performance.now();
  // A second would pass before the next read.
  const downloading = fetchFrom(server.url(), { path, rate: 1000, signal: stop.signal });
  while (!await folder.get("file.part")) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort(reason);
  assertStrictEquals(await assertRejects(() => downloading), reason);
  const ms = performance.now() - started;
  assert(ms < 700, `it took ${Math.round(ms)} ms`);
});

test("download() refuses what is larger than --max-size by its length, before a byte is saved", async ({ path, untouched }) => {
  await using server = serveRaw(stalling(`${OK}Content-Length: 11\r\n\r\n`));
  await fails(server.url(), "file", "larger than 10 bytes (--max-size)", { path, maxSize: 10 });
  await untouched();
});

test("download() refuses what is larger than --max-size by counting", async ({ folder, path, untouched }) => {
  await using server = serveRaw(stalling(`${OK}\r\n12345678901`));
  await fails(server.url(), "file", "larger than 10 bytes (--max-size)", { path, maxSize: 10 });
  await untouched();
  await using exact = serveRaw(sending(`${OK}Content-Length: 10\r\n\r\n1234567890`));
  await fetchFrom(exact.url(), { path, maxSize: 10 });
  assertEquals(await folder.get("file"), "1234567890");
});

test("download() fails by status and leaves NAME alone", async ({ path, untouched }) => {
  for (const status of ["404 Not Found", "500 Oops", "416 Range", "401 Who"]) {
    await using server = serveRaw((exchange) => exchange.answer(status, [], "sorry"));
    await fails(server.url(), "status", `The server says ${status}`, { path });
  }
  await untouched();
});

/** Downloads to a stream; gives what it took. */
async function streamed(script: Script, kind?: "status"): Promise<string> {
  await using server = serveRaw(script);
  const taken: Uint8Array[] = [];
  const stream = new StreamTarget((bytes) => void taken.push(bytes));
  if (kind) await fails(server.url(), kind, "The server says 404", { stream });
  else assertEquals((await fetchFrom(server.url(), { stream })).file, undefined);
  return taken.map(toText).join("");
}

Deno.test("download() to a stream gives the body of a refusal as well, coded or not", async () => {
  assertEquals(await streamed((exchange) => exchange.answer("200 OK", [], "hello")), "hello");
  assertEquals(await streamed((exchange) => exchange.answer("404 No", [], "sorry"), "status"), "sorry");
  const coded = (exchange: Exchange) =>
    exchange.answer("404 No", ["Content-Encoding: gzip"], new Uint8Array(zlib.gzipSync("sorry")));
  assertEquals(await streamed(coded, "status"), "sorry");
});

test("download() takes a name that was not used before", async ({ path, untouched }) => {
  await using server = serveRaw((exchange) => exchange.answer("200 OK", [], "new"));
  await fails(server.url(), "file", "another address of this call", { path, taken: new Set([path]) });
  await fails(server.url(), "file", "--no-clobber keeps it", { path, noClobber: true });
  await untouched();
});

Deno.test("download() finds out that nothing listens there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  await fails(new URL(`http://127.0.0.1:${listener.addr.port}/`), "connect", "connection refused");
});

test("download() does not call a slow upload a silent server", async ({ folder, path }) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using conn = await listener.accept();
    const buffer = new Uint8Array(1 << 20);
    // Larger than what the system buffers: the client is still sending while the server takes its time.
    for (let left = 24 << 20; left > 0; left -= await conn.read(buffer) ?? left) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await conn.write(new TextEncoder().encode(`${OK}Content-Length: 2\r\n\r\nhi`));
  })();
  const url = new URL(`http://127.0.0.1:${listener.addr.port}/`);
  const body = new Uint8Array(24 << 20);
  try {
    await fetchFrom(url, { method: "POST", body, path, timeout: 300 });
    assertEquals(await folder.get("file"), "hi");
  } finally {
    listener.close();
    await serving.catch(() => {});
  }
});
