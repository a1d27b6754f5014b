/**
 * sockeye fetch and curl read the same answers: they must save the same bytes, or both fail. Left out is where versions
 * of curl differ: two lengths that contradict each other, gzip of two members, gzip that is cut off; and what is decided
 * otherwise, as docs/fetch.md has it.
 */

import * as zlib from "node:zlib";
import { assertEquals } from "@std/assert";
import { needs, tool } from "../../support/harness.ts";
import { inFolder } from "../../fetch/helpers.ts";
import { runFetch } from "../../fetch/program.ts";
import { type Script, serveRaw } from "../../fetch/server.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

const sending = (...pieces: (string | Uint8Array)[]): Script => (exchange) => exchange.send(...pieces);

const coded = (coding: string, bytes: Uint8Array) =>
  sending(`${OK}Content-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n\r\n`, bytes);

/** Answers by what is special about them. */
const ANSWERS: Readonly<Record<string, Script>> = {
  "a length": sending(`${OK}Content-Length: 5\r\n\r\nhello`),
  "no length": sending(`${OK}\r\nhello`),
  "an empty body": sending(`${OK}Content-Length: 0\r\n\r\n`),
  "more than its length": sending(`${OK}Content-Length: 5\r\n\r\nhello, world`),
  "less than its length": sending(`${OK}Content-Length: 50\r\n\r\nhello`),
  "HTTP/1.0": sending("HTTP/1.0 200 OK\r\n\r\nhello"),
  "no reason": sending("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"),
  "bare line feeds": sending("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"),
  "a folded field": sending(`${OK}X: a\r\n b\r\nContent-Length: 5\r\n\r\nhello`),
  "equal lengths twice": sending(`${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`),
  "a length that is none": sending(`${OK}Content-Length: five\r\n\r\nhello`),
  "chunks": sending(CHUNKED, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
  "chunks with extensions and a trailer": sending(CHUNKED, "5;a=b\r\nhello\r\n0;c\r\nX: y\r\n\r\n"),
  "chunk sizes with capitals and zeros": sending(CHUNKED, "000A\r\n0123456789\r\n0\r\n\r\n"),
  "chunks byte by byte": sending(CHUNKED, ..."5\r\nhello\r\n0\r\n\r\n"),
  "chunks that are cut off": sending(CHUNKED, "5\r\nhel"),
  "chunks without a last one": sending(CHUNKED, "5\r\nhello\r\n"),
  "chunks and a length": sending(
    `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "5\r\nhello\r\n0\r\n\r\n",
  ),
  "chunk lines that end with a line feed": sending(CHUNKED, "5\nhello\n0\n\n"),
  "identity and a length": sending(`${OK}Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello`),
  "a field whose name is no token": sending(`${OK}a b: c\r\nContent-Length: 5\r\n\r\nhello`),
  "two blanks before the status": sending("HTTP/1.1  200 OK\r\nContent-Length: 5\r\n\r\nhello"),
  "a head of 100 KiB": sending(`${OK}A: ${"x".repeat(90_000)}\r\nContent-Length: 5\r\n\r\nhello`),
  "300 fields": sending(`${OK}${"A: b\r\n".repeat(300)}Content-Length: 5\r\n\r\nhello`),
  "30 interim answers": sending("HTTP/1.1 100 Continue\r\n\r\n".repeat(30), `${OK}Content-Length: 5\r\n\r\nhello`),
  "a redirect whose header has no end": (exchange) =>
    exchange.number === 1
      ? exchange.send("HTTP/1.1 302 Found\r\nLocation: /there\r\n")
      : exchange.answer("200 OK", [], "hello"),
  "a NUL in the header": sending(`${OK}A: \0\r\nContent-Length: 5\r\n\r\nhello`),
  "a bad chunk size": sending(CHUNKED, "5\r\nhello\r\nxyz\r\n"),
  "an interim answer": sending("HTTP/1.1 100 Continue\r\n\r\n", `${OK}Content-Length: 5\r\n\r\nhello`),
  "a redirect": (exchange) =>
    exchange.number === 1 ? exchange.answer("302 Found", ["Location: /there"]) : exchange.answer("200 OK", [], "hello"),
  "gzip": coded("gzip", new Uint8Array(zlib.gzipSync("hello"))),
  "deflate": coded("deflate", new Uint8Array(zlib.deflateSync("hello"))),
  "raw deflate": coded("deflate", new Uint8Array(zlib.deflateRawSync("hello"))),
  "br": coded("br", new Uint8Array(zlib.brotliCompressSync("hello"))),
  "all byte values": sending(`${OK}\r\n`, Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff)),
  "a status of 404": (exchange) => exchange.answer("404 Not Found", [], "sorry"),
  "no HTTP": sending("SSH-2.0-OpenSSH\r\n"),
  "nothing": sending(),
};

for (const [name, script] of Object.entries(ANSWERS)) {
  inFolder(`fetch and curl make the same of ${name}`, async (folder) => {
    const curl = async () => {
      await using server = serveRaw(script);
      const args = ["--disable", "--silent", "--fail", "--location", "--compressed", "--noproxy", "*", "-o", "curl"];
      await using program = tool("curl", [...args, server.url("/x").href], { cwd: folder.path });
      const { code } = await program.status();
      return code === 0 ? await folder.get("curl") : "failed";
    };
    const sockeye = async () => {
      await using server = serveRaw(script);
      const { code } = await runFetch(folder, [server.url("/x").href, "-o", "sockeye"]);
      return code === 0 ? await folder.get("sockeye") : "failed";
    };
    const [theirs, ours] = await Promise.all([curl(), sockeye()]);
    assertEquals(ours, theirs);
  }, needs(["curl"]));
}
