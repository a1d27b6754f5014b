import { assertEquals, assertMatch } from "@std/assert";
import { badAnswer, Fields, parseFieldLine, parseStatusLine, TOKEN } from "../../lib/http/head.ts";
import { badAnswerOf, toBytes } from "./helpers.ts";

function fieldsOf(...lines: string[]): Fields {
  const fields = new Fields();
  for (const line of lines) parseFieldLine(toBytes(line), fields);
  return fields;
}

Deno.test("parseStatusLine() names what it got, safe for a terminal and on one line", () => {
  const status = (line: string) => badAnswerOf(() => parseStatusLine(toBytes(line)));
  assertEquals(status("SSH-2.0-x"), 'not a status line: "SSH-2.0-x"');
  assertEquals(status("HTTP/2 200"), 'this is not HTTP/1.x: "HTTP/2 200"');
  assertMatch(status("\x1b[2J\r\n" + "x".repeat(65_000)), /^not a status line: "[ -~]*…"$/);
});

Deno.test("parseFieldLine() says what is wrong with a line", () => {
  const cases: [line: string, message: string][] = [
    ["nonsense", 'a header line without a colon: "nonsense"'],
    ["A : b", 'not a header field name: "A "'],
    [": b", 'not a header field name: ""'],
    ["A: \0", 'a NUL in the header: "A: \\x00"'],
    ["A: b\rC: d", 'a carriage return inside a header line: "A: b\\rC: d"'],
    [" A: b", 'the first header line begins with white space: " A: b"'],
  ];
  for (const [line, message] of cases) assertEquals(badAnswerOf(() => fieldsOf(line)), message);
});

Deno.test("Fields.get() and getAll() find names in any case, in order", () => {
  const fields = fieldsOf("Set-Cookie: a=1", "B: x", "set-cookie: c=2, d");
  assertEquals(fields.getAll("SET-COOKIE"), ["a=1", "c=2, d"]);
  assertEquals([fields.get("Set-cookie"), fields.get("b"), fields.get("c")], ["a=1", "x", undefined]);
  for (const name of ["__proto__", "constructor", ""]) assertEquals(fields.get(name), undefined);
});

Deno.test("Fields.list() joins lines and leaves out empty members", () => {
  const fields = fieldsOf("A: X , y", "B: z", "a:", "A: ,,\tZ;q=1 ,");
  assertEquals(fields.list("a"), ["x", "y", "z;q=1"]);
  assertEquals(fields.list("c"), []);
});

Deno.test("TOKEN matches the characters of a token and no others", () => {
  const allowed = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code);
    assertEquals(TOKEN.test(character), allowed.includes(character), `${code}`);
    assertEquals(TOKEN.test(`a${character}`), allowed.includes(character), `a and ${code}`);
  }
  assertEquals(TOKEN.test(""), false);
});

Deno.test("badAnswer() blames the server", () => {
  const error = badAnswer("x");
  assertEquals([error.kind, error.exitCode, error.message], ["protocol", 7, "Bad answer: x"]);
});
