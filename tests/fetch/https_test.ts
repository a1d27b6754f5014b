/** Downloads under TLS and through proxies. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Certificates, hasOpenssl, type Pair } from "../support/certificates.ts";
import { fails, fetchFrom, Log, type Scene, test as plainTest, type Wishes } from "./helpers.ts";
import { type RawServer, type Script, serveRaw } from "./server.ts";

/** A test with certificates. */
function test(name: string, play: (scene: Scene & { readonly made: Certificates }) => Promise<void>): void {
  const withCertificates = async (scene: Scene) => {
    await using made = await Certificates.make();
    await play({ ...scene, made });
  };
  plainTest(name, withCertificates, { ignore: !hasOpenssl });
}

const hello: Script = (exchange) => exchange.answer("200 OK", [], "hello");
const https = (server: RawServer, path?: string) => server.url(path, "https");

test("download() over https with --ca, and the time that TLS took", async ({ made, folder, path }) => {
  await using server = serveRaw(hello, await made.signed());
  const { timings } = await fetchFrom(https(server), { path, ca: made.ca });
  assertEquals([await folder.get("file"), timings.tls > 0], ["hello", true]);
  assertEquals(server.exchanges[0]?.field("host"), server.authority);
});

test("download() over https with a self-signed certificate: --ca with it, --insecure, not without", async (scene) => {
  const { made, folder, path } = scene;
  const pair = await made.selfSigned();
  await using server = serveRaw(hello, pair);
  await fails(https(server), "tls", "its certificate is self-signed; --ca FILE", { path });
  await fails(https(server), "tls", "is not the one that --ca names", { path, ca: made.ca });
  assertEquals([await folder.get("file"), server.heads.length], ["old", 0]);
  for (const wishes of [{ ca: pair.cert }, { insecure: true }]) {
    await fetchFrom(https(server), { path, ...wishes });
    assertEquals(await folder.get("file"), "hello");
    await folder.put("file", "old");
  }
});

test("download() over https does not try again what no attempt can mend", async ({ made, path }) => {
  await using server = serveRaw(hello, await made.signed());
  const watch = new Log();
  await fails(https(server), "tls", ", an authority that is not trusted; --ca FILE adds it", {
    path,
    retries: 5,
    watch,
  });
  assertEquals(watch.notices, []);
});

const OK = "HTTP/1.1 200 OK\r\n";
const IN_CHUNKS = `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`;
const BY_LENGTH = `${OK}Content-Length: 10\r\n\r\nhello`;
const TO_THE_END = `${OK}\r\nhello`;

/** Runs a test with each way to verify, or not. */
async function inEachWay(made: Certificates, play: (pair: Pair, wishes: Wishes) => Promise<void>): Promise<void> {
  const [signed, own] = [await made.signed(), await made.selfSigned()];
  await play(signed, { ca: made.ca });
  await play(own, { ca: own.cert });
  await play(own, { insecure: true });
}

test("download() over https leaves NAME alone when the server keeps silent", async ({ made, path, folder }) => {
  await inEachWay(made, async (pair, wishes) => {
    for (const said of ["", BY_LENGTH, TO_THE_END]) {
      await using server = serveRaw((exchange) => exchange.send(said).then(() => exchange.stall()), pair);
      await fails(https(server), "timeout", "(timeout)", { path, timeout: 100, ...wishes });
      assertEquals(await folder.get("file"), "old", said);
    }
  });
});

test("download() over https leaves NAME alone when it is stopped", async ({ made, path, kept }) => {
  await inEachWay(made, async (pair, wishes) => {
    await using server = serveRaw((exchange) => exchange.send(TO_THE_END).then(() => exchange.stall()), pair);
    const stop = new AbortController();
    const reason = new Error("enough");
    const watch = new Log();
    watch.onProgress = () => stop.abort(reason);
    const stopped = () => fetchFrom(https(server), { path, watch, signal: stop.signal, ...wishes });
    assertStrictEquals(await assertRejects(stopped), reason);
    await kept("hello");
  });
});

