/** Responses and what a client makes of them, by RFC 9112 and RFC 9110 (statuses); the fuzzer starts from them. */

import { quote } from "../../lib/printable.ts";
import { answer, bad, badLength, badSize, badStatus, chunked, cut, good, goodStatus, lines } from "./case.ts";
import { type Case, CHUNKED, crlf, EMPTY, HELLO, LENGTH, NO_STATUS, NOT_1, ok } from "./case.ts";

const HELLO_BODY = { body: "hello" };

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
  ...["", " 200 OK", "\t200 OK", "200\tOK", "200 O\x00K", "200 O\rK", "200 OK\r", "200 \x1b[2J", "200 \x7f"]
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
  bad("a fold on the first line", ok(" A: b"), "begins with white space"),
  bad("white space on the first line", ok(" ", "A: b"), "begins with white space"),
  bad("no colon", ok("A: b", "nonsense"), "without a colon"),
  bad("a status line twice", ok("HTTP/1.1 200 OK"), "without a colon"),
  ...[": b", "Content-Length : 5", "Transfer-Encoding\t: chunked", "A B: c", "(A): c", "\xc4: c", "\x0bA: c", "\x7f: c"]
    .map((line) => bad(`the name in ${JSON.stringify(line)}`, ok(line), "not a header field name")),
  ...["A\x00: b", "A: b\x00c", "A: b\r\n \x00"].map((line) => bad(`NUL in ${JSON.stringify(line)}`, ok(line), "a NUL")),
  ...["A\rB: c", "A: b\rContent-Length: 5", "Content-Length\r: 5", "A: b\r\n c\rd"].map((line) =>
    bad(`CR in ${JSON.stringify(line)}`, ok(line), "carriage return")
  ),
  bad("two CR before LF", ok("A: b\r"), "carriage return"),
  bad("two CR before the LF of the empty line", "HTTP/1.1 200 OK\r\nA: b\r\n\r\r\n", "carriage return"),
  bad("CR alone as line end", "HTTP/1.1 200 OK\rContent-Length: 0\r\r\n", NO_STATUS),
];

const LENGTHS: Case[] = [
  answer("Content-Length", [LENGTH], "hello", HELLO_BODY),
  answer("Content-Length 0", ["Content-Length: 0"], "", {}),
  answer("Content-Length in any case", ["cOnTeNt-LeNgTh: 5"], "hello", HELLO_BODY),
  answer("Content-Length with leading zeros", ["Content-Length: 0005"], "hello", HELLO_BODY),
  ...["\x00\xff\r\n\r\n0\x80", ok()].map((body) =>
    answer(`the body ${JSON.stringify(body)}`, [`Content-Length: ${body.length}`], body, { body })
  ),
  answer("a second response behind the first", [LENGTH], "hello" + ok(), { body: "hello", rest: ok() }),
  answer("equal Content-Lengths", [LENGTH, LENGTH], "hello", HELLO_BODY),
  answer("equal Content-Lengths in a list", ["Content-Length: 5, 5,\t5"], "hello", HELLO_BODY),
  answer("names like Content-Length", ["Content_Length: 9", "Content-Length2: 9", LENGTH], "hello", HELLO_BODY),
  bad("differing Content-Lengths", ok(LENGTH, "Content-Length: 6") + "hello", 'several Content-Lengths: "5, 6"'),
  bad("a Content-Length and an empty one", ok(LENGTH, "Content-Length:") + "hello", "several Content-Lengths"),
  ...["5, 6", "5,", ",5", "5,,5"].map((value) => badLength(value, "several Content-Lengths")),
  ...["", "+5", "-5", "-0", "5x", "x5", "5 5", "5;", "0x5", "5.0", "5e0", "1_0", "\xb2", '"5"'].map((value) =>
    badLength(value)
  ),
  ...["9007199254740992", "18446744073709551621", "1" + "0".repeat(400)].map((value) => badLength(value)),
  bad("a vertical tab around Content-Length", ok("Content-Length: \x0b5") + "hello", "is not a length"),
  bad("0xa0 around Content-Length", ok("Content-Length: 5\xa0") + "hello", "is not a length"),
  bad("0x0c in a list of lengths", ok("Content-Length: 5,\x0c5") + "hello", "several Content-Lengths"),
  cut("Content-Length, nothing follows", ok(LENGTH), "cut off after 0 of 5 bytes"),
  cut("Content-Length, cut off", ok(LENGTH) + "hell", "cut off after 4 of 5 bytes"),
  cut("the longest Content-Length", ok("Content-Length: 9007199254740991") + "x", "after 1 of 9007199254740991 bytes"),
];

