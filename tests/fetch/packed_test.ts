/** Files that are packed and come with the coding that packed them. */

import * as zlib from "node:zlib";
import { assertEquals } from "@std/assert";
import { toText } from "../http/helpers.ts";
import { needs } from "../support/harness.ts";
import { fails, fetchFrom, Log, test, type Wishes } from "./helpers.ts";
import { runFetch } from "./program.ts";
import { bytesOf, type Exchange, type RawServer, serveRaw } from "./server.ts";

const TAR = "not really a tar file ".repeat(100);
const PACKED = new Uint8Array(zlib.gzipSync(TAR));

/** Serves the packed file, whole or from where the range begins, as Apache does with AddEncoding. */
function serve(body: Uint8Array = PACKED, fields: readonly string[] = ["Content-Encoding: x-gzip"]): RawServer {
  return serveRaw((exchange) => {
    const all = ['ETag: "v1"', ...fields];
    const from = Number(/^bytes=(\d+)-$/.exec(exchange.field("range") ?? "")?.[1] ?? 0);
    if (from === 0) return exchange.answer("200 OK", all, body);
    const range = `Content-Range: bytes ${from}-${body.length - 1}/${body.length}`;
    return exchange.answer("206 Partial Content", [...all, range], body.slice(from));
  });
}

const asked = (exchange: Exchange | undefined) => exchange?.field("accept-encoding");

test("a packed file stays packed by its name, and one notice says so", async ({ folder }) => {
  await using server = serve();
  const cases = [
    ["/x.tar.gz", "a"],
    ["/x", "a.tgz"],
    ["/x.bin", "a.svgz"],
    ["/x.tar.gz?x=1", "a"],
    ["/x.tar.gz?y=/b.html", "a.bin"],
    ["/x.tar.gz;v=1", "tmp.Xa3bC"],
    ["/x%2Etar.g%7A", "v1.2"],
    ["/X.TAR.GZ", "a"],
  ] as const;
  for (const [url, name] of cases) {
    const watch = new Log();
    const { bytes } = await fetchFrom(server.url(url), { path: folder.at(name), watch });
    assertEquals([await folder.get(name), bytes], [toText(PACKED), PACKED.length], name);
    const notice = "The body stays packed (x-gzip), as its name says; --decode unpacks it";
    // A packed file becomes no smaller when it is packed once more.
    assertEquals([watch.notices, asked(server.exchanges.at(-1))], [[notice], "identity"], url);
  }
});

test("a packed file is unpacked by --decode, and under a name that says so", async ({ folder }) => {
  await using server = serve();
  const cases: [url: string, name: string, wishes: Wishes][] = [
    ["/x.tar.gz", "a.tgz", { decode: true }],
    ["/x.tar.gz", "a.tar", {}],
    ["/x.html", "a", {}],
  ];
  for (const [url, name, wishes] of cases) {
    const watch = new Log();
    await fetchFrom(server.url(url), { path: folder.at(name), watch, ...wishes });
    assertEquals([await folder.get(name), watch.notices], [TAR, []], name);
    assertEquals(asked(server.exchanges.at(-1)), "gzip, deflate, br, zstd", name);
  }
});

test("a packed file is one by the name of Content-Disposition and by its type", async ({ folder }) => {
  const path = folder.at("a");
  for (const field of ['Content-Disposition: attachment; filename="x.tgz"', "Content-Type: application/x-gzip"]) {
    await using server = serve(PACKED, ["Content-Encoding: gzip", field]);
    const watch = new Log();
    await fetchFrom(server.url("/get"), { path, watch });
    assertEquals([await folder.get("a"), watch.notices.length], [toText(PACKED), 1], field);
  }
});

test("a packed file that the server packed once more for the way is the packed file, however it is cut", async ({ folder }) => {
  const path = folder.at("a");
  const twice = new Uint8Array(zlib.gzipSync(PACKED));
  const fields = ["Content-Encoding: gzip", 'ETag: "v1"', 'Content-Disposition: attachment; filename="x.tgz"'];
  for (const size of [1, 100, twice.length]) {
    await using server = serveRaw(async (exchange) => {
      await exchange.answer("200 OK", [...fields, `Content-Length: ${twice.length}`]);
      for (let at = 0; at < twice.length; at += size) await exchange.send(twice.subarray(at, at + size));
    });
    const watch = new Log();
    const { bytes } = await fetchFrom(server.url("/get"), { path, watch });
    assertEquals([await folder.get("a"), bytes, watch.notices], [toText(PACKED), PACKED.length, []], `by ${size}`);
  }
});

