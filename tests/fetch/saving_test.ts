/** Answers that must not pass for the body, or for the rest of it. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { fails, fetchFrom, Log, test } from "./helpers.ts";
import { serveRaw } from "./server.ts";

const CUT = 'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: 10\r\n\r\n01234';

const NO_BODY = "HTTP/1.1 204 No Content\r\n\r\n";

for (
  const [what, first, answer, words] of [
    ["no body instead of the rest", CUT, NO_BODY, "204 without the rest"],
    ["no body instead of the whole one", CUT.replace('ETag: "v1"\r\n', ""), NO_BODY, "204 without the rest"],
    ["304", CUT, "HTTP/1.1 304 Not Modified\r\n\r\n", "304 without the rest"],
    ["too much twice", CUT, "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-9/10\r\n\r\n01234567890", "longer than"],
  ] as const
) {
  test(`a retry that gets ${what} leaves NAME alone`, async ({ folder, path }) => {
    await using server = serveRaw((exchange) => exchange.send(exchange.number === 1 ? first : answer));
    await fails(server.url(), "protocol", words, { path, retries: 1 });
    assertEquals(await folder.get("file"), "old");
  });
}

test("a stream gets no error page behind good data", async () => {
  let got = "";
  const stream = new StreamTarget((bytes) => void (got += new TextDecoder().decode(bytes)));
  await using server = serveRaw((exchange) =>
    exchange.number === 1 ? exchange.send(CUT) : exchange.answer("404 Not Found", [], "NOT FOUND")
  );
  await fails(server.url(), "status", "404", { stream, retries: 1 });
  assertEquals(got, "01234");
});

test("a password goes neither into the result nor into the note of a part", async ({ folder, path }) => {
  await using server = serveRaw((exchange) => exchange.send(CUT));
  await fails(Object.assign(server.url(), { username: "user", password: "secret" }), "protocol", "cut off", { path });
  const note = await folder.get("file.part.json") ?? "";
  assertStringIncludes(note, '"validator"');
  assertEquals(note.includes("secret"), false);
});

test("a page that comes at once needs no note", async ({ folder, path }) => {
  await Deno.mkdir(`${path}.part.json/in`, { recursive: true }); // None can be written or removed.
  await using server = serveRaw((exchange) => exchange.answer("200 OK", ['ETag: "v1"'], "new"));
  await fetchFrom(server.url(), { path });
  assertEquals([await folder.get("file"), await folder.names()], ["new", ["file", "file.part.json"]]);
});

test("a whole body that cannot become NAME is kept with its note, and --resume completes it", async ({ folder, path }) => {
  await using server = serveRaw((exchange) =>
    exchange.number === 1
      ? exchange.answer("200 OK", ['ETag: "v1"'], "new")
      : exchange.answer("206 Part", ['ETag: "v1"', "Content-Range: bytes 2-2/3"], "w")
  );
  const watch = new Log();
  watch.onProgress = () => {
    Deno.removeSync(path);
    Deno.mkdirSync(path);
  };
  await fails(server.url(), "file", "Cannot save", { path, watch });
  assertEquals(watch.notices, [`3 bytes are kept in ${path}.part: --resume goes on with them`]);
  assertEquals([await folder.get("file.part"), await folder.names()], ["new", ["file", "file.part", "file.part.json"]]);
  await Deno.remove(path);
  await fetchFrom(server.url(), { path, resume: true });
  assertEquals([await folder.get("file"), await folder.names()], ["new", ["file"]]);
});

test("a replaced file keeps its mode", async ({ folder, path }) => {
  await using server = serveRaw((exchange) => exchange.answer("200 OK", [], "new"));
  await Deno.chmod(path, 0o600);
  await fetchFrom(server.url(), { path });
  assertEquals([await folder.get("file"), (await Deno.stat(path)).mode! & 0o777], ["new", 0o600]);
}, { ignore: Deno.build.os === "windows" });

test("--to-utf8 says when bytes do not fit the charset, and -e names another one", async ({ path }) => {
  const page = new Uint8Array([0xc4, 0xe3, 0xba, 0xc3]);
  await using server = serveRaw((exchange) =>
    exchange.answer("200 OK", ["Content-Type: text/html; charset=utf-8"], page)
  );
  const watch = new Log();
  await fetchFrom(server.url(), { path, toUtf8: true, watch });
  assertStringIncludes(watch.notices.join(), "became U+FFFD");
  await fetchFrom(server.url(), { path, toUtf8: true, charset: "gbk" });
  assertEquals(await Deno.readTextFile(path), "你好");
});

test("a retry does not send a form twice once it may have been read", async ({ path }) => {
  await using server = serveRaw((exchange) => exchange.send(CUT));
  const body = new Uint8Array([1]);
  await fails(server.url(), "protocol", "cut off", { path, method: "POST", body, retries: 3 });
  assertEquals(server.exchanges.length, 1);
});

test("--resume that gets no body instead of the rest does not call it done", async ({ folder, path }) => {
  await using server = serveRaw((exchange) => exchange.send(exchange.number === 1 ? CUT : NO_BODY));
  await fails(server.url(), "protocol", "cut off", { path });
  await fails(server.url(), "protocol", "204 without the rest", { path, resume: true });
  assertEquals(await folder.get("file.part"), "01234");
});
