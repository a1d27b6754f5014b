/** Whole commands in this process, over real connections; what they give up they give up for the one test only. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { brokenPipe, type FakeSystem, noSpace, type SystemOptions, utf8 } from "./helpers.ts";
import { readAll, readOnce, start, test } from "./running.ts";
import { draw } from "./screen.ts";

/** A client that is connected to this test, and the other end of its connection. */
async function startClient(args: readonly string[] = [], options: SystemOptions = {}) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const client = start(["client", String(port), ...args], options);
  return { ...client, port, conn: await listener.accept() };
}

/** Connects to a server that reports with --json. */
async function connectTo(system: FakeSystem): Promise<Deno.TcpConn> {
  await system.stdout.until((text) => text.includes("\n"));
  const [{ address } = {}] = system.stdout.events;
  return await Deno.connect({ hostname: "127.0.0.1", port: Number(String(address).split(":").at(-1)) });
}

test("main() serves and reports its events as JSON", async () => {
  const { system, code } = start(["server", "echo", "0", "--once", "--json"]);
  const conn = await connectTo(system);
  await conn.write(utf8("hello"));
  await conn.closeWrite();
  assertEquals(await readAll(conn), "hello");
  conn.close();
  assertEquals(await code, 0);
  const events = system.stdout.events;
  const kinds = events.map(({ event }) => event).filter((event) => event !== "half-close");
  assertEquals(kinds.join(" "), "listen open recv send close done");
  const { t: _t, ms: _ms, ...done } = events.at(-1) ?? {};
  assertEquals(done, { event: "done", peers: 1, received: 5, sent: 5, code: 0 });
  assertEquals(system.stderr.text, "");
});

test("main() exits with the signal's code and reports no error", async () => {
  for (const [kind, expected] of [["interrupt", 130], ["terminate", 143]] as const) {
    const { system, code } = start(["server", "discard", "0", "--json"]);
    await system.stdout.until((text) => text.includes('"listen"'));
    system.stop(kind);
    assertEquals(await code, expected);
    assertEquals(system.stdout.events.map(({ event, code }) => [event, code]), [
      ["listen", undefined],
      ["done", expected],
    ]);
    assertEquals(system.stderr.text, "");
  }
});

test("main() lets a server go on without its terminal", async () => {
  const { system, code } = start(["server", "echo", "0", "--once", "--json"]);
  const conn = await connectTo(system);
  system.stdout.failure = brokenPipe();
  system.stderr.failure = brokenPipe();
  await conn.write(utf8("hello"));
  await conn.closeWrite();
  assertEquals(await readAll(conn), "hello");
  conn.close();
  assertEquals(await code, 0);
});

test("main() lets the operator answer at the terminal", async () => {
  const { system, code } = start(["server", "talk", "0", "--once"], { terminal: true });
  await system.stderr.until((text) => text.includes("Listening"));
  const port = Number(/127\.0\.0\.1:(\d+) /.exec(system.stderr.text)?.[1]);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(utf8("hello\n"));
  await system.stdout.until((text) => text.includes("#1 < hello\n"));
  system.stdin.feed("hi");
  await system.stdout.until((text) => draw(text).at(-1) === "#1> hi");
  system.stdin.feed(" there\r");
  assertEquals(await readOnce(conn), "hi there\n");
  system.stdin.feed("q\r");
  assertEquals(await readAll(conn), "");
  conn.close();
  assertEquals(await code, 0);
  assertEquals(system.stdin.raw, [true, false]);
});

test("main() connects, sends what is piped and gives what comes back", async () => {
  const { system, code, port, conn } = await startClient();
  system.stdin.feed("question").end();
  assertEquals(await readAll(conn), "question");
  await conn.write(utf8("\x1banswer"));
  conn.close();
  assertEquals(await code, 0);
  assertEquals(system.stdout.text, "\x1banswer");
  assertEquals(system.stderr.lines[0], `Connected to 127.0.0.1:${port}`);
});

test("main() exits 0 as soon as the answer is as expected", async () => {
  const { code, conn } = await startClient(["--send", "PING", "--crlf", "--expect", "^PONG$"]);
  assertEquals(await readOnce(conn), "PING\r\n");
  await conn.write(utf8("PONG\r\n"));
  assertEquals(await code, 0);
  conn.close();
});

test("main() exits 10 when the answer is not as expected", async () => {
  const { system, code, conn } = await startClient(["--send", "PING", "--expect", "PONG"]);
  assertEquals(await readAll(conn), "PING");
  conn.close();
  assertEquals(await code, 10);
  assertEquals(system.stderr.lines.at(-1), "sockeye: The answer never matched /PONG/");
});

test("main() exits 5 when the deadline has passed", async () => {
  const { system, code, conn } = await startClient(["--send", "PING", "--deadline", "50ms"]);
  assertEquals(await code, 5);
  assertEquals(system.stderr.lines.at(-1), "sockeye: Not done after 0.05 s (deadline)");
  conn.close();
});

test("main() ends a client without an error when the reader of its stdout has left", async () => {
  const { system, code, conn } = await startClient([], { stdout: { failure: brokenPipe() } });
  await conn.write(utf8("hello"));
  assertEquals(await code, 0);
  assertEquals(system.stderr.text.includes("sockeye:"), false);
  conn.close();
});

test("main() exits 9 when a client's stdout is full", async () => {
  const { system, code, conn } = await startClient([], { stdout: { failure: noSpace() } });
  await conn.write(utf8("hello"));
  assertEquals(await code, 9);
  assertStringIncludes(system.stderr.text, "sockeye: Cannot write to stdout: No space left on device\n");
  conn.close();
});

test("main() asks for host and port at a terminal, then talks until q", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { system, code } = start(["client"], { terminal: true });
  await system.stdout.until((text) => draw(text).at(-1) === "Host (127.0.0.1):");
  system.stdin.feed("\r");
  await system.stdout.until((text) => draw(text).at(-1) === "Port:");
  system.stdin.feed(`${listener.addr.port}\r`);
  const conn = await listener.accept();
  system.stdin.feed("hello\r");
  assertEquals(await readOnce(conn), "hello\n");
  await conn.write(utf8("Name: "));
  await system.stdout.until((text) => draw(text).at(-1) === "Name:");
  system.stdin.feed("q\r");
  assertEquals(await readAll(conn), "");
  conn.close();
  assertEquals(await code, 0);
  assertEquals(system.stdin.raw, [true, false]);
});