test("a body of which the first bytes must tell goes on where it was cut", async ({ folder }) => {
  const path = folder.at("a");
  const twice = new Uint8Array(zlib.gzipSync(PACKED));
  for (const body of [PACKED, twice]) {
    const fields = ["Content-Encoding: gzip", 'ETag: "v1"', "Content-Type: application/gzip"];
    await using server = serveRaw(async (exchange) => {
      const range = `Content-Range: bytes 20-${body.length - 1}/${body.length}`;
      if (exchange.number > 1) return await exchange.answer("206 Rest", [...fields, range], body.slice(20));
      await exchange.answer("200 OK", [...fields, `Content-Length: ${body.length}`], body.slice(0, 20));
    });
    await fetchFrom(server.url("/get"), { path, retries: 1 });
    assertEquals([await folder.get("a"), server.ranges[1]], [toText(PACKED), ["bytes=20-", '"v1"']]);
  }
});

/** What curl saves, which asks for no coding and undoes none. */
async function saveWithCurl(url: URL): Promise<string> {
  const { code, stdout } = await new Deno.Command("curl", { args: ["-s", url.href] }).output();
  assertEquals(code, 0);
  return toText(stdout);
}

test("of codings that are named twice as many are undone as there are, so that the file is the packed one", async ({ folder }) => {
  const path = folder.at("a.tar.gz");
  const zipped = (bytes: Uint8Array) => new Uint8Array(zlib.gzipSync(bytes));
  const stacked = ["Content-Encoding: gzip, gzip"];
  for (const body of [PACKED, zipped(PACKED)]) {
    for (const fields of [stacked, ["Content-Encoding: gzip", "Content-Encoding: x-gzip"]]) {
      await using server = serve(body, fields);
      const watch = new Log();
      await fetchFrom(server.url("/a.tar.gz"), { path, watch });
      assertEquals([await folder.get("a.tar.gz"), watch.notices.length], [toText(PACKED), 1]);
    }
  }
  await using server = serve(zipped(PACKED), stacked);
  await fetchFrom(server.url("/a.tar.gz.gz"), { path: folder.at("b") });
  assertEquals(await folder.get("b"), toText(zipped(PACKED)), "its name says that it is packed twice");
});

test("a file that was packed twice by its owner comes as it was sent, as with curl", async ({ folder }) => {
  const path = folder.at("a.tar.gz");
  const twice = new Uint8Array(zlib.gzipSync(PACKED));
  await using server = serve(twice, ["Content-Encoding: gzip"]);
  await fetchFrom(server.url("/a.tar.gz"), { path });
  assertEquals([await folder.get("a.tar.gz"), await saveWithCurl(server.url("/a.tar.gz"))], [
    toText(twice),
    toText(twice),
  ]);
}, needs(["curl"]));

test("a packed file that was asked for stays one behind a redirect to an address that is a number", async ({ folder }) => {
  await using server = serveRaw(async (exchange) => {
    if (exchange.number === 1) return await exchange.answer("302 Found", ["Location: /4711"]);
    await exchange.answer("200 OK", ["Content-Encoding: gzip"], PACKED);
  });
  await fetchFrom(server.url("/x.tar.gz"), { path: folder.at("a") });
  assertEquals(await folder.get("a"), toText(PACKED));
});

test("data that is corrupt is an error that names --raw, and --raw saves it", async ({ folder, path, kept }) => {
  const corrupt = PACKED.slice();
  corrupt[corrupt.length - 6]! ^= 1;
  await using server = serve(corrupt, ["Content-Encoding: gzip"]);
  await fails(server.url(), "protocol", "the gzip data is corrupt; --raw saves it as it is", { path });
  await kept(await folder.get("file.part") ?? "");
  await fetchFrom(server.url(), { path, raw: true });
  assertEquals(await folder.get("file"), toText(corrupt));
});

test("a body whose Content-Encoding is none of its own is saved as it is, with a notice", async ({ folder, path }) => {
  const plain = "this is not packed at all";
  for (
    const [coding, notice] of [
      ["gzip", "The body is not gzip, though its header says so: it is taken as it is"],
      ["x-gzip", "The body is not gzip, though its header says so: it is taken as it is"],
      ["deflate", "The body is not deflate, though its header says so: it is taken as it is"],
      ["br", "The body is not br, though its header says so: it is taken as it is"],
      ["zstd", "The body is not zstd, though its header says so: it is taken as it is"],
      ["utf-8", 'Content-Encoding "utf-8" is no coding: nothing is undone for it'],
      ["binary", 'Content-Encoding "binary" is no coding: nothing is undone for it'],
      ["aws-chunked", 'Content-Encoding "aws-chunked" is no coding: nothing is undone for it'],
      ["compress", "The body stays packed (compress), for nothing here can unpack it"],
      ["none", undefined],
    ] as const
  ) {
    const watch = new Log();
    await using server = serve(bytesOf(plain), [`Content-Encoding: ${coding}`]);
    await fetchFrom(server.url(), { path, watch });
    assertEquals([await folder.get("file"), watch.notices], [plain, notice === undefined ? [] : [notice]], coding);
  }
});

