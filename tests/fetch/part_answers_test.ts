/** Answers that have a part of the body: gone on with where they fit, never taken for the whole. */

import { assert, assertEquals } from "@std/assert";
import { fails, fetchFrom, Log, type Scene, test } from "./helpers.ts";
import { type Exchange, serveRaw } from "./server.ts";

const TEXT = "0123456789abcdefghij";
const ETAG = 'ETag: "v1"';
const OLD = "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT";
const LATER = "Last-Modified: Tue, 02 Jan 2024 00:00:00 GMT";
const CLOSE = "Connection: close";

/** What the server knows of its version, and the same in the note of an earlier run. */
interface Known {
  readonly fields: readonly string[];
  readonly note: Record<string, unknown>;
}
const STRONG: Known = { fields: [ETAG], note: { validator: '"v1"', total: 20 } };
const WEAK: Known = {
  fields: ['ETag: W/"v1"', OLD],
  note: { etag: 'W/"v1"', modified: OLD.slice(15), total: 20 },
};

type Answer = readonly [status: 200 | 206, range: string | undefined, body: string, ...fields: string[]];

async function send(exchange: Exchange, [status, range, body, ...fields]: Answer): Promise<void> {
  await exchange.answer(`${status} So`, range === undefined ? fields : [`Content-Range: ${range}`, ...fields], body);
}

/**
 * Has five bytes of TEXT, from this run or from an earlier one, and gets an answer to the request for the rest. Then
 * TEXT must be saved whole; returns the number of requests after the five bytes, and what was told.
 */
async function continues({ folder, path }: Scene, known: Known, answer: Answer, way: "retry" | "resume") {
  const first = way === "retry" ? 1 : 0;
  await using server = serveRaw(async (exchange) => {
    if (exchange.number <= first) {
      await exchange.answer("200 OK", [...known.fields, "Content-Length: 20"], TEXT.slice(0, 5));
    } else if (exchange.field("range") !== undefined) {
      await send(exchange, answer);
    } else {
      await exchange.answer("200 OK", known.fields, TEXT);
    }
  });
  if (way === "resume") {
    await folder.put("file.part", TEXT.slice(0, 5));
    await folder.put("file.part.json", JSON.stringify({ url: server.url().href, ...known.note }));
  }
  const result = await fetchFrom(server.url(), { path, retries: first, resume: way === "resume" });
  assertEquals([result.bytes, await folder.files()], [20, { file: TEXT }]);
  assertEquals(server.ranges[first], ["bytes=5-", known.note.validator]);
  return server.ranges.slice(first + 1);
}

const GOES_ON: [what: string, known: Known, answer: Answer][] = [
  ["an ordinary part", STRONG, [206, "bytes 5-19/20", TEXT.slice(5), ETAG]],
  ["one without a length", STRONG, [206, "bytes 5-19/20", TEXT.slice(5), ETAG, CLOSE]],
  ["one that says 200", STRONG, [200, "bytes 5-19/20", TEXT.slice(5), ETAG]],
  ["a range like that of a request", STRONG, [206, "bytes=5-19/20", TEXT.slice(5), ETAG]],
  ["a range with a colon, in capitals", STRONG, [206, "BYTES: 5-19/20", TEXT.slice(5), ETAG]],
  ["a range with blanks", STRONG, [206, "bytes  5 - 19 / 20", TEXT.slice(5), ETAG]],
  ["a range without a unit", STRONG, [206, "5-19/20", TEXT.slice(5), ETAG]],
  ["a range without a total", STRONG, [206, "bytes 5-19", TEXT.slice(5), ETAG]],
  ["a range of an unknown total", STRONG, [206, "bytes 5-19/*", TEXT.slice(5), ETAG]],
  ["a range with a total that is too small", STRONG, [206, "bytes 5-19/15", TEXT.slice(5), ETAG]],
  ["a range without an end", STRONG, [206, "bytes 5-/20", TEXT.slice(5), ETAG]],
  ["a range with a wrong end", STRONG, [206, "bytes 5-20/20", TEXT.slice(5), ETAG]],
  ["a range with an end before its beginning", STRONG, [206, "bytes 5-1/20", TEXT.slice(5), ETAG]],
  ["a byte that is there already", STRONG, [206, "bytes 4-19/20", TEXT.slice(4), ETAG]],
  ["all bytes that are there already", STRONG, [206, "bytes 0-19/20", TEXT, ETAG]],
  ["bytes that are there already, with 200", STRONG, [200, "bytes 3-19/20", TEXT.slice(3), ETAG, CLOSE]],
  ["a weak version with the same date and size", WEAK, [206, "bytes 5-19/20", TEXT.slice(5), OLD]],
  ["a weak version with the same ETag as well", WEAK, [206, "bytes 5-19/20", TEXT.slice(5), ...WEAK.fields]],
  ["a weak version, with bytes that are there", WEAK, [206, "bytes 2-19/20", TEXT.slice(2), OLD]],
  ["a weak version that says 200", WEAK, [200, "bytes 5-19/20", TEXT.slice(5), OLD]],
];

