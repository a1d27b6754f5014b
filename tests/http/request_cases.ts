/** Requests and what a server makes of their heads, by RFC 9112 and RFC 9110; the fuzzer starts from them. */

import type { RequestLine } from "../../lib/http/request_head.ts";
import { CHUNKED, crlf } from "./case.ts";

/** The outcome of a complete head: fields as lines `Name: value`, and the bytes behind it as text. */
export interface Head extends RequestLine {
  readonly fields: readonly string[];
  readonly hasBody: boolean;
  readonly rest: string;
}

/** The outcome of a head that is refused: the status, and a part of the message. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

/** A request, and what a server makes of it: `more` when its head is not complete. */
export interface RequestCase {
  /** What is special about it. */
  readonly name: string;
  /** All bytes of the client, a character a byte. */
  readonly input: string;
  readonly expected: Head | Refusal | "more";
}

const HOST = "Host: x";

const good = (name: string, input: string, wanted: Partial<Head> = {}): RequestCase => {
  const plain = { method: "GET", target: "/", version: "1.1", fields: [HOST], hasBody: false, rest: "" } as const;
  return { name, input, expected: { ...plain, ...wanted } };
};

const bad = (name: string, input: string, error: string, status = 400): RequestCase => (
  { name, input, expected: { error, status } }
);

const get = (...fields: string[]): string => crlf("GET / HTTP/1.1", ...fields, "");

const withFields = (name: string, fields: string[], wanted: Partial<Head> = {}): RequestCase =>
  good(name, get(...fields), { fields, ...wanted });

const badFields = (fields: string[], error: string, status = 400): RequestCase =>
  bad(JSON.stringify(fields).slice(0, 60), get(...fields), error, status);

const goodLine = (line: string, wanted: Partial<Head>): RequestCase =>
  good(JSON.stringify(line).slice(0, 60), crlf(line, HOST, ""), wanted);

const badLine = (line: string, error: string, status = 400): RequestCase =>
  bad(JSON.stringify(line).slice(0, 60), crlf(line, HOST, ""), error, status);

const NO_LINE = "not a request line";
const NO_METHOD = "not a method";
const NO_TARGET = "not a target of ";
const NO_VERSION = "not a version of HTTP";

const LINES: RequestCase[] = [
  goodLine("GET / HTTP/1.1", {}),
  goodLine("GET / HTTP/1.0", { version: "1.0" }),
  goodLine("GET / HTTP/1.2", {}),
  goodLine("GET / HTTP/1.9", {}),
  goodLine("get / HTTP/1.1", { method: "get" }),
  goodLine("M-SEARCH! / HTTP/1.1", { method: "M-SEARCH!" }),
  goodLine("POST /a/b?c=d&e=%20 HTTP/1.1", { method: "POST", target: "/a/b?c=d&e=%20" }),
  goodLine("GET //x/../y HTTP/1.1", { target: "//x/../y" }),
  goodLine("GET /\xe4\xbd\xa0 HTTP/1.1", { target: "/\xe4\xbd\xa0" }),
  goodLine('GET /"<>\\^`{|} HTTP/1.1', { target: '/"<>\\^`{|}' }),
  goodLine("OPTIONS * HTTP/1.1", { method: "OPTIONS", target: "*" }),
  goodLine("GET http://y:80/a HTTP/1.1", { target: "http://y:80/a" }),
  goodLine("CONNECT y:443 HTTP/1.1", { method: "CONNECT", target: "y:443" }),
  goodLine("CONNECT [::1]:443 HTTP/1.1", { method: "CONNECT", target: "[::1]:443" }),
  ...["hello", "GET", "GET ", "GET /", "GET / ", "GET /HTTP/1.1", "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1"].map((line) =>
    badLine(line, line === "GET / " ? NO_VERSION : NO_LINE)
  ),
  ...["GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", "GET /a b HTTP/1.1", " GET / HTTP/1.1"].map((line) =>
    badLine(line, NO_LINE)
  ),
  ...["", "G\xe9T", "GET\x00", "GET\t", "GET\r", "G(T", "\xef\xbb\xbfGET", "\x16\x03\x01"].map((method) =>
    badLine(`${method} / HTTP/1.1`, NO_METHOD)
  ),
  ...["lost", "*", "http:/x", "http://", "http:///a", "://x", "a:80", "/\x00", "/\x1b", "/\x7f", "/\t", "/\r", "/#a"]
    .map((target) => badLine(`GET ${target} HTTP/1.1`, NO_TARGET)),
  ...["/", "*", "y", ":443", "y:", "u@y:443", "http://y:443"].map((target) =>
    badLine(`CONNECT ${target} HTTP/1.1`, NO_TARGET)
  ),
  ...["HTTP/1", "HTTP/1.", "HTTP/1.10", "HTTP/11.1", "HTTP/ 1.1", "http/1.1", "HTTPS/1.1", "HTTP/1,1", "HTTP/1.1\r"]
    .map((version) => badLine(`GET / ${version}`, version.includes(" ") ? NO_LINE : NO_VERSION)),
  ...["HTTP/0.9", "HTTP/2.0", "HTTP/3.0"].map((version) =>
    badLine(`GET / ${version}`, `${version} is not supported`, 505)
  ),
  bad("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2.0 is not supported", 505),
];