test("gzip is gzip whatever stands around its name", async ({ folder, path }) => {
  for (const coding of ["gzip;q=1", '"gzip"', "GZIP", "utf-8, gzip", "gzip, aws-chunked"]) {
    await using server = serve(PACKED, [`Content-Encoding: ${coding}`]);
    await fetchFrom(server.url(), { path });
    assertEquals(await folder.get("file"), TAR, coding);
  }
});

test("bytes behind a complete body are left out, with a notice", async ({ folder, path }) => {
  const watch = new Log();
  const body = new Uint8Array([...PACKED, ...bytesOf("<!-- cached -->")]);
  await using server = serve(body, ["Content-Encoding: gzip"]);
  await fetchFrom(server.url(), { path, watch });
  assertEquals(await folder.get("file"), TAR);
  assertEquals(watch.notices, ["Bytes after the end of the gzip data were ignored"]);
});

test("a coding around a packed file is undone", async ({ folder }) => {
  await using server = serve(new Uint8Array(zlib.brotliCompressSync(PACKED)), ["Content-Encoding: gzip, br"]);
  const path = folder.at("a.tgz");
  await fetchFrom(server.url(), { path });
  assertEquals(await folder.get("a.tgz"), toText(PACKED));
});

test("a body that comes packed though identity was asked for stays so", async ({ folder, path }) => {
  await using server = serve();
  for (const wishes of [{ resume: true }, { fields: [["accept-encoding", "identity"]] }] satisfies Wishes[]) {
    await Deno.remove(path);
    const watch = new Log();
    await fetchFrom(server.url(), { path, watch, ...wishes });
    const notice = "The body stays packed (x-gzip), though the server was asked for it unpacked; --decode unpacks it";
    assertEquals([await folder.get("file"), watch.notices], [toText(PACKED), [notice]]);
    assertEquals(asked(server.exchanges.at(-1)), "identity");
  }
  await fetchFrom(server.url(), { path, resume: true, decode: true });
  assertEquals(await folder.get("file"), TAR);
});

test("a part that the user asks for comes without a coding, or as it is", async ({ folder, path }) => {
  const packed = ["Content-Encoding: gzip", "Content-Range: bytes 10-19/100"];
  for (const fields of [[["Range", "bytes=10-19"]], [["range", "bytes=10-19"], ["Accept-Encoding", "gzip"]]] as const) {
    await using server = serveRaw((exchange) => exchange.answer("206 Part", packed, PACKED.slice(10, 20)));
    await fetchFrom(server.url("/page"), { path, fields });
    assertEquals(await folder.get("file"), toText(PACKED.slice(10, 20)));
    assertEquals(asked(server.exchanges[0]), fields.length === 1 ? "identity" : "gzip");
  }
});

test("a packed file that was cut can be continued", async ({ folder }) => {
  await using cut = serveRaw(async (exchange) => {
    if (exchange.number > 1) {
      const from = Number(exchange.field("range")?.slice(6, -1));
      const range = `Content-Range: bytes ${from}-${PACKED.length - 1}/${PACKED.length}`;
      return await exchange.answer("206 Rest", ["Content-Encoding: gzip", 'ETag: "v1"', range], PACKED.slice(from));
    }
    const head = `HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Encoding: gzip\r\nContent-Length: ${PACKED.length}\r\n\r\n`;
    await exchange.send(head, PACKED.slice(0, 20));
  });
  const args = [cut.url("/x.tar.gz").href, "--json"];
  assertEquals((await runFetch(folder, args)).code, 7);
  assertEquals(await folder.get("x.tar.gz.part"), toText(PACKED.slice(0, 20)));
  assertEquals((await runFetch(folder, [...args, "--resume"])).code, 0);
  assertEquals(await folder.get("x.tar.gz"), toText(PACKED));
  assertEquals(cut.ranges[1], ["bytes=20-", '"v1"']);
});

test("--decode contradicts --raw", async ({ folder }) => {
  const { code, stderr } = await runFetch(folder, ["http://127.0.0.1:1/", "--raw", "--decode"]);
  assertEquals([code, stderr], [2, "sockeye: Options --raw and --decode contradict each other\n"]);
});
