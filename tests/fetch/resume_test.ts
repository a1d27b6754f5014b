/** `--resume`: going on with what an earlier run left. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { fails, fetchFrom, Folder, impatient, Log, sha256, type Wishes } from "./helpers.ts";
import { type Exchange, type RawServer, type Script, serveRaw } from "./server.ts";

const TEXT = "0123456789abcdefghij";

/** A web server that understands ranges of TEXT, with a strong ETag. */
function ranging(etag = '"v1"', text = TEXT): Script {
  return (exchange) => {
    const [, from] = /^bytes=(\d+)-$/.exec(exchange.field("range") ?? "") ?? [];
    const valid = [undefined, etag].includes(exchange.field("if-range"));
    const fields = [`ETag: ${etag}`];
    if (from === undefined || !valid) return exchange.answer("200 OK", fields, text);
    if (Number(from) >= text.length) return exchange.answer("416 No", [`Content-Range: bytes */${text.length}`]);
    const range = `Content-Range: bytes ${from}-${text.length - 1}/${text.length}`;
    return exchange.answer("206 Partial Content", [...fields, range], text.slice(Number(from)));
  };
}

/** A folder with what an earlier run left of `file`. */
async function left(url: URL, part: string): Promise<Folder> {
  const folder = await Folder.make();
  await folder.put("file.part", part);
  await folder.put("file.part.json", JSON.stringify({ url: url.href, validator: '"v1"' }));
  return folder;
}

/** Resumes; `file` must then be TEXT and nothing else be left. */
async function completes(server: RawServer, folder: Folder, wishes: Wishes = {}): Promise<Log> {
  using _quick = impatient();
  const watch = new Log();
  const path = folder.at("file");
  const result = await fetchFrom(server.url(), { path, resume: true, digest: true, watch, ...wishes });
  assertEquals(await folder.files(), { file: TEXT });
  assertEquals([result.bytes, result.file], [TEXT.length, path]);
  // What was complete before is not read.
  if (server.ranges.at(-1)?.[1] !== undefined) assertEquals(result.sha256, await sha256(TEXT));
  return watch;
}

/** Range and If-Range of a request for the whole body, and for the rest. */
const WHOLE = [undefined, undefined];
const from = (byte: number, validator: string | undefined = '"v1"') => [`bytes=${byte}-`, validator];

const BEGUN = TEXT.slice(0, 7);
const OTHER = "xxxxxxx";

/** Sends a part of another version whatever If-Range says. */
const careless: Script = (exchange) =>
  exchange.field("range")
    ? exchange.answer("206 Partial", ['ETag: "v2"', "Content-Range: bytes 7-19/20"], TEXT.slice(7))
    : exchange.answer("200 OK", ['ETag: "v2"'], TEXT);

const deaf: Script = (exchange) => exchange.answer("200 OK", [], TEXT);
const late: Script = (exchange) => exchange.number === 1 ? undefined : ranging()(exchange);
const moved: Script = (exchange) =>
  exchange.line.endsWith("/file") ? exchange.answer("302 Found", ["Location: /real"]) : ranging()(exchange);

const PARTS: [what: string, script: Script, part: string, ranges: (string | undefined)[][], wishes?: Wishes][] = [
  ["is not done without --resume", ranging(), "something else", [WHOLE], { resume: false }],
  ["starts over when the file has changed", ranging('"v2"'), OTHER, [from(7)]],
  ["starts over when the server ignores ranges", deaf, OTHER, [from(7)]],
  ["starts over when the server ignores If-Range and sends something else", careless, OTHER, [from(7), WHOLE]],
  ["tries again with the part when the first attempt brings nothing", late, BEGUN, [from(7), from(7)], { retries: 1 }],
  ["goes on through a redirect, and notes the first address", moved, BEGUN, [from(7), from(7)]],
  ["goes on up to --max-size", ranging(), BEGUN, [from(7)], { maxSize: 20 }],
];