const ENDS: RequestCase[] = [
  good("lines that end in LF", "GET / HTTP/1.1\nHost: x\n\n"),
  good("an empty line first", `\r\n${get(HOST)}`),
  good("an empty line of LF first", `\n${get(HOST)}`),
  bad("two empty lines first", `\r\n\r\n${get(HOST)}`, "several empty lines"),
  bad("a blank line first", ` \r\n${get(HOST)}`, NO_LINE),
  bad("a carriage return first", `\r${get(HOST)}`, NO_METHOD),
  bad("lines that end in CR", "GET / HTTP/1.1\rHost: x\r\r\n", NO_LINE),
  bad("CR CR LF", "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n", "control character"),
  good("a rest", `${get(HOST)}\0rest\r\n`, { rest: "\0rest\r\n" }),
  good("another request behind it", get(HOST) + get(HOST), { rest: get(HOST) }),
  ...["", "G", "GET / HTTP/1.1", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\n", "\r\n", "\r"].map((input) => (
    { name: `more after ${JSON.stringify(input)}`, input, expected: "more" } as const
  )),
];

const NO_NAME = "not a header field name";

const FIELDS: RequestCase[] = [
  withFields("no value and odd ones", [HOST, "A: ", "B: c\td  e", "D: \xe9\xff:;,"]),
  good("white space around a value", get(HOST, "A:b", "C:\t d \t"), { fields: [HOST, "A: b", "C: d"] }),
  withFields("any token as a name", [HOST, "!#$%&'*+-.^_`|~09: x"]),
  withFields("as many as are allowed", [HOST, ...Array(199).fill("A: b")]),
  badFields([HOST, ...Array(200).fill("A: b")], "more than 200 fields", 431),
  badFields([HOST, "A: b", " c"], "begins with white space"),
  badFields([HOST, "A: b", "\tContent-Length: 5"], "begins with white space"),
  badFields([" Host: x"], "begins with white space"),
  badFields([HOST, " "], "begins with white space"),
  badFields([HOST, "nonsense"], "without a colon"),
  ...["A ", "A\t", "", "A b", "A\0", "\xe9", "A\r", "(", '"A"', "A\x0b"].map((name) =>
    badFields([HOST, `${name}: b`], NO_NAME)
  ),
  ...["\0", "b\0c", "b\rc", "b\rHost: y", "\x1b[2J", "\x7f", "\x0b", "\x08"].map((value) =>
    badFields([HOST, `A: ${value}`], "control character")
  ),
];

const HOSTS: RequestCase[] = [
  ...["x:80", "x.example", "127.0.0.1:1", "[::1]", "[::1]:9000", "", "x:", ":80", "a_b-c~", "%20", "X!$&'()*+,;="].map(
    (host) => withFields(`Host ${JSON.stringify(host)}`, [`Host: ${host}`]),
  ),
  withFields("HOST in any case", ["hOsT: x"]),
  good("no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", { version: "1.0", fields: [] }),
  badFields([], "no Host"),
  badFields(["A: b"], "no Host"),
  badFields([HOST, HOST], "several Host"),
  badFields([HOST, "A: b", "host: y"], "several Host"),
  bad("two Hosts in HTTP/1.0", crlf("GET / HTTP/1.0", HOST, HOST, ""), "several Host"),
  bad("a wrong Host in HTTP/1.0", crlf("GET / HTTP/1.0", "Host: /", ""), "not a host"),
  ...["x y", "x, y", "x/y", "u@x", "http://x", "x:a", "x:1:2", "::1", "[::1", "[]", "[::1]x", "[x]", "x\xe9", "%2"]
    .map((host) => badFields([`Host: ${host}`], "not a host")),
  ...["x?", "#"].map((host) => badFields([`Host: ${host}`], "not a host")),
];

