import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Case } from "../../../lib/check/case.ts";
import { http } from "../../../lib/check/suites/http.ts";
import { utf8, writeAll } from "../../support/sockets.ts";
import { serveHttp, type Web } from "../http_server.ts";
import { findingOf } from "../one_case.ts";
import { check, serve } from "../servers.ts";

/** Milliseconds after which a wrong server is known to be silent. */
const SHORT_MS = 500;

function caseOf(name: string): Case {
  return http.cases.find((one) => one.name === name)!;
}

const ALL_OK = Object.fromEntries(http.cases.map(({ name }) => [name, "ok"]));

Deno.test("http: a right server gets 15 ok", async () => {
  await using server = serveHttp();
  assertEquals((await check(http, server.address)).verdicts, ALL_OK);
});

Deno.test("http: a server for one client after the other is recognised, and only the case with two is not judged", async () => {
  await using server = serveHttp({ kind: "sequential" });
  const cases = http.cases.filter(({ name }) => name !== "7");
  const { kind, verdicts } = await check(http, server.address, cases);
  assertEquals(kind, "sequential");
  assertEquals(Object.entries(verdicts).filter(([, verdict]) => verdict !== "ok"), [["13", "unknown"]]);
});

Deno.test("http: without a page beyond ASCII it cannot be judged what is counted", async () => {
  await using server = serveHttp({ page: "hi", missing: "no" });
  assertEquals((await check(http, server.address)).verdicts, { ...ALL_OK, 4: "unknown" });
});

Deno.test("http/4: a file that is too large to be read to its end has no wrong length", async () => {
  await using server = serveHttp({ page: `<a href="/file">首页</a>`, file: 25 * 1024 * 1024 });
  assertEquals((await findingOf(caseOf("4"), server.address, SHORT_MS)).verdict, "ok");
});

Deno.test("http/4: an answer that comes slowly has no wrong length", async () => {
  await using server = serveHttp({ drips: true });
  assertEquals((await findingOf(caseOf("4"), server.address, SHORT_MS)).verdict, "unknown");
});

Deno.test("http: a server that closes after each answer, and says so, is weak in that", async () => {
  await using server = serveHttp({ closes: "politely" });
  assertEquals((await check(http, server.address)).verdicts, { ...ALL_OK, 6: "weak", 8: "weak" });
});

/** One fault each: the case, the verdict, what is said in English. */
const FAULTS: readonly (readonly [string, Web, string, "fail" | "weak", RegExp])[] = [
  ["an error", { status: 500 }, "1", "fail", /is answered by 500/],
  ["nothing at /", { status: 404 }, "1", "weak", /no page to look at/],
  ["no length and no end", { length: () => undefined, stays: true }, "1", "fail", /has no Content-Length/],
  ["lines that end with LF", { bareLf: true }, "1", "weak", /end with LF alone/],
  ["no Host", { lenient: true }, "2", "weak", /without Host is answered by 200/],
  ["200 for everything", { lenient: true }, "3", "weak", /as if it did/],
  ["a length in characters", { length: (body) => body.length }, "4", "fail", /^Content-Length of \/ counts characters/],
  [
    "a length that is too large",
    { length: (body) => body.length + 99 },
    "4",
    "fail",
    /says 128, and the body has 43 bytes/,
  ],
  ["HEAD with a body", { headBody: true }, "5", "fail", /has a body of 43 bytes/],
  ["a connection that ends without a word", { closes: "silently" }, "6", "weak", /does not say so/],
  [
    "one read is a request",
    { oneRead: true, lenient: true },
    "7",
    "fail",
    /first 1 bytes came alone the answer came before/,
  ],
  ["what came behind a request is dropped", { forgetful: true }, "8", "fail", /the second was not answered/],
  ["the body is not waited for", { noBody: true }, "9", "fail", /before all of its body had come/],
  ["paths lead out", { open: true }, "10", "fail", /^The path \/\.\.\/.* leads out/],
  ["a long header gets nothing", { headMax: 5000 }, "11", "fail", /gets no answer, and the connection stays open/],
  ["LF is not understood", { onlyCrlf: true }, "12", "fail", /waits for CRLF for ever/],
  ["Connection: close is ignored", { stays: true }, "14", "fail", /stays open/],
  ["of two lengths one counts", { lenient: true }, "15", "fail", /request smuggling/],
  [
    "of two lengths one counts, and the connection ends",
    { lenient: true, closes: "politely" },
    "15",
    "weak",
    /smuggling/,
  ],
];

Deno.test("http/1: a page alone is no answer of HTTP", async () => {
  await using server = serve("parallel", async (conn) => {
    await conn.read(new Uint8Array(1000));
    await writeAll(conn, utf8("<h1>你好</h1>\n"));
  });
  const finding = await findingOf(caseOf("1"), server.address, SHORT_MS);
  assertEquals(finding.verdict, "fail");
  assertMatch(finding.reason?.en ?? "", /does not begin with a status line/);
});

for (const [what, web, name, verdict, reason] of FAULTS) {
  Deno.test(`http/${name}: ${what}`, async () => {
    await using server = serveHttp(web);
    const finding = await findingOf(caseOf(name), server.address, SHORT_MS);
    assertEquals(finding.verdict, verdict, finding.reason?.en);
    assertMatch(finding.reason?.en ?? "", reason);
    assert(finding.reason?.zh && finding.evidence);
  });
}

Deno.test("http/7: a page that changes by itself is not wrong", async () => {
  await using server = serveHttp({ changes: 5 });
  const finding = await findingOf(caseOf("7"), server.address, SHORT_MS);
  assertEquals(finding.verdict, "ok", finding.reason?.en);
});

Deno.test("http/11: a long header ends the server", async () => {
  await using server = serveHttp({ crashAt: 20_000 });
  const { finding } = (await check(http, server.address, [caseOf("11")])).of("11");
  assertEquals([finding.verdict, finding.reason?.en], [
    "fail",
    "The program ended here: its port refuses connections now.",
  ]);
});

Deno.test("http/7 reports the smallest cut that fails", async () => {
  await using server = serveHttp({ noBody: true, closes: "politely" });
  assertEquals((await findingOf(caseOf("7"), server.address, SHORT_MS)).verdict, "ok");
  await using other = serveHttp({ oneRead: true });
  const { tries, reason } = await findingOf(caseOf("7"), other.address, SHORT_MS);
  assertEquals([tries?.failed, tries?.of], [4, 4]);
  assertMatch(reason?.en ?? "", /whose first 1 bytes came alone/);
});
