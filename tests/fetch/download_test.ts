/** One answer and what becomes of it: framing, cuts, silence, sizes, statuses. */

import * as zlib from "node:zlib";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { toText } from "../http/helpers.ts";
import { fails, fetchFrom, Folder, Log, sha256 } from "./helpers.ts";
import { type Exchange, type Script, serveRaw } from "./server.ts";

/** Sends pieces and closes. */
function sending(...pieces: (string | Uint8Array)[]): Script {
  return (exchange) => exchange.send(...pieces);
}

/** Sends pieces and keeps silent. */
function stalling(...pieces: string[]): Script {
  return async (exchange) => {
    await exchange.send(...pieces);
    await exchange.stall();
  };
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

for (
  const [name, pieces, body] of [
    ["a length", [`${OK}Content-Length: 5\r\n\r\nhello`], "hello"],
    ["a length, with bytes after it", [`${OK}Content-Length: 5\r\n\r\nhello, world`], "hello"],
    ["an empty body", [`${OK}Content-Length: 0\r\n\r\n`], ""],
    ["the end of the connection", [`${OK}\r\n`, "hel", "lo"], "hello"],
    ["HTTP/1.0", ["HTTP/1.0 200 OK\r\n\r\nhello"], "hello"],
    ["chunks", [CHUNKED, "3\r\nhel\r\n", "2;x=y\r\nlo\r\n0\r\nTrailer: x\r\n\r\n"], "hello"],
    ["interim answers", [
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n",
      `${OK}Content-Length: 2\r\n\r\nhi`,
    ], "hi"],
    ["a head that comes byte by byte", [...`${OK}Content-Length: 2\r\n\r\nhi`], "hi"],
  ] as const
) {
  Deno.test(`download() saves a body that ends by ${name}`, async () => {
    await using folder = await Folder.make();
    await using server = serveRaw(sending(...pieces));
    const path = await folder.put("file", "old");
    const result = await fetchFrom(server.url(), { path, digest: true });
    assertEquals([await folder.names(), await folder.get("file")], [["file"], body]);
    assertEquals([result.status, result.file, result.bytes], [200, path, body.length]);
    assertEquals(result.sha256, await sha256(body));
  });
}

for (
  const [name, pieces, words] of [
    ["a length", [`${OK}Content-Length: 10\r\n\r\n`, "hello"], "cut off after 5 of 10 bytes"],
    ["chunks, inside one", [CHUNKED, "a\r\nhello"], "ended before the last chunk"],
    ["chunks, between two", [CHUNKED, "5\r\nhello\r\n"], "ended before the last chunk"],
    ["chunks, in the trailer", [CHUNKED, "5\r\nhello\r\n0\r\n"], "inside the trailer"],
    ["gzip and the end of the connection", [
      `${OK}Content-Encoding: gzip\r\n\r\n`,
      zlib.gzipSync("hello").subarray(0, -2),
    ], "cut off"],
    ["a head", [OK], "inside the header"],
    ["nothing", [], "without a word"],
    ["chunks of bad size", [CHUNKED, "5\r\nhello\r\nx\r\n"], "not a chunk size"],
    ["two lengths", [`${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`], "several Content-Lengths"],
    ["garbage", ["hello\r\n"], "not a status line"],
  ] as const
) {
  Deno.test(`download() leaves NAME alone when the answer is cut off or wrong: ${name}`, async () => {
    await using folder = await Folder.make();
    await using server = serveRaw(sending(...pieces));
    const path = await folder.put("file", "old");
    await fails(server.url(), "protocol", words, { path });
    assertEquals([await folder.names(), await folder.get("file")], [["file"], "old"]);
  });
}

for (
  const [name, method, head] of [
    ["204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"],
    ["HEAD", "HEAD", `${OK}Content-Length: 5\r\n\r\n`],
  ] as const
) {
  Deno.test(`download() saves nothing after ${name}`, async () => {
    await using folder = await Folder.make();
    await using server = serveRaw(stalling(head));
    const path = await folder.put("file", "old");
    const result = await fetchFrom(server.url(), { path, method });
    assertEquals([result.file, result.bytes], [undefined, 0]);
    assertEquals([await folder.names(), await folder.get("file")], [["file"], "old"]);
  });
}

Deno.test("download() sends what is asked and tells what happens", async () => {
  await using folder = await Folder.make();
  const answer = `${OK}X-Odd:   \xff \r\nContent-Length: 5\r\n\r\n`;
  await using server = serveRaw(sending("HTTP/1.1 100 Continue\r\n\r\n", answer, "hello"));
  const watch = new Log();
  const body = new TextEncoder().encode("a=b");
  const result = await fetchFrom(server.url("/p?q"), { path: folder.at("file"), method: "POST", body, watch });
  assertEquals([server.exchanges[0]?.line, server.exchanges[0]?.body], ["POST /p?q", "a=b"]);
  assertEquals(server.exchanges[0]?.field("accept-encoding"), "gzip, deflate, br, zstd");
  assertEquals(watch.requests, server.heads);
  assertEquals(watch.answers, ["HTTP/1.1 100 Continue\r\n\r\n", answer]);
  assertEquals(watch.steps.at(-1), "5/5");
  const { dns, connect, tls, firstByte, total } = result.timings;
  assertEquals([dns, tls], [0, 0]);
  assert(connect > 0 && firstByte >= connect && total >= firstByte, JSON.stringify(result.timings));
});

Deno.test("download() undoes gzip, or keeps it raw", async () => {
  await using folder = await Folder.make();
  const gzip = zlib.gzipSync("hello");
  await using server = serveRaw((exchange) => {
    const fields = exchange.line.includes("coded") ? ["Content-Encoding: gzip"] : [];
    return exchange.answer("200 OK", fields, new Uint8Array(gzip));
  });
  const decoded = await fetchFrom(server.url("/coded"), { path: folder.at("a") });
  assertEquals([await folder.get("a"), decoded.bytes, decoded.received], ["hello", 5, gzip.length]);
  await fetchFrom(server.url("/coded"), { path: folder.at("b"), raw: true });
  assertEquals(await folder.get("b"), toText(gzip));
  assertEquals(server.exchanges[1]?.field("accept-encoding"), "identity");
});

Deno.test("download() gives up when the server keeps silent: before, in the header, in the body", async () => {
  await using folder = await Folder.make();
  const path = await folder.put("file", "old");
  for (const said of ["", OK, `${OK}Content-Length: 10\r\n\r\nhello`, `${CHUNKED}5\r\nhello\r\n`, `${OK}\r\nhello`]) {
    await using server = serveRaw(stalling(said));
    await fails(server.url(), "timeout", "for 0.06 s (timeout)", { path, timeout: 60 });
    assertEquals([await folder.names(), await folder.get("file")], [["file"], "old"], said);
  }
});

Deno.test("download() is patient with a server that is slow but not silent", async () => {
  await using folder = await Folder.make();
  await using server = serveRaw(async (exchange) => {
    await exchange.send(`${OK}Content-Length: 10\r\n\r\n`);
    for (let i = 0; i < 10; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await exchange.send("x");
    }
  });
  await fetchFrom(server.url(), { path: folder.at("file"), timeout: 900 });
  assertEquals(await folder.get("file"), "x".repeat(10));
});

Deno.test("download() stops when its signal says so, at every stage", async () => {
  await using folder = await Folder.make();
  const path = await folder.put("file", "old");
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
    assertStrictEquals(
      await assertRejects(() => fetchFrom(server.url(), { path, watch, signal: stop.signal })),
      reason,
    );
  }
  assertEquals([await folder.names(), await folder.get("file")], [["file"], "old"]);
});