test("download() over https is not taken in by a server that hangs up", async ({ made, path, kept }) => {
  await inEachWay(made, async (pair, wishes) => {
    for (const said of [BY_LENGTH, IN_CHUNKS]) {
      await using server = serveRaw((exchange) => exchange.send(said), pair);
      await assertRejects(() => fetchFrom(https(server), { path, ...wishes }));
      await kept("hello", said);
    }
  });
});

test("download() does not send credentials from https to http", async ({ made, path }) => {
  await using plain = serveRaw(hello);
  await using server = serveRaw(
    (exchange) => exchange.answer("302 Found", [`Location: ${plain.url()}`]),
    await made.signed(),
  );
  await fetchFrom(https(server), { path, ca: made.ca, fields: [["Cookie", "a=b"]] });
  assertEquals([server.exchanges[0]?.field("cookie"), plain.exchanges[0]?.field("cookie")], ["a=b", undefined]);
});

/** Waits for a download that must end by its own time limit; the signal only keeps a failing test short. */
async function timesOut(url: URL, wishes: Wishes): Promise<void> {
  const signal = AbortSignal.timeout(2000);
  const thrown = await fetchFrom(url, { timeout: 100, connectTimeout: 100, signal, ...wishes }).then(
    () => "nothing",
    (error) => error.kind ?? error.name,
  );
  assertEquals(thrown, "timeout");
}

test("download() gives up a TLS handshake that stalls", async ({ path }) => {
  await using server = serveRaw((exchange) => exchange.stall());
  for (const insecure of [false, true]) await timesOut(https(server), { path, insecure });
});

test("download() gives up a proxy that keeps silent", async ({ path }) => {
  await using server = serveRaw((exchange) => exchange.stall());
  const proxy = server.url("/");
  await timesOut(new URL("http://example.com/"), { path, proxy: { http: () => proxy } });
  await timesOut(new URL("https://example.com/"), { path, proxy: { https: () => proxy } });
});

test("download() asks a proxy for the whole address, with the proxy's user and the server's own", async ({ path, folder }) => {
  await using server = serveRaw(hello);
  const proxy = Object.assign(server.url("/"), { username: "me", password: "pw" });
  await fetchFrom(new URL("http://you:x@example.com:81/a?b"), { path, proxy: { http: () => proxy } });
  const [exchange] = server.exchanges;
  assertEquals([exchange?.line, exchange?.field("host")], ["GET http://example.com:81/a?b", "example.com:81"]);
  assertEquals(exchange?.field("proxy-authorization"), `Basic ${btoa("me:pw")}`);
  assertEquals(exchange?.field("authorization"), `Basic ${btoa("you:x")}`);
  assertEquals(await folder.get("file"), "hello");
});

test("download() asks a proxy for a tunnel to an https server", async ({ path }) => {
  await using server = serveRaw((exchange) => exchange.send("HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"));
  const proxy = Object.assign(server.url("/"), { username: "me", password: "pw" });
  const wishes = { path, proxy: { https: () => proxy } };
  await fails(new URL("https://example.com/secret"), "connect", `the proxy ${server.authority} says 407 Who`, wishes);
  const [exchange] = server.exchanges;
  assertEquals([exchange?.line, exchange?.field("host")], ["CONNECT example.com:443", "example.com:443"]);
  assertEquals(exchange?.field("proxy-authorization"), `Basic ${btoa("me:pw")}`);
});

test("download() says that a proxy hung up or is none", async ({ path }) => {
  for (const [said, words] of [["", "without a word"], ["SSH-2.0\r\n", "not a status line"]] as const) {
    await using server = serveRaw((exchange) => exchange.send(said));
    const wishes = { path, proxy: { https: () => server.url("/") } };
    await fails(new URL("https://example.com/"), "protocol", words, wishes);
  }
});