const UNTIL_CLOSE: Case[] = [
  answer("no length", [], "hello", { body: "hello", until: "close" }),
  answer("no length and no body", [], "", { until: "close" }),
  good("HTTP/1.0 without length", "HTTP/1.0 200 OK\r\n\r\nhello", { minor: 0, body: "hello", until: "close" }),
  good("HTTP/1.0 with length", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", { ...HELLO, minor: 0 }),
  answer("keep-alive without length", ["Connection: keep-alive"], "hello", { body: "hello", until: "close" }),
  answer("a second response is body", [], ok(LENGTH) + "hello", { body: ok(LENGTH) + "hello", until: "close" }),
  answer("an empty Transfer-Encoding", ["Transfer-Encoding: "], "hello", { body: "hello", until: "close" }),
  answer("identity", ["Transfer-Encoding: identity"], "hello", { body: "hello", until: "close" }),
];

const BOTH = "it has both Transfer-Encoding and Content-Length";
const CODING = "the transfer coding ";

const CODINGS: Case[] = [
  ...["chunked", "Chunked", "CHUNKED", "chunKed"].map((coding) =>
    answer(`Transfer-Encoding: ${coding}`, [`Transfer-Encoding: ${coding}`], "1\r\nx\r\n0\r\n\r\n", { body: "x" })
  ),
  answer("transfer-encoding in any case", ["tRANSFER-eNCODING: chunked"], "0\r\n\r\n", {}),
  good("Transfer-Encoding in white space", ok("Transfer-Encoding:\t chunked \t") + "0\r\n\r\n", { fields: [CHUNKED] }),
  answer("an empty member beside chunked", ["Transfer-Encoding: , chunked,"], "0\r\n\r\n", {}),
  answer("a name that resembles Transfer-Encoding", ["Transfer_Encoding: chunked", LENGTH], "hello", HELLO_BODY),
  answer("Connection: Transfer-Encoding", ["Connection: Transfer-Encoding", CHUNKED], "0\r\n\r\n", {}),
  answer("Content-Encoding is no transfer coding", ["Content-Encoding: chunked", LENGTH], "hello", HELLO_BODY),
  bad("Transfer-Encoding and Content-Length", ok(CHUNKED, LENGTH), BOTH),
  bad("Content-Length and Transfer-Encoding", ok(LENGTH, CHUNKED), BOTH),
  bad("Transfer-Encoding: identity and Content-Length", ok("Transfer-Encoding: identity", LENGTH), BOTH),
  bad("an empty Transfer-Encoding and Content-Length", ok("Transfer-Encoding:", LENGTH), BOTH),
  bad("Transfer-Encoding in HTTP/1.0", crlf("HTTP/1.0 200 OK", CHUNKED, ""), "Transfer-Encoding in an HTTP/1.0 answer"),
  bad("Transfer-Encoding and Content-Length in HTTP/1.0", crlf("HTTP/1.0 200 OK", CHUNKED, LENGTH, ""), BOTH),
  bad("chunked, identity", ok("Transfer-Encoding: chunked, identity"), CODING),
  ...["gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "xchunked", "chunked2", "chunked x"].map((c) =>
    bad(`Transfer-Encoding: ${c}`, ok(`Transfer-Encoding: ${c}`), CODING)
  ),
  ...['"chunked"', "chunked;", "chunked;q=1", "chunked\x01", "chunked\xff"].map((coding) =>
    bad(`Transfer-Encoding: ${JSON.stringify(coding)}`, ok(`Transfer-Encoding: ${coding}`), CODING)
  ),
  bad("chunked in two fields", ok(CHUNKED, CHUNKED), `${CODING}"chunked, chunked" was not asked for`),
  bad("gzip and chunked in two fields", ok("Transfer-Encoding: gzip", CHUNKED), CODING),
  bad("a vertical tab before chunked", ok("Transfer-Encoding: \x0bchunked"), CODING),
  bad("0xa0 after chunked", ok("Transfer-Encoding: chunked\xa0"), CODING),
  bad("0x0c in front of a folded chunked", ok("Transfer-Encoding:", " \x0cchunked"), CODING),
];

const LONGER = "longer than its size";

const CHUNKS: Case[] = [
  chunked("chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", { body: "hello world" }),
  chunked("only the last chunk", "0\r\n\r\n"),
  chunked("sizes in hex of either case", `a\r\n${"a".repeat(10)}\r\nB\r\n${"b".repeat(11)}\r\n0\r\n\r\n`, {
    body: "a".repeat(10) + "b".repeat(11),
  }),
  chunked("a size of two digits", `1f\r\n${"x".repeat(31)}\r\n0\r\n\r\n`, { body: "x".repeat(31) }),
  chunked("leading zeros", `${"0".repeat(30)}5\r\nhello\r\n000\r\n\r\n`, { body: "hello" }),
  chunked("chunk data that looks like chunks", "7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n", { body: "0\r\n\r\n\r\n" }),
  chunked("extensions", '5;a\r\nhello\r\n1;a=b;c="d e;\\"f"\r\n!\r\n0;last\r\n\r\n', { body: "hello!" }),
  chunked("odd extensions", "1;\r\na\r\n1;;=\r\nb\r\n1;\xff\x01\r\nc\r\n0;\r\n\r\n", { body: "abc" }),
  chunked("space around an extension", "5 ; a = b \r\nhello\r\n0\t;\r\n\r\n", { body: "hello" }),
  chunked("space after a size", "5 \r\nhello\r\n0  \r\n\r\n", { body: "hello" }),
  chunked("a trailer", "1\r\nx\r\n0\r\nA: b\r\nc:d\r\n\r\n", { body: "x", trailer: ["A: b", "c: d"] }),
  chunked("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", { trailer: ["A: b c"] }),
  chunked("a trailer with line ends of LF alone", "0\r\nA: b\n\n", { trailer: ["A: b"] }),
  chunked("a trailer that may not change the framing", "1\r\nx\r\n0\r\nContent-Length: 9\r\n" + CHUNKED + "\r\n\r\n", {
    body: "x",
    trailer: ["Content-Length: 9", CHUNKED],
  }),
  chunked("a second response behind the trailer", "0\r\nA: b\r\n\r\n" + ok(), { trailer: ["A: b"], rest: ok() }),
  ...["", " 5", "\t5", "+5", "-5", "-0", "0x5", "5h", "g", "5.", "5,", "5 5", "5 a", "_5", "1_0", ";a"].map((line) =>
    badSize(line)
  ),
  ...["hello", "5\x1b[2J", "5\xb2", "5\x00", "5\x0b", "5\xa0", "5\r", "5;a\rb", "5;a\x00"].map((line) => badSize(line)),
  ...["20000000000000", "ffffffffffffffff", "10000000000000005", "f".repeat(300)].map((line) =>
    badSize(line, `the chunk size ${quote(line)} is too large`)
  ),
  ...["5\n", "5;a\n", "0\n", '5;a="\n', "5\r\nhello\r\n\r\n", "hello\n"].map((body) =>
    bad(`no size or no CRLF in ${JSON.stringify(body)}`, ok(CHUNKED) + body, "not a chunk size")
  ),
  ...["5\r\nhello\n", "5\r\nhello\r0", "5\r\nhello0", "5\r\nhello\r\r", "4\r\nhello", "7\r\nhello\r\n0"].map((body) =>
    bad(`no CRLF behind the data of ${JSON.stringify(body)}`, ok(CHUNKED) + body, LONGER)
  ),
  bad("a trailer without colon", ok(CHUNKED) + "0\r\nnonsense\r\n", "without a colon"),
  bad("a trailer that begins with white space", ok(CHUNKED) + "0\r\n A: b\r\n", "begins with white space"),
  bad("NUL in a trailer", ok(CHUNKED) + "0\r\nA: \x00\r\n", "a NUL"),
  bad("CR in a trailer", ok(CHUNKED) + "0\r\nA: b\rc\r\n", "carriage return"),
  bad("a chunk in place of the trailer", ok(CHUNKED) + "0\r\n5\r\n", "without a colon"),
  ...["", "5", "5\r\nhell", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r", "1fffffffffffff\r\nx"].map((body) =>
    cut(`chunks that end with ${JSON.stringify(body)}`, ok(CHUNKED) + body, "ended before the last chunk")
  ),
  ...["0\r\n", "0\r\n\r", "0\r\nA", "0\r\nA: b\r\n"].map((body) =>
    cut(`chunks that end with ${JSON.stringify(body)}`, ok(CHUNKED) + body, "inside the trailer")
  ),
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
  good("as many 1xx as may be", CONTINUE.repeat(20) + ok(), {
    interim: Array(20).fill("100 Continue"),
    until: "close",
  }),
  bad("one 1xx more", CONTINUE.repeat(21), "more than 20 interim answers"),
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

const LONG = "longer than 64 KiB";
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `A${i}: b`);

const LIMITS: Case[] = [
  answer("200 fields", many(200), "", { until: "close" }),
  bad("201 fields", crlf("HTTP/1.1 200 OK", ...many(201)), "more than 200 fields"),
  chunked("200 trailer fields", "0\r\n" + crlf(...many(200), ""), { trailer: many(200) }),
  bad("201 trailer fields", ok(CHUNKED) + "0\r\n" + crlf(...many(201)), "more than 200 fields"),
  answer("a head of 64 KiB", [filling(65536)], "", { until: "close" }),
  bad("a head of 64 KiB and a byte", ok(filling(65537)), LONG),
  bad("a status line without end", "HTTP/1.1 200 " + "x".repeat(65536), LONG),
  bad("no line end at all", "\x00".repeat(65537), LONG),
  bad("empty lines without end", "\r\n".repeat(32769), LONG),
  bad("folds without end", "HTTP/1.1 200 OK\r\nA:\r\n" + " b\r\n".repeat(16384), LONG),
  bad("a trailer of 64 KiB and a byte", ok(CHUNKED) + "0\r\n" + `A: ${"x".repeat(65530)}\r\n\r\n`, LONG),
  chunked("a trailer of 64 KiB", `0\r\nA: ${"x".repeat(65529)}\r\n\r\n`, { trailer: [`A: ${"x".repeat(65529)}`] }),
  chunked("a chunk-size line of 4 KiB", `5;${"x".repeat(4092)}\r\nhello\r\n0\r\n\r\n`, { body: "hello" }),
  bad("a chunk-size line of 4 KiB and a byte", ok(CHUNKED) + `5;${"x".repeat(4093)}\r\n`, "longer than 4 KiB"),
  bad("a chunk size without end", ok(CHUNKED) + "0".repeat(4097), "longer than 4 KiB"),
  good("each 1xx has the whole limit", CONTINUE + ok(filling(65536)), {
    interim: ["100 Continue"],
    fields: [filling(65536)],
    until: "close",
  }),
];

const HEADS = [...STATUS_LINES, ...FIELD_LINES];
const BODIES = [...LENGTHS, ...UNTIL_CLOSE, ...CODINGS, ...CHUNKS, ...INTERIM_AND_BODILESS];

/** The table: all cases of this file. */
export const CASES: readonly Case[] = [...HEADS, ...BODIES, ...LIMITS];