Deno.test("download() stops at once also while a rate holds it back", async () => {
  await using folder = await Folder.make();
  await using server = serveRaw(stalling(`${OK}Content-Length: 2000\r\n\r\n${"x".repeat(1000)}`));
  const stop = new AbortController();
  const reason = new Error("enough");
  const started = performance.now();
  // A second would pass before the next read.
  const downloading = fetchFrom(server.url(), { path: folder.at("file"), rate: 1000, signal: stop.signal });
  while (!await folder.get("file.part")) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort(reason);
  assertStrictEquals(await assertRejects(() => downloading), reason);
  const ms = performance.now() - started;
  assert(ms < 700, `it took ${Math.round(ms)} ms`);
});

Deno.test("download() refuses what is larger than --max-size by its length, before a byte is saved", async () => {
  await using folder = await Folder.make();
  await using server = serveRaw(stalling(`${OK}Content-Length: 11\r\n\r\n`));
  await fails(server.url(), "file", "larger than 10 bytes (--max-size)", { path: folder.at("file"), maxSize: 10 });
  assertEquals(await folder.names(), []);
});

Deno.test("download() refuses what is larger than --max-size by counting", async () => {
  await using folder = await Folder.make();
  const path = await folder.put("file", "old");
  await using server = serveRaw(stalling(`${OK}\r\n12345678901`));
  await fails(server.url(), "file", "larger than 10 bytes (--max-size)", { path, maxSize: 10 });
  assertEquals([await folder.names(), await folder.get("file")], [["file"], "old"]);
  await using exact = serveRaw(sending(`${OK}Content-Length: 10\r\n\r\n1234567890`));
  await fetchFrom(exact.url(), { path, maxSize: 10 });
  assertEquals(await folder.get("file"), "1234567890");
});

Deno.test("download() fails by status and leaves NAME alone", async () => {
  await using folder = await Folder.make();
  const path = await folder.put("file", "old");
  for (const status of ["404 Not Found", "500 Oops", "416 Range", "401 Who"]) {
    await using server = serveRaw((exchange) => exchange.answer(status, [], "sorry"));
    await fails(server.url(), "status", `The server says ${status}`, { path });
  }
  assertEquals([await folder.names(), await folder.get("file")], [["file"], "old"]);
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

Deno.test("download() takes a name that was not used before", async () => {
  await using folder = await Folder.make();
  await using server = serveRaw((exchange) => exchange.answer("200 OK", [], "new"));
  const path = await folder.put("file", "the first one");
  await fails(server.url(), "file", "another address of this call", { path, taken: new Set([path]) });
  await fails(server.url(), "file", "--no-clobber keeps it", { path, noClobber: true });
  assertEquals([await folder.names(), await folder.get("file")], [["file"], "the first one"]);
});

Deno.test("download() finds out that nothing listens there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  await fails(new URL(`http://127.0.0.1:${listener.addr.port}/`), "connect", "connection refused");
});

Deno.test("download() does not call a slow upload a silent server", async () => {
  await using folder = await Folder.make();
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
    await fetchFrom(url, { method: "POST", body, path: folder.at("file"), timeout: 300 });
    assertEquals(await folder.get("file"), "hi");
  } finally {
    listener.close();
    await serving.catch(() => {});
  }
});
