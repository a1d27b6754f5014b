import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { type ErrorKind, SockeyeError } from "../../lib/errors.ts";
import { endOf, explainAlert, isOutOfFiles, socketFailure } from "../../lib/transport/failure.ts";
import { systemError } from "../support/net.ts";

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
    ["ENODEV", "connect", "this machine has no such interface"],
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
  const names = [
    "failed to lookup address information: Name or service not known",
    "getaddrinfo ENOTFOUND no.host",
    "no record found",
    "Invalid URI",
    "invalid empty host: '.'",
  ];
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
    ["ENETUNREACH", "the network is unreachable"],
    ["EOTHER", "EOTHER (os error)"],
  ];
  for (const [code = "", words = ""] of cases) assertEquals(String(endOf(systemError(code))), words);
  assertEquals(String(endOf(new Error("Protocol error (os error 71)"))), "Protocol error", "without its number");
});

Deno.test("isOutOfFiles() knows both codes", () => {
  const codes = ["EMFILE", "ENFILE", "ECONNABORTED", "EMFILEX"];
  assertEquals(codes.map((code) => isOutOfFiles(systemError(code))), [true, true, false, false]);
  assertEquals(isOutOfFiles(new Error("EMFILE")), false);
});

Deno.test("endOf() does not repeat the text of the TLS library", () => {
  const platform = new Deno.errors.InvalidData("cannot decrypt peer's message");
  const node = Object.assign(new Error("received corrupt message"), { code: "ERR_SSL_BAD_RECORD" });
  for (const cause of [platform, node]) assertEquals(String(endOf(cause)), "it broke the rules of TLS");
});

Deno.test("socketFailure() knows what codes mean for a path", () => {
  const cases = [
    ["EACCES", "check the owner and mode of the path and its folders"],
    ["EPROTOTYPE", "a datagram socket lives at that path"],
    ["EAGAIN", "its backlog is full"],
    ["ECONNREFUSED", "nothing listens there"],
  ];
  for (const [code = "", words = ""] of cases) {
    const { kind, message } = socketFailure("connect to unix:/x", systemError(code), "unix");
    assertEquals(kind, "connect");
    assertStringIncludes(message, words);
  }
});

Deno.test("explainAlert() says what the other side has against us", () => {
  const cases = [
    ["CertificateRequired", "it asks for a certificate of the client; --cert and --key show one"],
    ["CertificateExpired", "it refuses our certificate: expired"],
    ["UnknownCA", "it does not know the authority of our certificate"],
    ["BadCertificate", "it refuses our certificate (alert bad_certificate)"],
    ["ProtocolVersion", "it speaks no version of TLS that we speak"],
    [
      "HandshakeFailure",
      "it has no cipher or no kind of key in common with us (not taken: keys of RSA-PSS, Ed448 and secp256k1, for example)",
    ],
    ["NoApplicationProtocol", "it does not speak the protocol that we offer in ALPN"],
    ["UnknownPSKIdentity", "it said no (alert unknown_psk_identity)"],
    ["AlertDescription(0xc8)", "it said no (alert 0xc8)"],
    ["InternalError", "it said no (alert internal_error)"],
  ];
  for (const [alert, words] of cases) {
    const cause = new Error(`received fatal alert: ${alert}`);
    assertEquals(explainAlert(cause, "it said no")?.toString(), words);
  }
  assertEquals(explainAlert(new Error("invalid peer certificate: Expired"), "it said no")?.toString(), undefined);
});