const TRANSFER = "Transfer-Encoding: ";

const BODIES: RequestCase[] = [
  withFields("a length", [HOST, "Content-Length: 5"], { hasBody: true }),
  withFields("a length with zeros", [HOST, "Content-Length: 005"], { hasBody: true }),
  withFields("a length of 0", [HOST, "Content-Length: 0"]),
  withFields("chunks", [HOST, CHUNKED], { hasBody: true }),
  withFields("chunks in any case", [HOST, "transfer-ENCODING: ,CHUNKED ,"], { hasBody: true }),
  good("a body", `${get(HOST, "Content-Length: 5")}hello`, {
    fields: [HOST, "Content-Length: 5"],
    hasBody: true,
    rest: "hello",
  }),
  ...["", "-1", "+5", "5x", "0x5", "5 5", "5,5", "5, 5", "1e1", "5.0", "\xb2", "9007199254740992"].map((length) =>
    badFields([HOST, `Content-Length: ${length}`], "is not a length")
  ),
  badFields([HOST, "Content-Length: 5", "Content-Length: 5"], "several Content-Lengths"),
  badFields([HOST, "Content-Length: 5", "content-length: 6"], "several Content-Lengths"),
  badFields([HOST, "Content-Length: 0", CHUNKED], "both Transfer-Encoding and Content-Length"),
  badFields([HOST, CHUNKED, "Content-Length: 5"], "both Transfer-Encoding and Content-Length"),
  badFields([HOST, TRANSFER, "Content-Length: 5"], "both Transfer-Encoding and Content-Length"),
  bad("chunks in HTTP/1.0", crlf("GET / HTTP/1.0", CHUNKED, ""), "in an HTTP/1.0 request"),
  ...["", ",", "identity", "gzip", "xchunked", "chunked;a=b", '"chunked"', "chunked, gzip", "chunked, chunked"].map((
    c,
  ) => badFields([HOST, TRANSFER + c], "the body has no end")),
  badFields([HOST, TRANSFER + "\x80chunked"], "the body has no end"),
  badFields([HOST, CHUNKED, CHUNKED], "the body has no end"),
  badFields([HOST, TRANSFER + "gzip, chunked"], "is not supported", 501),
  badFields([HOST, TRANSFER + "x", CHUNKED], "is not supported", 501),
];

/** A request line of so many bytes with its end. */
const lineOf = (length: number): string => `GET /${"a".repeat(length - 16)} HTTP/1.1\r\n`;

/** Field lines of so many bytes with the empty line behind them. */
const fieldsOf = (length: number): string => `Host: x\r\nA: ${"b".repeat(length - 16)}\r\n\r\n`;

const LIMITS: RequestCase[] = [
  good("the longest request line", `${lineOf(8192)}Host: x\r\n\r\n`, { target: `/${"a".repeat(8176)}` }),
  bad("a longer request line", `${lineOf(8193)}Host: x\r\n\r\n`, "the request line is longer than 8 KiB", 414),
  bad("an address of 100 kB", `GET /${"a".repeat(100_000)}`, "longer than 8 KiB", 414),
  bad("text without a line end", "hello ".repeat(10_000), "longer than 8 KiB", 414),
  good("the longest header", `GET / HTTP/1.1\r\n${fieldsOf(65_536)}`, { fields: [HOST, `A: ${"b".repeat(65_520)}`] }),
  bad("a longer header", `GET / HTTP/1.1\r\n${fieldsOf(65_537)}`, "the header is longer than 64 KiB", 431),
  bad("a header without an end", `GET / HTTP/1.1\r\nA: ${"b".repeat(70_000)}`, "longer than 64 KiB", 431),
];

/** All cases. */
export const REQUEST_CASES: readonly RequestCase[] = [...LINES, ...ENDS, ...FIELDS, ...HOSTS, ...BODIES, ...LIMITS];
