import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { RequestParser } from "../../lib/http/request_parser.ts";
import { randomCuts, randomFrom, singles } from "../text/random.ts";
import { assertLinear } from "./dearest.ts";
import { cutAt, toBytes, toText } from "./helpers.ts";
import { REQUEST_CASES, type RequestCase } from "./request_cases.ts";
import { parseRequest, type RequestOutcome } from "./request_helpers.ts";

/** Characters of an input up to which every cut is tried. */
const SHORT = 600;

function check(name: string, outcome: RequestOutcome, expected: RequestCase["expected"]): void {
  const { head, rest, error, status } = outcome;
  if (expected === "more") {
    assertEquals([error, outcome.at], ["more", "close"], name);
  } else if ("error" in expected) {
    assertStringIncludes(error ?? "no error", expected.error, name);
    assertEquals(status, expected.status, name);
  } else {
    assertEquals({ error, ...head, rest: toText(rest) }, { error: undefined, ...expected }, name);
  }
}

Deno.test("RequestParser makes of each case what RFC 9112 wants", () => {
  for (const { name, input, expected } of REQUEST_CASES) check(name, parseRequest([toBytes(input)]), expected);
});

Deno.test("RequestParser gives the same byte by byte", () => {
  for (const { name, input, expected } of REQUEST_CASES) {
    const bytes = toBytes(input);
    const outcome = parseRequest(singles(bytes));
    check(name, outcome, expected);
    assertEquals(outcome, parseRequest([bytes]), name);
  }
});

Deno.test("RequestParser gives the same wherever the input is cut", () => {
  for (const { name, input } of REQUEST_CASES.filter(({ input }) => input.length <= SHORT)) {
    const bytes = toBytes(input);
    const whole = parseRequest([bytes]);
    for (let at = 0; at <= bytes.length; at++) {
      assertEquals(parseRequest(cutAt(bytes, at)), whole, `${name}, cut at ${at}`);
    }
  }
});

Deno.test("RequestParser leaves alone what follows the head", () => {
  for (const [index, { name, input }] of REQUEST_CASES.entries()) {
    const whole = parseRequest([toBytes(input)]);
    if (whole.at === "close") continue;
    // What is longer than any limit takes time to compare, so every tenth case tries it.
    const long = index % 10 === 0 ? ["x".repeat(70_000)] : [];
    for (const more of ["\0", "\r\n", "GET / HTTP/1.1\r\n\r\n", ...long]) {
      const rest = whole.head ? concat([whole.rest, toBytes(more)]) : whole.rest;
      assertEquals(parseRequest([toBytes(input + more)]), { ...whole, rest }, name);
    }
  }
});

Deno.test("RequestParser gives back what was put into random requests, however they are cut", () => {
  const random = randomFrom(9112);
  for (let round = 0; round < 500; round++) {
    const target = `/${"a".repeat(random(300))}`;
    const fields = ["Host: x", ...Array.from({ length: random(6) }, (_, i) => `A${i}: ${"v".repeat(1 + random(40))}`)];
    const rest = "r".repeat(random(20));
    const input = toBytes([`PUT ${target} HTTP/1.1`, ...fields, "", rest].join(random(2) === 0 ? "\n" : "\r\n"));
    const whole = parseRequest([input]);
    assertEquals(whole.head, { method: "PUT", target, version: "1.1", fields, hasBody: false }, `round ${round}`);
    assertEquals(toText(whole.rest), rest, `round ${round}`);
    assertEquals(parseRequest(randomCuts(input, random)), whole, `round ${round}`);
  }
});

Deno.test("RequestParser says what is wrong on one line, safe for a terminal", () => {
  const messageOf = (input: string) => parseRequest([toBytes(input)]).error;
  assertEquals(messageOf("GET\t/\n"), 'Bad request: not a request line: "GET\\t/"');
  assertEquals(messageOf("GET / HTTP/1.1\nA: \x1b[2J\n"), 'Bad request: a control character in "A: \\x1b[2J"');
  assertEquals(messageOf("GET x HTTP/1.1\n"), 'Bad request: not a target of "GET": "x"');
});

Deno.test("RequestParser takes nothing after the head", () => {
  const parser = new RequestParser();
  assertEquals(parser.push(new Uint8Array()), undefined);
  assertEquals(parser.push(toBytes("GET / HTTP/1.0\r\n\r\nrest"))?.version, "1.0");
  assertThrows(() => parser.push(toBytes("more")), Error, "the head is complete");
  assertEquals(toText(parser.rest), "rest");
});

Deno.test("RequestParser takes no long time for any head within the limit", () => {
  assertLinear("GET / HTTP/1.1", (bytes) => parseRequest([bytes]));
});
