import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { parseField, writeRequest } from "../../lib/http/request.ts";
import { bodyPieces, checkFraming, checkSingle } from "../../lib/http/request_framing.ts";
import { toBytes, toText } from "./helpers.ts";

/** A POST with these fields; `body` undefined for one without `-d`. */
function post(body: string | undefined, ...fields: string[]) {
  const url = new URL("http://h/");
  return { method: "POST", url, fields: fields.map(parseField), body: body === undefined ? undefined : toBytes(body) };
}

/** The fields that frame the body, and the body, as they are sent. */
function framed(body: string | undefined, ...fields: string[]): [string[], string] {
  const request = post(body, ...fields);
  checkFraming(request);
  const lines = toText(writeRequest(request, { defaults: [] })).split("\r\n");
  const framing = lines.filter((line) => /^(content-length|transfer-encoding):/i.test(line));
  return [framing, bodyPieces(request).map(toText).join("")];
}

Deno.test("a request has one framing: the length of its body, or chunks", () => {
  assertEquals(framed("x"), [["Content-Length: 1"], "x"]);
  assertEquals(framed(undefined), [["Content-Length: 0"], ""]);
  assertEquals(framed(undefined, "Content-Length:"), [[], ""]);
  assertEquals(framed("x", "content-length: 1"), [["content-length: 1"], "x"]);
  assertEquals(framed("x", "Transfer-Encoding:"), [["Content-Length: 1"], "x"]);
  const long = "0123456789abcdef\r\n";
  assertEquals(framed(long, "Transfer-Encoding: chunked"), [
    ["Transfer-Encoding: chunked"],
    `12\r\n${long}\r\n0\r\n\r\n`,
  ]);
  const empty = [["transfer-encoding: Chunked"], "0\r\n\r\n"];
  for (const body of [undefined, ""]) assertEquals(framed(body, "transfer-encoding: Chunked"), empty);
  assertEquals(framed("x", "Content-Length:", "Transfer-Encoding: chunked")[1], "1\r\nx\r\n0\r\n\r\n");
});

Deno.test("checkFraming() refuses fields that frame the body twice, falsely or not at all", () => {
  for (
    const [body, fields, why] of [
      ["x", ["Transfer-Encoding: gzip"], "the only one is chunked"],
      ["x", ["Transfer-Encoding: gzip, chunked"], "the only one is chunked"],
      ["x", ["Transfer-Encoding: chunked", "transfer-encoding: chunked"], "a request has one transfer-encoding"],
      ["x", ["Transfer-Encoding: chunked", "Content-Length: 1"], "frames the body already"],
      ["x", ["Content-Length: 2"], "the body has 1 byte"],
      ["x", ["Content-Length: 1", "Content-Length: 1"], "a request has one Content-Length"],
      ["x", ["Content-Length: 1, 1"], "the body has 1 byte"],
      ["x", ["Content-Length: +1"], "the body has 1 byte"],
      [undefined, ["Content-Length: 5"], "the body has 0 bytes"],
      ["x", ["Content-Length:"], "nothing says where the body ends"],
    ] as const
  ) {
    const error = assertThrows(() => checkFraming(post(body, ...fields)), SockeyeError, why);
    assertEquals(error.kind, "usage", fields.join());
  }
});

Deno.test("checkSingle() refuses two fields of which a request has one, and names both", () => {
  const check = (...fields: string[]) => checkSingle(fields.map(parseField));
  check("Host: a", "X: 1", "X: 2", "Cookie: a=1", "Cookie: b=2", "Accept: a", "Accept: b", "TE: a", "TE: b");
  for (
    const [one, other, shown = [one, other]] of [
      ["Host: a", "host: b"],
      ["Host: a", "Host: a"],
      ["Host:", "Host: a"],
      ["Connection: close", "Connection: keep-alive"],
      ["Content-Type: a/b", "content-type: c/d"],
      ["Authorization: Basic s3cret", "Authorization: Bearer s3cret", ["Authorization: ***", "Authorization: ***"]],
    ] as const
  ) {
    const error = assertThrows(() => check("X: 1", one, "Y: 2", other), SockeyeError);
    const name = other.slice(0, other.indexOf(":"));
    const message = `Options -H "${shown[0]}" and -H "${shown[1]}" contradict each other: a request has one ${name}`;
    assertEquals([error.kind, error.message], ["usage", message]);
  }
});