const X = "x".repeat(20);
const STARTS_OVER: [what: string, known: Known, answer: Answer][] = [
  ["a 200 of no version", STRONG, [200, "bytes 5-19/20", X.slice(5)]],
  ["a 206 of no version, though If-Range had an ETag", STRONG, [206, "bytes 5-19/20", X.slice(5)]],
  ["a gap", STRONG, [206, "bytes 6-19/20", X.slice(6), ETAG]],
  ["a gap, with 200", STRONG, [200, "bytes 6-19/20", X.slice(6), ETAG]],
  ["no range", STRONG, [206, undefined, X.slice(5), ETAG]],
  ["a range that is none", STRONG, [206, "five to nineteen", X.slice(5), ETAG]],
  ["a range of something else", STRONG, [206, "items 5-19/20", X.slice(5), ETAG]],
  ["several ranges", STRONG, [
    206,
    "bytes 5-19/20",
    X.slice(5),
    ETAG,
    "Content-Type: multipart/byteranges; boundary=x",
  ]],
  ["another version", STRONG, [206, "bytes 5-19/20", X.slice(5), 'ETag: "v2"']],
  ["another version, with 200", STRONG, [200, "bytes 5-19/20", X.slice(5), 'ETag: "v2"']],
  ["another total", STRONG, [206, "bytes 5-20/21", X.slice(4), ETAG]],
  ["another coding", STRONG, [206, "bytes 5-19/20", X.slice(5), ETAG, "Content-Encoding: gzip"]],
  ["bytes that are there, of no version", STRONG, [206, "bytes 0-19/20", X]],
  ["only bytes that are there", STRONG, [206, "bytes 0-4/20", X.slice(0, 5), ETAG]],
  ["no bytes", STRONG, [206, "bytes 5-19/20", "", ETAG]],
  ["more than it says", STRONG, [206, "bytes 5-19/20", TEXT.slice(5) + X, ETAG, CLOSE]],
  ["a weak version with another date", WEAK, [206, "bytes 5-19/20", X.slice(5), LATER]],
  ["a weak version with another ETag", WEAK, [206, "bytes 5-19/20", X.slice(5), OLD, 'ETag: W/"v2"']],
  ["a weak version with another size", WEAK, [206, "bytes 5-20/21", X.slice(4), OLD]],
  ["a weak version without a date", WEAK, [206, "bytes 5-19/20", X.slice(5), 'ETag: W/"v1"']],
  ["a weak version without a size", WEAK, [206, "bytes 5-19/*", X.slice(5), OLD]],
  ["a weak version, and only bytes that are there", WEAK, [206, "bytes 0-4/20", X.slice(0, 5), OLD]],
];

for (const way of ["retry", "resume"] as const) {
  for (const [what, known, answer] of GOES_ON) {
    test(`a ${way} goes on with ${what}`, async (scene) =>
      assertEquals(await continues(scene, known, answer, way), []));
  }
  for (const [what, known, answer] of STARTS_OVER) {
    test(`a ${way} starts over after ${what}`, async (scene) => {
      assertEquals(await continues(scene, known, answer, way), [[undefined, undefined]]);
    });
  }
}

for (
  const [what, answer] of [
    ["206 with all of it", [206, "bytes 0-19/20", TEXT]],
    ["206 with all of it, and no length", [206, "bytes 0-19/20", TEXT, CLOSE]],
    ["206 with all of it, oddly written", [206, "bytes=0-20/20", TEXT]],
    ["200 with the range of all of it", [200, "bytes 0-19/20", TEXT]],
    ["200 with a range that says nothing", [200, "none", TEXT]],
    ["200 with a range of no known total", [200, "bytes 0-19/*", TEXT]],
    ["200 with a range in another unit", [200, "items 5-9/40", TEXT]],
    ["200 with the range of what it was before a proxy coded it", [
      200,
      "bytes 0-19/40",
      TEXT,
      "Content-Encoding: none",
    ]],
  ] as [string, Answer][]
) {
  test(`the body is complete after ${what}`, async ({ folder, path }) => {
    await using server = serveRaw((exchange) => send(exchange, answer));
    await fetchFrom(server.url(), { path });
    assertEquals(await folder.files(), { file: TEXT });
  });
}

for (
  const [what, answer, words] of [
    ["200", [200, "bytes 5-19/20", TEXT.slice(5), ETAG], "a part of the body from byte 5 on"],
    ["200 and no length", [200, "5-", TEXT.slice(5), ETAG, CLOSE], "a part of the body from byte 5 on"],
    ["200 and an end that is none", [200, "bytes 5-x/20", TEXT.slice(5), ETAG], "a part of the body from byte 5 on"],
    ["206", [206, "bytes 5-19/20", TEXT.slice(5), ETAG], "a part of the body from byte 5 on"],
    ["206 without a range", [206, undefined, TEXT, ETAG], "a part of the body"],
    ["206 without a total", [206, "bytes 0-19/*", TEXT, ETAG], "a part of the body"],
    [
      "206 with several ranges",
      [206, "bytes 0-19/20", TEXT, "Content-Type: Multipart/ByteRanges"],
      "a part of the body",
    ],
  ] as [string, Answer, string][]
) {
  test(`a part that nobody asked for is an error: ${what}`, async ({ path, untouched }) => {
    await using server = serveRaw((exchange) => send(exchange, answer));
    const { message } = await fails(server.url(), "protocol", words, { path, retries: 3 });
    assert(message.endsWith("which was not asked for"), message);
    assertEquals(server.heads.length, 1);
    await untouched();
  });
}

