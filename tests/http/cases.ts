/** Responses and what a client makes of them, by RFC 9112 and RFC 9110 (statuses); the fuzzer starts from them. */

import { answer, bad, badStatus, chunked, cut, good, goodStatus, lines } from "./case.ts";
import { CHUNKS, CODINGS, LENGTHS, UNTIL_CLOSE } from "./framing_cases.ts";
import { type Case, CHUNKED, crlf, EMPTY, HELLO, LENGTH, NO_STATUS, NOT_1, ok } from "./case.ts";

const STATUS_LINES: Case[] = [
  goodStatus("HTTP/1.1 404 Not  Found\t!", { status: 404, reason: "Not  Found\t!" }),
  goodStatus("HTTP/1.1 200 ", { reason: "" }),
  goodStatus("HTTP/1.1 200", { reason: "" }),
  goodStatus("HTTP/1.1 200  ", { reason: " " }),
  goodStatus("HTTP/1.1 200 D\xe9j\xe0 vu", { reason: "D\xe9j\xe0 vu" }),
  goodStatus("HTTP/1.1 200 \xe5\xa5\xbd", { reason: "\xe5\xa5\xbd" }),
  goodStatus("HTTP/1.1 200 Content-Length: 5", { reason: "Content-Length: 5" }),
  goodStatus("HTTP/1.0 200 OK", { minor: 0 }),
  goodStatus("HTTP/1.9 200 OK", { minor: 9 }),
  goodStatus("HTTP/1.1 299 Odd", { status: 299, reason: "Odd" }),
  goodStatus("HTTP/1.1 999 Odd", { status: 999, reason: "Odd" }),
  good("empty lines before it", "\r\n\n\r\n" + ok("Content-Length: 0"), EMPTY),
  ...["99 Low", "099 Low", "000 Zero", "20 Short", "1000 Long", "-200", "+20", "2x0", "0x1", "200OK"].map((status) =>
    badStatus(`HTTP/1.1 ${status}`)
  ),
  goodStatus("HTTP/1.1   200 OK", {}),
  ...["", "\t200 OK", "200\tOK", "200 O\x00K", "200 O\rK", "200 OK\r", "200 \x1b[2J", "200 \x7f"]
    .map((end) => badStatus(`HTTP/1.1 ${end}`)),
  ...[" HTTP/1.1 200 OK", "\tHTTP/1.1 200 OK", "\x00HTTP/1.1 200 OK", "\xef\xbb\xbfHTTP/1.1 200 OK"].map((line) =>
    badStatus(line)
  ),
  ...["http/1.1", "Http/1.1", "HTTP /1.1", "HTTP/ 1.1", "HTTP/x.1", "HTTPS/1.1", "HTTTP/1.1", "ICY", "RTSP/1.0"].map(
    (name) => badStatus(`${name} 200 OK`),
  ),
  ...["SSH-2.0-OpenSSH_9.6", "220 mail ESMTP", "GET / HTTP/1.1", "<html>HTTP/0.9</html>"].map((line) =>
    badStatus(line)
  ),
  ...["1", "1.", "1,1", "1.10", "11.1", "01.1", "0.9", "2", "2.0"].map((version) =>
    badStatus(`HTTP/${version} 200 OK`, NOT_1)
  ),
  badStatus("HTTP/1.1200 OK", NOT_1),
  badStatus("HTTP/1.1\t200 OK", NO_STATUS),
  badStatus("HTTP/1.1", NO_STATUS),
  cut("no byte at all", "", "without a word"),
  cut("only empty lines", "\r\n\r\n", "inside the header"),
  cut("a TLS alert", "\x15\x03\x03\x00\x02\x02\x16", "the server speaks TLS: its address begins with https://"),
  bad(
    "a TLS alert with a line feed",
    "\x15\x03\x03\x00\x02\x02\n",
    "the server speaks TLS: its address begins with https://",
  ),
];

