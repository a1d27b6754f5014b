import { assertEquals, assertStrictEquals } from "@std/assert";
import { type ErrorKind, EXIT_CODES, messageOf, SockeyeError } from "../lib/errors.ts";

Deno.test("EXIT_CODES are what the documentation promises", () => {
  assertEquals(EXIT_CODES, {
    session: 1,
    usage: 2,
    resolve: 3,
    connect: 4,
    timeout: 5,
    tls: 6,
    protocol: 7,
    status: 8,
    file: 9,
    expect: 10,
    permission: 13,
    interrupt: 130,
    terminate: 143,
  });
});

Deno.test("SockeyeError knows its exit code and keeps its cause", () => {
  const cause = new Error("underneath");
  for (const kind of Object.keys(EXIT_CODES) as ErrorKind[]) {
    const error = new SockeyeError(kind, "Cannot do it", { cause });
    assertEquals([error.kind, error.exitCode, error.message], [kind, EXIT_CODES[kind], "Cannot do it"]);
    assertEquals([error.name, `${error}`], ["SockeyeError", "SockeyeError: Cannot do it"]);
    assertStrictEquals(error.cause, cause);
  }
});

Deno.test("SockeyeError may pass by its kind, unless it says otherwise", () => {
  const kinds = Object.keys(EXIT_CODES) as ErrorKind[];
  const transient = kinds.filter((kind) => new SockeyeError(kind, "x").transient);
  assertEquals(transient, ["session", "resolve", "connect", "timeout"]);
  assertEquals(new SockeyeError("connect", "x", { transient: false }).transient, false);
  assertEquals(new SockeyeError("status", "x", { transient: true }).transient, true);
});

Deno.test("messageOf() gives one line for whatever was thrown", () => {
  const cases: [thrown: unknown, line: string][] = [
    [new Error("first\nsecond"), "first"],
    [new TypeError(""), "TypeError"],
    ["a text\nand more", "a text"],
    [undefined, "undefined"],
    [42, "42"],
  ];
  for (const [thrown, line] of cases) assertEquals(messageOf(thrown), line);
});