test("a Content-Range of all with the length of a part is an error, and what was there stays", async (scene) => {
  const { path, folder, untouched } = scene;
  const answer: Answer = [200, "bytes 0-19/20", TEXT.slice(8), ETAG];
  await using server = serveRaw((exchange) =>
    exchange.number === 2
      ? exchange.answer("200 So", [ETAG, "Content-Length: 20"], TEXT.slice(0, 8))
      : send(exchange, answer)
  );
  await fails(server.url(), "protocol", "Content-Range and its Content-Length contradict", { path });
  await untouched();
  await fails(server.url(), "protocol", "cut off after 8 of 20 bytes", { path });
  await fails(server.url(), "protocol", "Content-Range and its Content-Length contradict", { path, resume: true });
  assertEquals([await folder.get("file"), await folder.get("file.part")], ["old", TEXT.slice(0, 8)]);
});

for (const status of [200, 206] as const) {
  test(`a server that sends only parts, the first with ${status}, is asked for one after the other`, async (scene) => {
    const { folder, path } = scene;
    await using server = serveRaw((exchange) => {
      const at = Number(/\d+/.exec(exchange.field("range") ?? "0")?.[0]);
      const answer = [`Content-Range: bytes ${at}-${at + 4}/20`, ETAG];
      return exchange.answer(`${at ? 206 : status} So`, answer, TEXT.slice(at, at + 5));
    });
    const watch = new Log();
    const { bytes, received } = await fetchFrom(server.url(), { path, watch });
    assertEquals([bytes, received, await folder.files()], [20, 20, { file: TEXT }]);
    assertEquals(server.ranges.map(([range]) => range), [undefined, "bytes=5-", "bytes=10-", "bytes=15-"]);
    assertEquals(watch.notices, ["The server sends the body in parts: each of them is asked for"]);
  });
}

test("a part without a version, after which the rest cannot be asked for, counts as cut", async ({ path, kept }) => {
  await using server = serveRaw((exchange) => send(exchange, [206, "bytes 0-4/20", TEXT.slice(0, 5)]));
  await fails(server.url(), "protocol", "the server sent 5 of 20 bytes", { path, retries: 2 });
  assertEquals(server.heads.length, 3);
  await kept("01234");
});

test("a server whose version changes with each part is asked no more often than --retry says", async ({ path }) => {
  await using server = serveRaw((exchange) => {
    const fields = [`ETag: "v${exchange.number}"`, "Content-Range: bytes 0-4/20"];
    return exchange.answer("206 So", fields, TEXT.slice(0, 5));
  });
  await fails(server.url(), "protocol", "the server sent 5 of 20 bytes", { path, retries: 1 });
  // Each attempt but the first asks for the rest before it asks for all.
  assertEquals(server.heads.length, 5);
});

test("a range that the user asks for is saved as it comes, and never continued", async ({ folder, path }) => {
  const answer: Answer = [206, "bytes 5-9/20", TEXT.slice(5, 10), ETAG];
  await using server = serveRaw((exchange) =>
    exchange.number === 2 ? exchange.answer("206 So", [ETAG, "Content-Length: 5"], "56") : send(exchange, answer)
  );
  const wishes = { path, fields: [["range", "bytes=5-9"]] as const };
  await fetchFrom(server.url(), wishes);
  assertEquals(await folder.files(), { file: "56789" });
  await fails(server.url(), "protocol", "cut off after 2 of 5 bytes", wishes);
  assertEquals(await folder.files(), { file: "56789", "file.part": "56" });
  await fetchFrom(server.url(), { ...wishes, resume: true });
  assertEquals(await folder.files(), { file: "56789" });
  assertEquals(server.ranges, Array(3).fill(["bytes=5-9", undefined]));
});

test("a server that always sends the same part is asked no more often than --retry says", async ({ path, folder }) => {
  for (const [range, body] of [["bytes 0-4/20", TEXT.slice(0, 5)], ["bytes 7-19/20", TEXT.slice(7)]] as const) {
    await using server = serveRaw((exchange) => send(exchange, [206, range, body, ETAG]));
    await folder.put("file.part", TEXT.slice(0, 6));
    await folder.put("file.part.json", JSON.stringify({ url: server.url().href, ...STRONG.note }));
    await fails(server.url(), "protocol", "which was not asked for", { path, retries: 3, resume: true });
    assertEquals(server.heads.length, 2);
    assertEquals(await folder.get("file.part"), TEXT.slice(0, 6), "a shorter part replaces no longer one");
  }
});
