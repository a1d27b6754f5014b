/** Clients of other programs that are right must not fail a client suite; the wrong ones of tutorials must, for what they do. */

import { assertEquals } from "@std/assert";
import type { Suite } from "../../../lib/check/case.ts";
import { clientEcho } from "../../../lib/check/suites/client_echo.ts";
import { clientHttp } from "../../../lib/check/suites/client_http.ts";
import { clientReply } from "../../../lib/check/suites/client_reply.ts";
import { checkedProgram } from "../../check/clients.ts";
import { needs, tool } from "../../support/harness.ts";
import { type StartOptions } from "../../support/program.ts";

/** A program takes a moment to start and to end; the waits are as long as they need be then. */
const times = { answerMs: 2_000, pauseMs: 600, quietMs: 200 };

/** Runs a suite against a program whose arguments may name the port. */
async function verdictsOf(
  suite: Suite,
  names: string,
  [name, ...args]: readonly [string, ...string[]],
  options: StartOptions = {},
): Promise<string> {
  const start = async (port: number) => {
    await using program = tool(name, args.map((word) => word.replaceAll("PORT", String(port))), options);
    await program.status();
  };
  return (await checkedProgram(suite, names, start, { times })).verdicts;
}

const python = (...lines: readonly string[]): [string, ...string[]] => ["python3", "-c", lines.join("\n")];

const CONNECT = ["import socket, sys", 'sock = socket.create_connection(("127.0.0.1", PORT), timeout=30)'];

Deno.test("curl is right", needs(["curl"]), async () => {
  const verdicts = await verdictsOf(clientHttp, "1 2 3 4 5 6 7", ["curl", "-sL", "http://127.0.0.1:PORT/"]);
  assertEquals(verdicts, "1 ok, 2 ok, 3 ok, 4 ok, 5 ok, 6 unknown, 7 ok");
});

Deno.test("Python's urllib is right", needs(["python3"]), async () => {
  const client = python("import urllib.request", 'print(urllib.request.urlopen("http://127.0.0.1:PORT/").read())');
  const verdicts = await verdictsOf(clientHttp, "1 2 3 4 5 6 7", client);
  assertEquals(verdicts, "1 ok, 2 ok, 3 ok, 4 ok, 5 ok, 6 unknown, 7 ok");
});

Deno.test("Node's fetch is right", needs(["node"]), async () => {
  const script =
    'fetch("http://127.0.0.1:PORT/").then((r) => r.text()).then(() => process.exit(0), () => process.exit(1))';
  const verdicts = await verdictsOf(clientHttp, "1 2 3 4 5 6 7", ["node", "-e", script]);
  assertEquals(verdicts, "1 ok, 2 ok, 3 ok, 4 ok, 5 ok, 6 unknown, 7 ok");
});

Deno.test("a Python client that reads one answer by one recv() is told so", needs(["python3"]), async () => {
  const request = 'b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n"';
  const page = python(...CONNECT, `sock.sendall(${request})`, "print(sock.recv(4096))");
  assertEquals(await verdictsOf(clientHttp, "1 7", page), "1 fail, 7 unknown");
  const echo = python(...CONNECT, 'sock.sendall("你好".encode())', "print(sock.recv(1024))");
  assertEquals(await verdictsOf(clientEcho, "1 2 5", echo), "1 fail, 2 unknown, 5 ok");
});

Deno.test("a Python client that reads lines is right", needs(["python3"]), async () => {
  const client = python(
    ...CONNECT,
    'file = sock.makefile("rwb")',
    'for line in ["你好", "second", "third"]:',
    "    file.write((line + chr(10)).encode()); file.flush()",
    "    if not file.readline(): break",
  );
  assertEquals(await verdictsOf(clientEcho, "1 2 3 5 6 8", client), "1 ok, 2 ok, 3 ok, 5 ok, 6 ok, 8 ok");
  assertEquals(await verdictsOf(clientReply, "1 2 3 4 5 6 8", client), "1 ok, 2 ok, 3 ok, 4 ok, 5 ok, 6 ok, 8 ok");
});

Deno.test("the client of the greeting tutorial takes two answers for one", needs(["python3"]), async () => {
  const client = python(
    ...CONNECT,
    "print(sock.recv(1024))",
    'for name in [b"Michael", b"Tracy", b"Sarah"]:',
    "    sock.send(name); print(sock.recv(1024))",
    'sock.send(b"exit"); sock.close()',
  );
  assertEquals(await verdictsOf(clientEcho, "1 3 5", client), "1 fail, 3 fail, 5 ok");
});

Deno.test("nc, ncat and socat are right", needs(["nc", "ncat", "socat"]), async () => {
  const stdin = { content: "hello\n" };
  for (
    const client of [
      ["nc", "-N", "127.0.0.1", "PORT"],
      ["ncat", "127.0.0.1", "PORT"],
      ["socat", "-t10", "-", "TCP:127.0.0.1:PORT"],
    ] as const
  ) {
    assertEquals(await verdictsOf(clientReply, "1 2 5", client, { stdin }), "1 ok, 2 ok, 5 unknown", client[0]);
  }
});
