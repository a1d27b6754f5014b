import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { type Framing, framingOf } from "../../lib/http/framing.ts";
import { Fields } from "../../lib/http/head.ts";

const LENGTH = "Content-Length: 5";
const CHUNKED = "Transfer-Encoding: chunked";

function framing(method: string, status: number, lines: string[], minor = 1): Framing {
  const fields = new Fields();
  for (const line of lines) fields.add(...line.split(": ") as [string, string]);
  return framingOf(method, { status, minor, reason: "" }, fields);
}

Deno.test("framingOf() finds no body where a status or method allows none, whatever the fields say", () => {
  const nothing: [method: string, status: number][] = [["HEAD", 200], ["HEAD", 404], ["CONNECT", 200], [
    "CONNECT",
    299,
  ]];
  for (const status of [100, 103, 199, 204, 304]) nothing.push(["GET", status], ["POST", status], ["HEAD", status]);
  for (const [method, status] of nothing) {
    for (const lines of [[], [LENGTH], [CHUNKED], [LENGTH, CHUNKED], ["Content-Length: x"]]) {
      assertEquals(framing(method, status, lines), { by: "nothing" }, `${method} ${status} ${lines}`);
    }
  }
});

Deno.test("framingOf() goes by the fields for every other status and method", () => {
  const others: [method: string, status: number][] = [["CONNECT", 300], ["CONNECT", 407], ["connect", 200], [
    "head",
    200,
  ]];
  for (const status of [200, 203, 205, 206, 301, 303, 305, 400, 500, 999]) others.push(["GET", status]);
  for (const [method, status] of others) {
    assertEquals(framing(method, status, [LENGTH]), { by: "length", length: 5 }, `${method} ${status}`);
    assertEquals(framing(method, status, [CHUNKED]), { by: "chunks" }, `${method} ${status}`);
    assertEquals(framing(method, status, []), { by: "close" }, `${method} ${status}`);
  }
});

Deno.test("framingOf() takes lengths up to the largest whole number", () => {
  for (const length of [0, 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1]) {
    assertEquals(framing("GET", 200, [`Content-Length: ${length}`]), { by: "length", length });
  }
});

Deno.test("framingOf() says what it cannot go by", () => {
  const cases: [lines: string[], minor: number, message: string][] = [
    [[LENGTH, CHUNKED], 1, "it has both Transfer-Encoding and Content-Length"],
    [[CHUNKED], 0, "Transfer-Encoding in an HTTP/1.0 answer"],
    [["Transfer-Encoding: gzip, chunked"], 1, 'the transfer coding "gzip, chunked" was not asked for'],
    [[CHUNKED, CHUNKED], 1, 'the transfer coding "chunked, chunked" was not asked for'],
    [[LENGTH, "Content-Length: 6"], 1, 'several Content-Lengths: "5, 6"'],
    [["Content-Length: -5"], 1, 'the Content-Length "-5" is not a length'],
    [["Content-Length: 9007199254740992"], 1, 'the Content-Length "9007199254740992" is not a length'],
  ];
  for (const [lines, minor, message] of cases) {
    const error = assertThrows(() => framing("GET", 200, lines, minor), SockeyeError);
    assertEquals([error.kind, error.message], ["protocol", `Bad answer: ${message}`]);
  }
});
