import { assertEquals } from "@std/assert";
import { type Framing, framingOf } from "../../lib/http/framing.ts";
import { Fields } from "../../lib/http/head.ts";
import { badAnswerOf } from "./helpers.ts";

const LENGTH = "Content-Length: 5";
const CHUNKED = "Transfer-Encoding: chunked";

/** The framing of an answer, given as the method and the status: "GET 200". */
function framing(answer: string, lines: string[], minor = 1): Framing {
  const [method = "", status] = answer.split(" ");
  const fields = new Fields();
  for (const line of lines) fields.add(...line.split(": ") as [string, string]);
  return framingOf(method, { status: Number(status), minor, reason: "" }, fields);
}

Deno.test("framingOf() finds no body where a status or method allows none, whatever the fields say", () => {
  const nothing = [100, 103, 199, 204, 304].flatMap((status) => [`GET ${status}`, `POST ${status}`, `HEAD ${status}`]);
  for (const answer of [...nothing, "HEAD 200", "HEAD 404", "CONNECT 200", "CONNECT 299"]) {
    for (const lines of [[], [LENGTH], [CHUNKED], [LENGTH, CHUNKED], ["Content-Length: x"]]) {
      assertEquals(framing(answer, lines), { by: "nothing" }, `${answer} ${lines}`);
    }
  }
});

Deno.test("framingOf() goes by the fields for every other status and method", () => {
  const others = [200, 203, 205, 206, 301, 303, 305, 400, 500, 999].map((status) => `GET ${status}`);
  for (const answer of [...others, "CONNECT 300", "CONNECT 407", "connect 200", "head 200"]) {
    assertEquals(framing(answer, [LENGTH]), { by: "length", length: 5 }, answer);
    assertEquals(framing(answer, [CHUNKED]), { by: "chunks" }, answer);
    assertEquals(framing(answer, []), { by: "close" }, answer);
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
    assertEquals(badAnswerOf(() => framing("GET 200", lines, minor)), message);
  }
});
