import { assert, assertEquals, assertThrows } from "@std/assert";
import { writeResponse } from "../../lib/http/response_writer.ts";
import { crlf } from "./case.ts";
import { parsePieces, toBytes, toText } from "./helpers.ts";

/** A response whose date, in the form of RFC 9110 section 5.6.7, is left out. */
function undated(response: Uint8Array): string {
  return toText(response).replace(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/m, "");
}

const HELLO = toBytes("hello");

Deno.test("writeResponse() adds the length and says that the connection closes", () => {
  const text = undated(writeResponse("GET", 200, [["Content-Type", "text/plain"]], HELLO));
  const all = crlf("HTTP/1.1 200 OK", "Content-Type: text/plain", "Content-Length: 5", "Connection: close", "");
  assertEquals(text, `${all}hello`);
  const empty = crlf("HTTP/1.1 404 Not Found", "Content-Length: 0", "Connection: close", "");
  assertEquals(undated(writeResponse("GET", 404, [])), empty);
});

Deno.test("writeResponse() leaves the body of an answer to HEAD out, and says how long it is", () => {
  const head = undated(writeResponse("HEAD", 200, [], HELLO));
  assertEquals(head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
});

Deno.test("writeResponse() gives no body to statuses that have none", () => {
  for (const status of [204, 304]) {
    const text = undated(writeResponse("GET", status, [], HELLO));
    assertEquals(text, `HTTP/1.1 ${status} \r\nConnection: close\r\n\r\n`);
  }
  const switching = writeResponse("GET", 101, [["Upgrade", "websocket"], ["Connection", "Upgrade"]]);
  const head = crlf("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "");
  assertEquals(toText(switching), head);
});

Deno.test("writeResponse() writes what ResponseParser reads", () => {
  for (const status of [200, 299, 400, 414, 431, 501, 505]) {
    for (const method of ["GET", "HEAD"]) {
      const { head, body, rest, at } = parsePieces(method, [writeResponse(method, status, [["A", "b"]], HELLO)]);
      assertEquals([head?.status, head?.fields[0], rest.length, at], [status, "A: b", 0, "push"]);
      assertEquals(toText(body), method === "HEAD" ? "" : "hello");
    }
  }
  const { head, at } = parsePieces("GET", [writeResponse("GET", 204, [])]);
  assertEquals([head?.status, at], [204, "push"]);
});

Deno.test("writeResponse() refuses fields that would break the head", () => {
  for (const field of [["A", "b\r\nC: d"], ["A", "b\nc"], ["A", "\0"], ["A b", "c"], ["", "c"], ["A:", "c"]] as const) {
    assertThrows(() => writeResponse("GET", 200, [field]), TypeError, "Cannot send field");
  }
});

Deno.test("writeResponse() says when a final response was made, and nothing of it in an interim one", () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  const [, date = ""] = /^Date: (.*)\r$/m.exec(toText(writeResponse("GET", 200, []))) ?? [];
  assert(Date.parse(date) >= before && Date.parse(date) <= Date.now(), date);
  assert(!/^Date:/m.test(toText(writeResponse("GET", 101, []))));
});