const FIELD_LINES: Case[] = [
  ...["!#$%&'*+-.^_`|~09azAZ: x", "A: :b: c\x80\xff", "A: \xa0x\xa0", "__proto__: x", "constructor: y"].map((line) =>
    lines(JSON.stringify(line), [line])
  ),
  // RFC 9110 section 5.5: a recipient may keep control characters other than CR, LF and NUL.
  lines("control characters in a value", ["A: \x01\x0b\x0c\x1b[2J\x7f"]),
  lines("the same name twice keeps both and their order", ["A: 1", "b: 2", "a: 3"]),
  lines("a value without space, one with much", ["A:x", "B: \t x y\t "], ["A: x", "B: x y"]),
  lines("empty values", ["A:", "B: ", "C:\t"], ["A: ", "B: ", "C: "]),
  lines("a folded value", ["A: b", " c", "\t  d \t"], ["A: b c d"]),
  lines("a fold after an empty value", ["A:", " b"], ["A: b"]),
  lines("a fold of nothing but white space", ["A: b", " \t"], ["A: b"]),
  lines("a field inside a fold is none", ["A: b", " Content-Length: 9"], ["A: b Content-Length: 9"]),
  lines("a fold keeps what is no white space", ["A: \xa0b", " c\x0b\xa0"], ["A: \xa0b c\x0b\xa0"]),
  good("a folded Content-Length", ok("Content-Length:", " 5") + "hello", HELLO),
  good("a folded Transfer-Encoding", ok("Transfer-Encoding:", "\tchunked") + "0\r\n\r\n", { fields: [CHUNKED] }),
  good("line ends of LF alone", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", HELLO),
  good("line ends of both kinds", "HTTP/1.1 200 OK\nContent-Length: 5\r\n\nhello", HELLO),
  good("an empty line of CRLF after LF alone", "HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello", HELLO),
  ...[" A: b", " ", "nonsense", "HTTP/1.1 200 OK", ": b", "A B: c", "(A): c", "\xc4: c", "\x0bA: c", "\x7f: c", "{}"]
    .map(
      (line) => lines(`${JSON.stringify(line)} is skipped`, [line, "A: b"], ["A: b"]),
    ),
  lines("what continues a skipped line is skipped", ["A: b", "nonsense", " c", "\td", "E: f"], ["A: b", "E: f"]),
  lines("blanks before a colon", ["A : b", "C\t : d"], ["A: b", "C: d"]),
  good("a blank between Content-Length and its colon", ok("Content-Length : 5") + "hello", HELLO),
  good("a tab between Transfer-Encoding and its colon", ok("Transfer-Encoding\t: chunked") + "0\r\n\r\n", {
    fields: [CHUNKED],
  }),
  bad("lengths that differ, one of them before a blank", ok(LENGTH, "Content-Length : 6"), "several Content-Lengths"),
  ...[
    "Content-Length 5",
    "Content Length: 5",
    "(Content-Length): 5",
    "\x0bTransfer-Encoding: chunked",
    "Content\xadLength: 5",
  ]
    .map((line) => bad(JSON.stringify(line), ok(line), "may frame the body")),
  ...[" Content-Length: 5", "nonsense\r\n Transfer-Encoding: chunked"].map((line) =>
    bad(JSON.stringify(line), ok(line), "may frame the body")
  ),
  ...["A\x00: b", "A: b\x00c", "A: b\r\n \x00"].map((line) => bad(`NUL in ${JSON.stringify(line)}`, ok(line), "a NUL")),
  ...["A\rB: c", "A: b\rContent-Length: 5", "Content-Length\r: 5", "A: b\r\n c\rd"].map((line) =>
    bad(`CR in ${JSON.stringify(line)}`, ok(line), "carriage return")
  ),
  bad("two CR before LF", ok("A: b\r"), "carriage return"),
  bad("two CR before the LF of the empty line", "HTTP/1.1 200 OK\r\nA: b\r\n\r\r\n", "carriage return"),
  bad("CR alone as line end", "HTTP/1.1 200 OK\rContent-Length: 0\r\r\n", NO_STATUS),
];

const CONTINUE = crlf("HTTP/1.1 100 Continue", "");

const INTERIM_AND_BODILESS: Case[] = [
  good("100 before the answer", CONTINUE + ok(LENGTH) + "hello", { ...HELLO, interim: ["100 Continue"] }),
  good("102 and 103", crlf("HTTP/1.1 102", "", "HTTP/1.1 103 Early Hints", "Link: </a>", "") + ok(LENGTH) + "hello", {
    ...HELLO,
    interim: ["102 ", "103 Early Hints\nLink: </a>"],
  }),
  good("1xx has no body", crlf("HTTP/1.1 199", LENGTH, CHUNKED, "") + ok(), {
    interim: [`199 \n${LENGTH}\n${CHUNKED}`],
    until: "close",
  }),
  good("empty lines after 1xx", CONTINUE + "\r\n\n" + ok(LENGTH) + "hello", { ...HELLO, interim: ["100 Continue"] }),
  good("many 1xx", CONTINUE.repeat(50) + ok(), { interim: Array(50).fill("100 Continue"), until: "close" }),
  ...[300, 301, 302, 303, 307, 308].map((status) =>
    good(`${status} whose head ends with the connection`, crlf(`HTTP/1.1 ${status} OK`, "Location: /x", CHUNKED), {
      status,
      fields: ["Location: /x", CHUNKED],
      until: "close",
    })
  ),
  cut("a redirect whose Location is cut", crlf("HTTP/1.1 302 Found", "A: b") + "Location: /x", "inside the header"),
  cut("a redirect without Location that is cut", crlf("HTTP/1.1 302 Found", "A: b"), "inside the header"),
  cut("a Location that is no redirect's, cut", crlf("HTTP/1.1 200 OK", "Location: /x"), "inside the header"),
  bad("101 which was not asked for", crlf("HTTP/1.1 101 Switching Protocols", "Upgrade: x", ""), "(101)"),
  bad("101 after 100", CONTINUE + crlf("HTTP/1.1 101 Switching Protocols", ""), "(101)"),
  bad("a body after 1xx", CONTINUE + "hello\r\n", NO_STATUS),
  cut("1xx and nothing more", CONTINUE, "inside the header"),
  ...[204, 304].flatMap((status) => [
    good(`${status} without length`, crlf(`HTTP/1.1 ${status} OK`, ""), { status }),
    good(`${status} with Content-Length`, crlf(`HTTP/1.1 ${status} OK`, LENGTH, ""), { status, fields: [LENGTH] }),
    good(`${status} with a body behind it`, crlf(`HTTP/1.1 ${status} OK`, CHUNKED, "") + "0\r\n\r\n", {
      status,
      fields: [CHUNKED],
      rest: "0\r\n\r\n",
    }),
  ]),
  good("204 to a POST", crlf("HTTP/1.1 204 OK", LENGTH, ""), { method: "POST", status: 204, fields: [LENGTH] }),
  ...[203, 205, 206, 301, 303, 305, 400, 500, 999].map((status) =>
    good(`${status} has the body that it says`, crlf(`HTTP/1.1 ${status} OK`, LENGTH, "") + "hello", {
      ...HELLO,
      status,
    })
  ),
  ...["connect", "head"].map((method) =>
    answer(`${method} is no known method`, [LENGTH], "hello", { ...HELLO, method })
  ),
  answer("HEAD with Content-Length", [LENGTH], "", { method: "HEAD" }),
  answer("HEAD with a wrong Content-Length", ["Content-Length: x"], "", { method: "HEAD" }),
  answer("HEAD with a body all the same", [LENGTH], "hello", { method: "HEAD", rest: "hello" }),
  answer("HEAD with chunks announced", [CHUNKED, LENGTH], "", { method: "HEAD" }),
  answer("HEAD without length", [], "", { method: "HEAD" }),
  good("HEAD after 100", CONTINUE + ok(LENGTH), { method: "HEAD", interim: ["100 Continue"], fields: [LENGTH] }),
  answer("the tunnel after 2xx", [LENGTH, CHUNKED], "\x16\x03", { method: "CONNECT", rest: "\x16\x03" }),
  good("a tunnel of 299", crlf("HTTP/1.1 299 OK", LENGTH, ""), { method: "CONNECT", status: 299, fields: [LENGTH] }),
  ...[300, 407].map((status) =>
    good("CONNECT refused", crlf(`HTTP/1.1 ${status} OK`, LENGTH, "") + "hello", {
      ...HELLO,
      method: "CONNECT",
      status,
    })
  ),
];

/** A field that makes a head of 200 OK so many bytes long. */
const filling = (length: number): string => "A: " + "x".repeat(length - ok("A: ").length);

const LONG = "longer than 256 KiB";
const MOST = 256 * 1024;
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `A${i}: b`);

