import { assertEquals, assertStringIncludes } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { ResponseParser } from "../../lib/http/response.ts";
import { randomCuts, randomFrom, singles } from "../text/random.ts";
import type { Broken, Case, Complete } from "./case.ts";
import { CASES } from "./cases.ts";
import { assertLinear, DEAREST } from "./dearest.ts";
import { cutAt, type HeadSeen, type Outcome, parsePieces, toBytes, toText } from "./helpers.ts";

/** Characters of an input up to which every cut is tried. */
const SHORT = 600;

const interimText = ({ status, reason, fields }: HeadSeen) => [`${status} ${reason}`, ...fields].join("\n");

/** An outcome in the form of the table. */
function summary(outcome: Outcome): Complete | Broken {
  const { head, error, at, trailer = [] } = outcome;
  if (error !== undefined || !head) return { error: error ?? "no head", at };
  const { status, minor, reason, fields } = head;
  const texts = { body: toText(outcome.body), rest: toText(outcome.rest), interim: outcome.interim.map(interimText) };
  return { status, minor, reason, fields, trailer, until: at === "push" ? "end" : "close", ...texts };
}

function check(name: string, outcome: Outcome, expected: Complete | Broken): void {
  const found = summary(outcome);
  if ("error" in expected && "error" in found) {
    assertStringIncludes(found.error, expected.error, name);
    assertEquals(found.at, expected.at, name);
  } else {
    assertEquals(found, expected, name);
  }
}

function parse({ method, input }: Pick<Case, "method" | "input">): Outcome {
  return parsePieces(method, [toBytes(input)]);
}

Deno.test("ResponseParser makes of each case what RFC 9112 wants", () => {
  for (const row of CASES) check(row.name, parse(row), row.expected);
});

Deno.test("ResponseParser gives the same byte by byte", () => {
  for (const { name, method, input } of CASES.filter(({ input }) => input.length <= 64 * 1024)) {
    const bytes = toBytes(input);
    assertEquals(parsePieces(method, singles(bytes)), parsePieces(method, [bytes]), name);
  }
});

Deno.test("ResponseParser gives the same wherever the input is cut", () => {
  for (const { name, method, input } of CASES.filter(({ input }) => input.length <= SHORT)) {
    const bytes = toBytes(input);
    const whole = parsePieces(method, [bytes]);
    for (let at = 0; at <= bytes.length; at++) {
      assertEquals(parsePieces(method, cutAt(bytes, at)), whole, `${name}, cut at ${at}`);
    }
  }
});

Deno.test("ResponseParser leaves alone what follows the end", () => {
  for (const [index, { name, method, input }] of CASES.entries()) {
    const whole = parse({ method, input });
    if (whole.at === "close") continue;
    // What is longer than any limit takes time to compare, so every tenth case tries it.
    const long = index % 10 === 0 ? ["x".repeat(70_000)] : [];
    for (const more of ["\0", "\r\n", "0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", ...long]) {
      const outcome = parse({ method, input: input + more });
      const rest = whole.error === undefined ? concat([whole.rest, toBytes(more)]) : whole.rest;
      assertEquals(outcome, { ...whole, rest }, name);
    }
  }
});

Deno.test("ResponseParser takes what follows as body when the connection ends it", () => {
  for (const { method, input, expected, name } of CASES) {
    // A redirect may end inside its header.
    if ("error" in expected || expected.until === "end" || !/\n\r?\n/.test(input)) continue;
    for (const more of ["\0", "\r\n", "HTTP/1.1 200 OK\r\n\r\n"]) {
      check(name, parse({ method, input: input + more }), { ...expected, body: expected.body + more });
    }
  }
});

Deno.test("ResponseParser gives each head as it was sent", () => {
  for (const row of CASES) {
    const { interim, head } = parse(row);
    if (!head) continue;
    const raws = [...interim, head].map(({ raw }) => raw);
    // Nothing but empty lines may be missing, and only in front of a status line.
    const sent = row.input.slice(0, row.input.indexOf(head.raw) + head.raw.length);
    assertEquals(sent.replace(/(^|\n\r?\n)[\r\n]+/g, "$1"), raws.join(""), row.name);
  }
});

const IN_CHUNKS = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const CHUNKS = "3;x\r\nabc\r\n0\r\n";