for (const [what, script, part, ranges, wishes] of PARTS) {
  Deno.test(`--resume ${what}`, async () => {
    await using server = serveRaw(script);
    await using folder = await left(server.url(), part);
    await completes(server, folder, wishes);
    assertEquals(server.ranges, ranges);
  });
}

const FILES: [what: string, file: string, notices: string[], ranges: (string | undefined)[][]][] = [
  ["is content with a file that is complete", TEXT, ["Already complete"], [["bytes=20-", undefined]]],
  ["replaces a file that cannot be proved to be the beginning", "0123", [], [["bytes=4-", undefined], WHOLE]],
  ["replaces a file that is longer than what the server has", TEXT + TEXT, [], [["bytes=40-", undefined], WHOLE]],
];

for (const [what, file, expected, ranges] of FILES) {
  Deno.test(`--resume ${what}`, async () => {
    await using server = serveRaw(ranging());
    await using folder = await Folder.make({ file: file });
    const { notices } = await completes(server, folder);
    assertEquals([notices, server.ranges], [expected, ranges]);
  });
}

Deno.test("--resume is content with a part that is complete", async () => {
  await using server = serveRaw(ranging());
  await using folder = await left(server.url(), TEXT);
  const { notices } = await completes(server, folder);
  assertEquals([notices, server.ranges], [["Already complete"], [from(20)]]);
});

Deno.test("--resume goes on with the part of an earlier run, and its digest is that of the whole", async () => {
  await using server = serveRaw(ranging());
  await using folder = await left(server.url(), BEGUN);
  const result = await fetchFrom(server.url(), { path: folder.at("file"), resume: true, digest: true });
  assertEquals(await folder.files(), { file: TEXT });
  assertEquals([result.bytes, result.received, result.sha256], [20, 13, await sha256(TEXT)]);
  assertEquals(server.ranges, [from(7)]);
  assertEquals(server.exchanges[0]?.field("accept-encoding"), "identity");
});

Deno.test("--resume completes what a run that was cut off has left", async () => {
  await using folder = await Folder.make();
  const cut = (exchange: Exchange) => exchange.answer("200 OK", ['ETag: "v1"', "Content-Length: 20"], TEXT.slice(0, 9));
  await using server = serveRaw((exchange) => exchange.number === 1 ? cut(exchange) : ranging()(exchange));
  await folder.put("file", "old");
  await fails(server.url(), "protocol", "cut off after 9 of 20 bytes", { path: folder.at("file") });
  assertEquals(await folder.names(), ["file", "file.part", "file.part.json"]);
  assertEquals(await folder.get("file"), "old");
  await completes(server, folder);
  assertEquals(server.ranges[1], from(9));
});

Deno.test("--resume starts over when another download changes the part meanwhile", async () => {
  for (const now of ["", TEXT.slice(0, 12)]) {
    await using server = serveRaw(async (exchange) => {
      if (exchange.number === 1) await folder.put("file.part", now);
      return await ranging()(exchange);
    });
    await using folder = await left(server.url(), BEGUN);
    await completes(server, folder);
    assertEquals(server.ranges, [from(7), WHOLE]);
  }
});

Deno.test("--resume does not use a part of another address", async () => {
  await using server = serveRaw(ranging());
  await using folder = await left(server.url("/other"), OTHER);
  await completes(server, folder);
  assertEquals(server.ranges, [WHOLE]);
});

Deno.test("--resume keeps the part of the earlier run when it fails", async () => {
  const scripts: Script[] = [
    () => {},
    (exchange) => exchange.answer("404 Not Found"),
    (exchange) => exchange.answer("503 Later"),
    (exchange) => exchange.answer("206 Partial", ["Content-Range: bytes 0-1/20"], "01"),
    (exchange) => exchange.answer("200 OK", ["Content-Range: bytes 8-19/20"], TEXT.slice(8)),
    (exchange) => exchange.send("garbage\r\n"),
    (exchange) => exchange.stall(),
  ];
  for (const [index, script] of scripts.entries()) {
    await using server = serveRaw(script);
    await using folder = await left(server.url(), BEGUN);
    const failed = await fetchFrom(server.url(), { path: folder.at("file"), resume: true, timeout: 60 })
      .then(() => false, () => true);
    assertEquals([index, failed, await folder.get("file.part")], [index, true, BEGUN]);
    assertEquals(await folder.names(), ["file.part", "file.part.json"]);
  }
});

