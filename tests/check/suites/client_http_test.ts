import { assertEquals, assertMatch } from "@std/assert";
import { clientHttp } from "../../../lib/check/suites/client_http.ts";
import { readAll, writeAll } from "../../support/sockets.ts";
import { checked, type Client, once, toEnd } from "../clients.ts";

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** Reads a response by its own rules for where the body ends; `content-length` in any case unless `caseMatters`. */
function getting({ caseMatters = false, chunks = true, redirects = true, request = GET } = {}): Client {
  let target: string | undefined;
  return async (conn) => {
    await writeAll(conn, target ? request.replace("/ ", `${target} `) : request);
    target = undefined;
    let text = "";
    const more = async (): Promise<boolean> => {
      const buffer = new Uint8Array(512);
      const count = await conn.read(buffer);
      if (count === null) return false;
      // A character a byte, so that lengths are right.
      text += String.fromCharCode(...buffer.subarray(0, count));
      return true;
    };
    while (!text.includes("\r\n\r\n")) if (!await more()) return;
    const body = text.indexOf("\r\n\r\n") + 4;
    const head = text.slice(0, body);
    const [, length] = (caseMatters ? /Content-Length: (\d+)/ : /content-length: (\d+)/i).exec(head) ?? [];
    const [, place] = /location: (\S+)/i.exec(head) ?? [];
    if (redirects) target = place;
    if (chunks && /transfer-encoding: chunked/i.test(head)) { while (!text.endsWith("\r\n0\r\n\r\n") && await more()); }
    else if (length === undefined) { while (await more()); }
    else while (text.length < body + Number(length) && await more());
  };
}

Deno.test("a client that knows where a body ends and follows redirects is right", async () => {
  const { verdicts, findings } = await checked(clientHttp, "1 2 3 4 5 6 7", getting());
  assertEquals(verdicts, "1 ok, 2 ok, 3 ok, 4 ok, 5 ok, 6 unknown, 7 ok");
  assertMatch(findings["6"]?.reason?.en ?? "", /whole body/);
});

Deno.test("a client that reads once is told so once, in whichever case comes first", async () => {
  const client: Client = async (conn) => {
    await writeAll(conn, GET);
    await once(conn, 4096);
  };
  const all = await checked(clientHttp, "1 2 3 5 6 7", client);
  assertEquals(all.verdicts, "1 fail, 2 unknown, 3 unknown, 5 unknown, 6 unknown, 7 unknown");
  assertMatch(all.findings["7"]?.reason?.en ?? "", /client\/http\/1/);
  for (const name of ["2", "3", "5", "6", "7"]) {
    const { verdicts, findings } = await checked(clientHttp, name, client);
    assertEquals(verdicts, `${name} fail`);
    assertMatch(
      findings[name]?.reason?.en ?? "",
      /closed the connection when \d+ of \d+ bytes had come.*Content-Length/,
    );
  }
});

Deno.test("a client that does not find the end by chunks, or by a name in lower case, is told so", async () => {
  const chunks = await checked(clientHttp, "1 5", getting({ chunks: false }));
  assertEquals(chunks.verdicts, "1 fail, 5 ok");
  assertMatch(chunks.findings["1"]?.reason?.en ?? "", /last chunk/);
  const close = getting({ chunks: false, request: GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n") });
  assertEquals((await checked(clientHttp, "1", close)).verdicts, "1 unknown");
  const names = await checked(clientHttp, "1 5", getting({ caseMatters: true }));
  assertEquals(names.verdicts, "1 ok, 5 fail");
  assertMatch(names.findings["5"]?.reason?.zh ?? "", /不区分大小写/);
});

Deno.test("a client that reads up to the end of the connection shows nothing of lengths", async () => {
  const { verdicts } = await checked(clientHttp, "1 2 3 5 7", async (conn) => {
    await writeAll(conn, GET);
    await toEnd(conn);
  });
  assertEquals(verdicts, "1 unknown, 2 ok, 3 ok, 5 unknown, 7 ok");
});

Deno.test("a client that waits for bytes that never come is told so", async () => {
  const over = Promise.withResolvers<void>();
  const check = checked(clientHttp, "2", async (conn) => {
    await writeAll(conn, GET);
    await readAll(conn);
    await over.promise;
  }, { runs: 1, times: { answerMs: 100 } });
  setTimeout(over.resolve, 800);
  const { verdicts, findings } = await check;
  assertEquals(verdicts, "2 fail");
  assertMatch(findings["2"]?.reason?.en ?? "", /still waits for them/);
});

Deno.test("a redirect need not be followed, but not to a wrong place", async () => {
  const stays = await checked(clientHttp, "4", getting({ redirects: false }));
  assertEquals(stays.verdicts, "4 unknown");
  let place = "/";
  const wrong = await checked(clientHttp, "4", async (conn) => {
    await writeAll(conn, GET.replace("/ ", `${place} `));
    const answer = await once(conn) ?? "";
    place = /Location: (\S+)/.test(answer) ? "//moved" : "/";
    await toEnd(conn);
  });
  assertEquals(wrong.verdicts, "4 fail");
});

Deno.test("what is no valid request is told once", async () => {
  const client = getting({ request: "GET / HTTP/1.1\r\n\r\n" });
  const { verdicts, findings } = await checked(clientHttp, "1 3 7", client);
  assertEquals(verdicts, "1 fail, 3 unknown, 7 unknown");
  assertMatch(findings["1"]?.reason?.en ?? "", /400.*no Host field/);
  const endless = await checked(clientHttp, "1", getting({ request: GET.trim() }), { times: { answerMs: 100 } });
  assertMatch(endless.findings["1"]?.reason?.en ?? "", /empty line/);
});

Deno.test("what the client asked for, or cannot know, is not judged", async () => {
  const asks = getting({ request: GET.replace("\r\n\r\n", "\r\nAccept-Encoding: gzip\r\n\r\n") });
  assertEquals((await checked(clientHttp, "6", asks)).verdicts, "6 unknown");
  const old = getting({ request: "GET / HTTP/1.0\r\n\r\n" });
  assertEquals((await checked(clientHttp, "1", old)).verdicts, "1 unknown");
});
