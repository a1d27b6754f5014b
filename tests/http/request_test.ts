import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Field } from "../../lib/http/head.ts";
import { parseField, parseMethod, redirect, writeRequest } from "../../lib/http/request.ts";
import type { HttpRequest, RequestForm } from "../../lib/http/request.ts";
import { badAnswerOf, toBytes, toText } from "./helpers.ts";

/** A request; by default a plain GET. */
function ask(url: string, extras: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", fields: [], ...extras, url: new URL(url) };
}

/** The lines of the head. */
function linesOf(request: HttpRequest, form: Partial<RequestForm> = {}): string[] {
  const lines = toText(writeRequest(request, { defaults: [], ...form })).split("\r\n");
  assertEquals(lines.slice(-2), ["", ""], "an empty line ends the head");
  return lines.slice(0, -2);
}

/** The field lines of a request for `http://h/` behind its Host. */
function fieldsOf(extras: Partial<HttpRequest>, defaults: Field[] = []): string[] {
  const [, host, ...lines] = linesOf(ask("http://h/", extras), { defaults });
  assertEquals(host, "Host: h");
  return lines;
}

Deno.test("parseField() takes a name and a value", () => {
  const cases: [text: string, name: string, value: string][] = [
    ["Accept: text/html", "Accept", "text/html"],
    ["X-Time:12:30", "X-Time", "12:30"],
    ["  a :\t b ", "a", "b"],
    ["Accept:", "Accept", ""],
    ["X: 中文", "X", "中文"],
  ];
  for (const [text, ...field] of cases) assertEquals(parseField(text), field);
});

Deno.test("parseField() refuses what would be no field or more than one", () => {
  for (const text of ["", "Accept", ": x", "a b: c", "é: x", "a\r\nb: c"]) {
    assertThrows(() => parseField(text), Error, "expected Name: value", text);
  }
  for (const text of ["X: a\r\nEvil: b", "X: a\nb", "X: a\rb", "X: a\0b"]) {
    assertThrows(() => parseField(text), Error, "cannot contain line ends or NUL", text);
  }
});

Deno.test("parseMethod() takes tokens only", () => {
  for (const method of ["GET", "POST", "PROPFIND", "M-SEARCH", "get"]) assertEquals(parseMethod(method), method);
  for (const text of ["", "GET /", "GET\r\n", "GÉT", "A,B"]) {
    assertThrows(() => parseMethod(text), Error, "expected a method");
  }
});

Deno.test("writeRequest() writes a request line and Host", () => {
  const cases: [url: string, line: string, host: string][] = [
    ["http://example.com/a%20b?c=d#e", "GET /a%20b?c=d HTTP/1.1", "Host: example.com"],
    ["http://example.com:8080", "GET / HTTP/1.1", "Host: example.com:8080"],
    ["http://example.com:80", "GET / HTTP/1.1", "Host: example.com"],
    ["http://[::1]:81/", "GET / HTTP/1.1", "Host: [::1]:81"],
  ];
  for (const [url, ...lines] of cases) assertEquals(linesOf(ask(url)), lines);
  assertEquals(linesOf(ask("https://x/", { method: "PURGE" }))[0], "PURGE / HTTP/1.1");
});

Deno.test("writeRequest() writes the whole address for a proxy, without user and fragment", () => {
  const lines = linesOf(ask("http://me:pw@example.com:81/a?b#c"), { absolute: true });
  assertEquals(lines.slice(0, 2), ["GET http://example.com:81/a?b HTTP/1.1", "Host: example.com:81"]);
});

Deno.test("writeRequest() sends defaults unless the user's fields replace or remove them", () => {
  const defaults: Field[] = [["User-Agent", "sockeye"], ["Accept", "*/*"]];
  const lines = (...fields: Field[]) => fieldsOf({ fields }, defaults);
  assertEquals(lines(), ["User-Agent: sockeye", "Accept: */*"]);
  assertEquals(lines(["accept", "text/html"]), ["User-Agent: sockeye", "accept: text/html"]);
  assertEquals(lines(["user-agent", ""]), ["Accept: */*"]);
  const twice = lines(["Cookie", "a=1"], ["Cookie", "b=2"]);
  assertEquals(twice, ["User-Agent: sockeye", "Accept: */*", "Cookie: a=1", "Cookie: b=2"]);
  assertEquals(linesOf(ask("http://h/", { fields: [["Host", "other"]] })), ["GET / HTTP/1.1", "Host: other"]);
});

Deno.test("writeRequest() tells the length of a body, and that a POST has none", () => {
  const body = toBytes("a=b");
  const form = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 3"];
  assertEquals(fieldsOf({ method: "POST", body }), form);
  const json = fieldsOf({ method: "PUT", body, fields: [["content-type", "application/json"]] });
  assertEquals(json, ["Content-Length: 3", "content-type: application/json"]);
  assertEquals(fieldsOf({ method: "POST" }), ["Content-Length: 0"]);
  assertEquals(fieldsOf({ method: "DELETE" }), []);
});

Deno.test("writeRequest() makes user and password of the address an Authorization field", () => {
  // It is UTF-8, and a stray percent sign stands.
  for (const [typed, meant] of [["me:p%40ss", "me:p@ss"], ["%E4%B8%AD:x", "中:x"], ["a%zz:x", "a%zz:x"]] as const) {
    const [, , auth] = linesOf(ask(`http://${typed}@h/`));
    assertEquals(auth, `Authorization: Basic ${new TextEncoder().encode(meant).toBase64()}`);
  }
  const own = linesOf(ask("http://me@h/", { fields: [["Authorization", "Bearer x"]] }));
  assertEquals(own.slice(1), ["Host: h", "Authorization: Bearer x"]);
});