/** The beginnings of responses, what may be cut off anywhere behind each, and what is missing then. */
const CUT_OFF: [start: string, rest: string, error: string][] = [
  ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "abc", "the body was cut off after "],
  [IN_CHUNKS, CHUNKS, "before the last chunk"],
  [IN_CHUNKS + CHUNKS, "A: b\r\n\r\n", "inside the trailer"],
  ["H", "TTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 204 None\r\nA: b\r\n\r\n", "inside the header"],
];

Deno.test("ResponseParser says what is missing wherever the connection ends", () => {
  for (const [start, rest, error] of CUT_OFF) {
    for (let at = 0; at < rest.length; at++) {
      const input = start + rest.slice(0, at);
      check(`cut off after ${input.length}`, parse({ method: "GET", input }), { error, at: "close" });
    }
  }
});

Deno.test("ResponseParser gives nothing for an empty push and after the end", () => {
  const parser = new ResponseParser("GET");
  assertEquals([...parser.push(new Uint8Array())], []);
  assertEquals([...parser.push(toBytes("HTTP/1.1 204 x\r\n\r\n"))].map(({ type }) => type), ["head", "end"]);
  assertEquals([...parser.push(toBytes("more"))], []);
  assertEquals([...parser.close()], []);
});

type Random = (below: number) => number;

const randomBytes = (random: Random, length: number) => Uint8Array.from({ length }, () => random(256));

const randomLines = (random: Random, prefix: string): string[] =>
  Array.from({ length: random(6) }, (_, i) => `${prefix}${i}: ${"v".repeat(random(40))}`);

const lines = (all: string[]) => toBytes(all.map((line) => `${line}\r\n`).join(""));

/** A valid response, and the parts that it is made of. */
function randomResponse(random: Random) {
  const [body, rest] = [randomBytes(random, random(400)), randomBytes(random, random(10))];
  const interim = (_: unknown, i: number) => [`HTTP/1.1 10${i + 2} x`, ...randomLines(random, "I"), ""];
  const interims = Array.from({ length: random(3) }, interim).flat();
  const start = [...interims, "HTTP/1.1 200 OK", ...randomLines(random, "H")];
  if (random(2) === 0) {
    const head = lines([...start, `Content-Length: ${body.length}`, ""]);
    return { input: concat([head, body, rest]), body, trailer: [], rest };
  }
  const trailer = randomLines(random, "T");
  const head = lines([...start, "Transfer-Encoding: chunked", ""]);
  return { input: concat([head, inChunks(body, random), lines([...trailer, ""]), rest]), body, trailer, rest };
}

function inChunks(body: Uint8Array, random: Random): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length;) {
    const data = body.subarray(at, at + 1 + random(100));
    parts.push(lines([data.length.toString(16) + ";x=y".repeat(random(2))]), data, lines([""]));
    at += data.length;
  }
  return concat([...parts, lines(["0"])]);
}

Deno.test("ResponseParser gives back what was put into random responses, however they are cut", () => {
  const random = randomFrom(9112);
  for (let round = 0; round < 300; round++) {
    const { input, body, trailer, rest } = randomResponse(random);
    const whole = parsePieces("GET", [input]);
    assertEquals([whole.body, whole.rest, whole.error], [body, rest, undefined], `round ${round}`);
    assertEquals(whole.trailer?.map((line) => line.trimEnd()), trailer.map((line) => line.trimEnd()));
    assertEquals(parsePieces("GET", randomCuts(input, random)), whole, `round ${round}`);
    assertEquals(parsePieces("GET", cutAt(input, random(input.length))), whole, `round ${round}`);
  }
});

Deno.test("ResponseParser keeps nothing of a body", () => {
  const parser = new ResponseParser("GET");
  const head = toBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  assertEquals([...parser.push(head)].length, 1);
  const chunk = concat([toBytes("10000\r\n"), new Uint8Array(0x10000), toBytes("\r\n")]);
  for (let round = 0; round < 100; round++) {
    const events = [...parser.push(chunk)];
    assertEquals(events.map((event) => event.type === "body" && event.bytes.buffer === chunk.buffer), [true]);
  }
});

Deno.test("ResponseParser takes no long time for any head within the limit", () => {
  assertLinear("HTTP/1.1 200 OK", (bytes) => parsePieces("GET", [bytes]));
  // Byte by byte only the collecting of lines may be slow.
  assertLinear("HTTP/1.1 200 OK", (bytes) => parsePieces("GET", singles(bytes)), DEAREST.slice(0, 3));
});