Deno.test("--resume counts what is there for --max-size", async () => {
  await using server = serveRaw(ranging());
  await using folder = await left(server.url(), BEGUN);
  await fails(server.url(), "file", "(--max-size)", { path: folder.at("file"), resume: true, maxSize: 19 });
  assertEquals(await folder.get("file"), undefined);
});

Deno.test("--resume --to-utf8 turns all of the text into UTF-8, also what an earlier run left", async () => {
  const gbk = "\xc4\xe3\xba\xc3 \xc4\xe3\xba\xc3";
  const script: Script = (exchange) => {
    const fields = ['ETag: "v1"', "Content-Type: text/plain; charset=gbk"];
    if (!exchange.field("range")) return exchange.answer("200 OK", fields, gbk);
    return exchange.answer("206 Partial", [...fields, "Content-Range: bytes 4-8/9"], gbk.slice(4));
  };
  await using server = serveRaw(script);
  await using folder = await left(server.url(), "\xc4\xe3\xba\xc3".slice(0, 4));
  await Deno.writeFile(folder.at("file.part"), Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3));
  await fetchFrom(server.url(), { path: folder.at("file"), resume: true, toUtf8: true });
  assertEquals(new TextDecoder().decode(await Deno.readFile(folder.at("file"))), "你好 你好");
});

Deno.test("--resume says that what is there is kept, when the answer has nothing to go on with", async () => {
  using _quick = impatient();
  const cases: [script: Script, words: string][] = [
    [(exchange) => exchange.answer("503 Busy"), "The server says 503 Busy"],
    [(exchange) => exchange.answer("404 Gone"), "The server says 404 Gone"],
    [(exchange) => exchange.answer("304 Same"), "304 without the rest of the body"],
    [(exchange) => exchange.answer("204 None"), "204 without the rest of the body"],
    [() => {}, "closed the connection without a word"],
  ];
  for (const [script, words] of cases) {
    await using server = serveRaw(script);
    await using folder = await left(server.url(), BEGUN);
    const [watch, path] = [new Log(), folder.at("file")];
    const error = await fetchFrom(server.url(), { path, resume: true, retries: 1, watch }).catch(({ message }) =>
      message
    );
    assertStringIncludes(`${error}`, words);
    assertEquals(watch.notices.at(-1), `7 bytes are kept in ${path}.part: --resume goes on with them`);
    assertEquals(await folder.get("file.part"), BEGUN);
  }
  await using server = serveRaw((exchange) => exchange.answer("503 Busy"));
  await using folder = await Folder.make({ file: "0123" });
  const [watch, path] = [new Log(), folder.at("file")];
  await fails(server.url(), "status", "The server says 503", { path, resume: true, watch });
  assertEquals(watch.notices, [`4 bytes are kept in ${path}`]);
});

Deno.test("--resume says that what is there is kept, though the server has something else", async () => {
  const refuse: Script = (exchange) => exchange.number === 1 ? careless(exchange) : exchange.answer("503 Busy");
  await using server = serveRaw(refuse);
  await using folder = await left(server.url(), BEGUN);
  const [watch, path] = [new Log(), folder.at("file")];
  await fails(server.url(), "status", "The server says 503", { path, resume: true, watch });
  assertEquals(watch.notices, [
    "Beginning again without the 7 bytes that had come: the answer is not the rest of them",
    `7 bytes are kept in ${path}.part`,
  ]);
  assertEquals(await folder.get("file.part"), BEGUN);
});
