/** Where the bodies of responses end: by length, with the connection, after the last chunk. */

import { quote } from "../../lib/printable.ts";
import { answer, bad, badLength, badSize, chunked, cut, good } from "./case.ts";
import { type Case, CHUNKED, crlf, HELLO, LENGTH, ok } from "./case.ts";

const HELLO_BODY = { body: "hello" };

export const LENGTHS: Case[] = [
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

export const UNTIL_CLOSE: Case[] = [
  answer("no length", [], "hello", { body: "hello", until: "close" }),
  answer("no length and no body", [], "", { until: "close" }),
  good("HTTP/1.0 without length", "HTTP/1.0 200 OK\r\n\r\nhello", { minor: 0, body: "hello", until: "close" }),
  good("HTTP/1.0 with length", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", { ...HELLO, minor: 0 }),
  answer("keep-alive without length", ["Connection: keep-alive"], "hello", { body: "hello", until: "close" }),
  answer("a second response is body", [], ok(LENGTH) + "hello", { body: ok(LENGTH) + "hello", until: "close" }),
  answer("an empty Transfer-Encoding", ["Transfer-Encoding: "], "hello", { body: "hello", until: "close" }),
  answer("identity", ["Transfer-Encoding: identity"], "hello", { body: "hello", until: "close" }),
];

const CODING = "the transfer coding ";

export const CODINGS: Case[] = [
  ...["chunked", "Chunked", "CHUNKED", "chunKed"].map((coding) =>
    answer(`Transfer-Encoding: ${coding}`, [`Transfer-Encoding: ${coding}`], "1\r\nx\r\n0\r\n\r\n", { body: "x" })
  ),
  answer("transfer-encoding in any case", ["tRANSFER-eNCODING: chunked"], "0\r\n\r\n", {}),
  good("Transfer-Encoding in white space", ok("Transfer-Encoding:\t chunked \t") + "0\r\n\r\n", { fields: [CHUNKED] }),
  answer("an empty member beside chunked", ["Transfer-Encoding: , chunked,"], "0\r\n\r\n", {}),
  answer("a name that resembles Transfer-Encoding", ["Transfer_Encoding: chunked", LENGTH], "hello", HELLO_BODY),
  answer("Connection: Transfer-Encoding", ["Connection: Transfer-Encoding", CHUNKED], "0\r\n\r\n", {}),
  answer("Content-Encoding is no transfer coding", ["Content-Encoding: chunked", LENGTH], "hello", HELLO_BODY),
  ...[[CHUNKED, LENGTH], [LENGTH, CHUNKED], [CHUNKED, CHUNKED], [CHUNKED, "Transfer-Encoding: identity"]].map((
    fields,
  ) => answer(fields.join(", "), fields, "1\r\nx\r\n0\r\n\r\n", { body: "x" })),
  ...["identity", "", "identity, identity"].map((coding) =>
    answer(`"${coding}" and a length`, [`Transfer-Encoding: ${coding}`, LENGTH], "hello", HELLO_BODY)
  ),
  ...["chunked, identity", "identity, chunked", "chunked, chunked"].map((coding) =>
    answer(coding, [`Transfer-Encoding: ${coding}`], "0\r\n\r\n", {})
  ),
  ...[[CHUNKED], [CHUNKED, LENGTH]].map((fields) =>
    good(`HTTP/1.0 with ${fields}`, crlf("HTTP/1.0 200 OK", ...fields, "") + "1\r\nx\r\n0\r\n\r\n", {
      minor: 0,
      fields,
      body: "x",
    })
  ),
  bad("chunked beside lengths that differ", ok(CHUNKED, LENGTH, "Content-Length: 6"), "several Content-Lengths"),
  bad("chunked beside what is no length", ok(CHUNKED, "Content-Length: +5"), "is not a length"),
  ...["gzip", "gzip, chunked", "chunked, gzip", "gzip, identity", "xchunked", "chunked2", "chunked x"].map((c) =>
    bad(`Transfer-Encoding: ${c}`, ok(`Transfer-Encoding: ${c}`), CODING)
  ),
  ...['"chunked"', "chunked;", "chunked;q=1", "chunked\x01", "chunked\xff"].map((coding) =>
    bad(`Transfer-Encoding: ${JSON.stringify(coding)}`, ok(`Transfer-Encoding: ${coding}`), CODING)
  ),
  bad("gzip and chunked in two fields", ok("Transfer-Encoding: gzip", CHUNKED), CODING),
  bad("a vertical tab before chunked", ok("Transfer-Encoding: \x0bchunked"), CODING),
  bad("0xa0 after chunked", ok("Transfer-Encoding: chunked\xa0"), CODING),
  bad("0x0c in front of a folded chunked", ok("Transfer-Encoding:", " \x0cchunked"), CODING),
];

const LONGER = "longer than its size";

export const CHUNKS: Case[] = [
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
  ...["5\nhello\n0\n\n", "5;a\nhello\r\n0\r\n\n", "5\r\nhello\n0\r\n\r\n"].map((body) =>
    chunked(`LF alone in ${JSON.stringify(body)}`, body, HELLO_BODY)
  ),
  ...["5\r\nhello\r\n\r\n", "hello\n", "5\nhello\n\n"].map((body) =>
    bad(`no size in ${JSON.stringify(body)}`, ok(CHUNKED) + body, "not a chunk size")
  ),
  ...["5\r\nhello\r0", "5\r\nhello0", "5\r\nhello\r\r", "4\r\nhello", "7\r\nhello\r\n0"].map((body) =>
    bad(`no CRLF behind the data of ${JSON.stringify(body)}`, ok(CHUNKED) + body, LONGER)
  ),
  chunked("no trailer line, and one that begins with white space", "0\r\n A: b\r\nnonsense\r\nC: d\r\n\r\n", {
    trailer: ["C: d"],
  }),
  bad("NUL in a trailer", ok(CHUNKED) + "0\r\nA: \x00\r\n", "a NUL"),
  bad("CR in a trailer", ok(CHUNKED) + "0\r\nA: b\rc\r\n", "carriage return"),
  chunked("a chunk in place of the trailer", "0\r\n5\r\n\r\n"),
  ...["", "5", "5\r\nhell", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r", "1fffffffffffff\r\nx"].map((body) =>
    cut(`chunks that end with ${JSON.stringify(body)}`, ok(CHUNKED) + body, "ended before the last chunk")
  ),
  ...["0\r\n", "0\r\n\r", "0\r\nA", "0\r\nA: b\r\n"].map((body) =>
    cut(`chunks that end with ${JSON.stringify(body)}`, ok(CHUNKED) + body, "inside the trailer")
  ),
];
