import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { type ErrorKind, SockeyeError } from "../../lib/errors.ts";
import { endOf, isOutOfFiles, socketFailure } from "../../lib/net/failure.ts";
import { systemError } from "./helpers.ts";

Deno.test("socketFailure() turns system codes into kinds and plain words", () => {
  const cases: [code: string, kind: ErrorKind, words: string][] = [
    ["EADDRINUSE", "connect", "the address is in use"],
    ["EADDRNOTAVAIL", "connect", "this machine does not have that address"],
    ["EACCES", "connect", "ports below 1024"],
    ["EAFNOSUPPORT", "connect", "does not speak that address family"],
    ["ECONNREFUSED", "connect", "nothing listens there (connection refused)"],
    ["EHOSTUNREACH", "connect", "no route to the host"],
    ["ENETUNREACH", "connect", "the network is unreachable"],
    ["EMFILE", "connect", "too many open files"],
    ["ENFILE", "connect", "too many open files in the system"],
    ["ETIMEDOUT", "timeout", "(connect timeout)"],
    ["EWHATEVER", "connect", "EWHATEVER (os error)"],
  ];
  for (const [code, kind, words] of cases) {
    const cause = systemError(code);
    const error = socketFailure("listen on tcp://:1", cause);
    assertEquals(error.kind, kind, code);
    assertStringIncludes(error.message, "Cannot listen on tcp://:1: ");
    assertStringIncludes(error.message, words);
    assertStrictEquals(error.cause, cause);
  }
});

Deno.test("socketFailure() knows a missing permission and a name without address", () => {
  const permission = socketFailure("connect to x", new Deno.errors.NotCapable("Requires net access"));
  assertEquals([permission.kind, permission.message], ["permission", "Cannot connect to x: it needs --allow-net"]);
  const names = ["failed to lookup address information: Name or service not known", "no record found", "Invalid URI"];
  for (const message of names) {
    const error = socketFailure("connect to x", new Error(message));
    assertEquals([error.kind, error.message], ["resolve", "Cannot connect to x: the host name has no address"]);
  }
});

Deno.test("socketFailure() leaves a SockeyeError as it is and takes what is no error", () => {
  const known = new SockeyeError("tls", "bad certificate");
  assertStrictEquals(socketFailure("connect to x", known), known);
  assertEquals(socketFailure("connect to x", "odd\nsecond line").message, "Cannot connect to x: odd");
});

Deno.test("endOf() says how a conversation ended", () => {
  const cases = [
    ["ECONNRESET", "reset by the peer"],
    ["EPIPE", "gone before it read everything"],
    ["ECONNABORTED", "aborted"],
    ["ETIMEDOUT", "no answer from the peer's network"],
    ["EHOSTUNREACH", "no route to the peer any more"],
    ["EOTHER", "EOTHER (os error)"],
  ];
  for (const [code = "", words = ""] of cases) assertEquals(endOf(systemError(code)), words);
});

Deno.test("isOutOfFiles() knows both codes", () => {
  const codes = ["EMFILE", "ENFILE", "ECONNABORTED", "EMFILEX"];
  assertEquals(codes.map((code) => isOutOfFiles(systemError(code))), [true, true, false, false]);
  assertEquals(isOutOfFiles(new Error("EMFILE")), false);
});