const LIMITS: Case[] = [
  answer("1000 fields", many(1000), "", { until: "close" }),
  bad("1001 fields", crlf("HTTP/1.1 200 OK", ...many(1001)), "more than 1000 fields"),
  chunked("1000 trailer fields", "0\r\n" + crlf(...many(1000), ""), { trailer: many(1000) }),
  bad("1001 trailer fields", ok(CHUNKED) + "0\r\n" + crlf(...many(1001)), "more than 1000 fields"),
  answer("a head of 256 KiB", [filling(MOST)], "", { until: "close" }),
  bad("a head of 256 KiB and a byte", ok(filling(MOST + 1)), LONG),
  bad("a status line without end", "HTTP/1.1 200 " + "x".repeat(MOST), LONG),
  bad("no line end at all", "\x00".repeat(MOST + 1), LONG),
  bad("empty lines without end", "\r\n".repeat(MOST / 2 + 1), LONG),
  bad("folds without end", "HTTP/1.1 200 OK\r\nA:\r\n" + " b\r\n".repeat(MOST / 4), LONG),
  bad("a trailer of 256 KiB and a byte", ok(CHUNKED) + "0\r\n" + `A: ${"x".repeat(MOST - 6)}\r\n\r\n`, LONG),
  chunked("a trailer of 256 KiB", `0\r\nA: ${"x".repeat(MOST - 7)}\r\n\r\n`, {
    trailer: [`A: ${"x".repeat(MOST - 7)}`],
  }),
  chunked("a chunk-size line of 4 KiB", `5;${"x".repeat(4092)}\r\nhello\r\n0\r\n\r\n`, { body: "hello" }),
  bad("a chunk-size line of 4 KiB and a byte", ok(CHUNKED) + `5;${"x".repeat(4093)}\r\n`, "longer than 4 KiB"),
  bad("a chunk size without end", ok(CHUNKED) + "0".repeat(4097), "longer than 4 KiB"),
  good("each 1xx has the whole limit", CONTINUE + ok(filling(MOST)), {
    interim: ["100 Continue"],
    fields: [filling(MOST)],
    until: "close",
  }),
];

const HEADS = [...STATUS_LINES, ...FIELD_LINES];
const BODIES = [...LENGTHS, ...UNTIL_CLOSE, ...CODINGS, ...CHUNKS, ...INTERIM_AND_BODILESS];

/** The table: all cases of this file. */
export const CASES: readonly Case[] = [...HEADS, ...BODIES, ...LIMITS];