Deno.test("redirect() follows only redirects that have a Location", () => {
  const request = ask("http://h/a/b");
  for (const status of [200, 304, 305, 306, 400]) assertEquals(redirect(request, status, "/x"), undefined);
  assertEquals(redirect(request, 302, undefined), undefined);
});

Deno.test("redirect() resolves a relative Location", () => {
  const cases: [location: string, href: string][] = [
    ["/x", "http://h/x"],
    ["x?y", "http://h/a/x?y"],
    ["../x/./to?q=1#part", "http://h/x/to?q=1#part"],
    ["//other/x", "http://other/x"],
    ["?q", "http://h/a/b?q"],
    ["", "http://h/a/b"],
    ["HTTPS://Other/", "https://other/"],
  ];
  for (const [location, href] of cases) {
    assertEquals(redirect(ask("http://h/a/b"), 302, location)?.url.href, href, location);
  }
});

Deno.test("redirect() escapes the bytes of a Location as they are, in whatever charset", () => {
  const utf8 = (text: string) => toText(new TextEncoder().encode(text));
  const cases: [location: string, href: string][] = [
    [utf8("/中文?q=中#文"), "http://h/%E4%B8%AD%E6%96%87?q=%E4%B8%AD#%E6%96%87"],
    ["/\xd6\xd0\xce\xc4?q=\xd6\xd0", "http://h/%D6%D0%CE%C4?q=%D6%D0"],
    ["\xa4\xa4/\xb3\\", "http://h/a/%A4%A4/%B3%5C"],
    ["/\xa4\xa4\\b", "http://h/%A4%A4/b"],
    [`${utf8("/中")}\\b`, "http://h/%E4%B8%AD/b"],
    ["/caf\xe9/\x85\xa0", "http://h/caf%E9/%85%A0"],
    ["/%D6\xd0", "http://h/%D6%D0"],
    [utf8("http://例え.jp/中"), "http://xn--r8jz45g.jp/%E4%B8%AD"],
    [utf8("//中文.example/"), "http://xn--fiq228c.example/"],
  ];
  for (const [location, href] of cases) {
    assertEquals(redirect(ask("http://h/a/b"), 302, location)?.url.href, href, href);
  }
});

Deno.test("redirect() refuses to leave the web", () => {
  for (
    const location of [
      "ftp://h/",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "http://",
      "http://a b/",
      "http://h:0/",
      "//h:0/",
      "http://\xd6\xd0/",
    ]
  ) {
    assertStringIncludes(badAnswerOf(() => redirect(ask("http://h/"), 301, location)), "a redirect to", location);
  }
});

/** The method after each status, by the method before it. */
const NEXT: Record<number, Record<string, string>> = {
  301: { GET: "GET", POST: "GET", PUT: "PUT" },
  302: { POST: "GET", HEAD: "HEAD", DELETE: "DELETE" },
  303: { GET: "GET", HEAD: "HEAD", POST: "GET", PUT: "GET" },
  307: { POST: "POST" },
  308: { POST: "POST", PUT: "PUT" },
};

Deno.test("redirect() changes the method as browsers do, and drops the body with it", () => {
  for (const [status, methods] of Object.entries(NEXT)) {
    for (const [method, next] of Object.entries(methods)) {
      const body = method === "POST" || method === "PUT" ? toBytes("body") : undefined;
      const fields: Field[] = [["Content-Type", "text/plain"], ["X-Mine", "1"]];
      const moved = redirect(ask("http://h/", { method, fields, body }), Number(status), "/next");
      const what = `${method} after ${status}`;
      assertEquals([moved?.method, moved?.body], [next, next === method ? body : undefined], what);
      const dropped = next === "GET" && (status === "303" || method === "POST");
      assertEquals(moved?.fields.map(([name]) => name), dropped ? ["X-Mine"] : ["Content-Type", "X-Mine"], what);
    }
  }
});

Deno.test("redirect() keeps private fields at home", () => {
  const fields: Field[] = [["authorization", "x"], ["Cookie", "y"], ["Host", "z"], ["X-Mine", "1"]];
  const names = (from: string, to: string) => redirect(ask(from, { fields }), 302, to)?.fields.map(([name]) => name);
  const all = fields.map(([name]) => name);
  assertEquals(names("http://h/", "/other"), all);
  assertEquals(names("http://h/", "http://H:80/other"), all);
  for (const elsewhere of ["http://other/", "http://h:81/", "https://h/", "http://h.other/"]) {
    assertEquals(names("http://h/", elsewhere), ["X-Mine"], elsewhere);
  }
  assertEquals(names("https://h/", "http://h/"), ["X-Mine"]);
});

Deno.test("redirect() keeps the user of the address on the same server only", () => {
  const user = (to: string) => redirect(ask("http://me:p%40@h/"), 302, to)?.url.href;
  assertEquals(user("/x"), "http://me:p%40@h/x");
  assertEquals(user("http://other/x"), "http://other/x");
  assertEquals(user("http://you:y@h/x"), "http://you:y@h/x");
});
