import { assert, assertEquals } from "@std/assert";
import { REQUEST_LINE_LIMIT } from "../../lib/http/limits.ts";
import { beginsLikeRequest } from "../../lib/http/request_begin.ts";
import { toBytes } from "./helpers.ts";
import { REQUEST_CASES } from "./request_cases.ts";

const verdictOf = (text: string) => beginsLikeRequest(toBytes(text));

function checkAll(expected: boolean | undefined, ...texts: readonly string[]): void {
  for (const text of texts) assertEquals(verdictOf(text), expected, JSON.stringify(text.slice(0, 40)));
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

Deno.test("beginsLikeRequest() knows requests", () => {
  for (const method of METHODS) checkAll(true, `${method} / HTTP/1.1\r\n`, `${method} /`, `${method} http://x`);
  checkAll(true, "GET /ws?a=b HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.0\n", "\r\nGET / HTTP/1.1\r\n", "\nGET /");
  checkAll(true, "OPTIONS * HTTP/1.1\r\n", "OPTIONS *\r\n", "CONNECT example.com:443", "CONNECT [::1]:443");
  checkAll(true, "PROPFIND /", "ABCDEFGHIJKLMNOP /", "FOO http://x/ HTTP/1.1");
});

Deno.test("beginsLikeRequest() knows malformed requests, so that no part of them is taken for text", () => {
  checkAll(true, "GET\t/ HTTP/1.1\r\n", "GET  / HTTP/1.1\r\n");
  for (const space of ["\t", " \t \t", "\x0b", "\x0c", "\r"]) checkAll(true, `GET${space}/`);
  checkAll(true, "GET /  HTTP/1.1", "GET /a b c", "GET / HTTP/2.0\r\n", "GET / HTTP/1.15", "GET /\n", "PRI * HTTP/2.0");
  checkAll(true, "GET HTTP/1.1\r\n", "GET lost HTTP/1.1\r\n", "GET lost\tHTTP/1", `GET${" ".repeat(5000)}/`);
  checkAll(true, `GET /${"a".repeat(100_000)}`, `GET ${"a".repeat(100_000)}`, `GET${" ".repeat(100_000)}`);
});

Deno.test("beginsLikeRequest() leaves lines of text alone", () => {
  for (const method of METHODS) {
    checkAll(false, `${method}\n`, `${method}\r\n`, `${method} \r\n`, `I like ${method}\n`, `${method} ${method}\n`);
  }
  checkAll(false, "hello\n", "hello", "HELLO\r\n", "你好", "\x16\x03\x01", "\0", "/join room\n", "\n\n", "\r\n\r\n");
  checkAll(false, " GET / HTTP/1.1\r\n", "get / HTTP/1.1\r\n", "Get / HTTP/1.1\r\n", "GET/ HTTP/1.1\r\n");
  checkAll(false, "GET well soon", "GET me out of here", "GET lost\n", "GET 10:30\n", "GET *claps*\n");
  checkAll(
    false,
    "POST: a notice",
    "DELETE everything\n",
    "DELETE everything at once",
    "LUNCH 12:30\n",
    "WOW *claps*\n",
  );
  checkAll(false, "ABCDEFGHIJKLMNOPQ", "ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n", "I LOVE HTTP/2\n", "HTTP/1.1 200 OK\r\n");
  checkAll(false, "SEE https://example.com\n", "SEE https://example.com now");
  checkAll(false, `HAHA ${"A".repeat(100_000)}`, "A".repeat(100_000));
});

Deno.test("beginsLikeRequest() waits only while more bytes decide", () => {
  checkAll(undefined, "", "\r", "\r\n", "\n", "\r\nG", "G", "GET", "OPTION", "HELLO");
  checkAll(undefined, "GET ", "GET\t", "GET\r", "GET *");
  checkAll(undefined, "GET h", "GET http:/", "GET lost", "GET lost ", "GET lost HTTP/", "CONNECT x:");
  checkAll(undefined, "SEE https://example.com", `GET ${"a".repeat(8000)}`);
});

Deno.test("beginsLikeRequest() never takes back what it said", () => {
  const requests = ["DELETE /some/path HTTP/1.1\r\n", "OPTIONS * HTTP/1.1\r\n", "FOO http://x HTTP/1.1\r\n"];
  const odd = ["GET well soon\n", "GET lost HTTP/1.1\n", "\r\nCONNECT x:1\r\n", "HELLO\r\n", "GET *\n"];
  for (const text of [...requests, ...odd]) {
    const verdict = verdictOf(text);
    assert(verdict !== undefined, text);
    for (let end = 0; end < text.length; end++) {
      const early = verdictOf(text.slice(0, end));
      assert(early === undefined || early === verdict, `${text} at ${end}`);
    }
  }
});

Deno.test("beginsLikeRequest() has decided when a request line is as long as it may be", () => {
  for (const start of ["", "GET", "GET ", "GET a", "WOW ", "WOW a", "CONNECT ", "\r\nGET "]) {
    for (const fill of ["A", "a", " ", "*", ":"]) {
      assert(verdictOf(start.padEnd(REQUEST_LINE_LIMIT, fill)) !== undefined, `${start} and ${fill}`);
    }
  }
});

Deno.test("beginsLikeRequest() knows all that the parser accepts, except for methods that are no upper-case word", () => {
  for (const { name, input, expected } of REQUEST_CASES) {
    if (expected === "more" || "error" in expected || !/^[A-Z]{1,16}$/.test(expected.method)) continue;
    assertEquals(verdictOf(input), true, name);
  }
});
