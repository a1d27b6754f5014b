/** What goes to stdout and what goes to stderr, for people and for programs. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { freePort, linux, needs, spawnSockeye } from "../support/harness.ts";
import type { Ending } from "../support/harness.ts";
import { Host, utf8, writeAll } from "../support/sockets.ts";

const ESC = "\x1b";

/** Runs a client to its end with a server that gives back what it gets. */
async function echoed(args: readonly string[], env: Record<string, string> = {}): Promise<Ending> {
  await using server = spawnSockeye(["server", "echo", "0"]);
  await using client = spawnSockeye(["client", String(await server.port()), ...args], { env });
  return await client.status();
}

/** The objects of NDJSON lines; a line that is none fails. */
function eventsOf({ stdout }: { stdout: string }): Record<string, unknown>[] {
  assert(stdout.endsWith("\n"), stdout);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("client tells on stderr what happens and gives on stdout what it got", async () => {
  const { stdout, stderr } = await echoed(["--send", "你好\n"]);
  assertEquals(stdout, "你好\n");
  assertMatch(stderr, /^Connected to 127\.0\.0\.1:\d+\nConnection closed by the peer; 7 B in, 7 B out, .*\n$/);
});

Deno.test("client -q says nothing but the answer", async () => {
  const { stdout, stderr } = await echoed(["--send", "hi", "-q"]);
  assertEquals(stdout, "hi");
  assertEquals(stderr, "");
});

Deno.test("client -q still says what failed", async () => {
  await using client = spawnSockeye(["client", String(freePort()), "-q"]);
  assertMatch((await client.status()).stderr, /^sockeye: Cannot connect .*\n$/);
});

Deno.test("client -v says more", async () => {
  assertMatch((await echoed(["--send", "hi", "-v"])).stderr, /^Finished sending$/m);
});

Deno.test("client --time puts the time before every line", async () => {
  const { stdout, stderr } = await echoed(["--send", "one\ntwo\n", "--time"]);
  assertMatch(stdout, /^\d\d:\d\d:\d\d\.\d{3} one\n\d\d:\d\d:\d\d\.\d{3} two\n$/);
  assertMatch(stderr, /^(\d\d:\d\d:\d\d\.\d{3} .+\n){2}$/);
});

Deno.test("client -x shows both directions as hex and text", async () => {
  const { stdout } = await echoed(["--send", "你好", "-e", "gbk", "-x"]);
  const [sent = "", received = "", ...rest] = stdout.trimEnd().split("\n");
  assertMatch(sent, /^\d\d:\d\d:\d\d\.\d{3} > 0+ .*c4 e3 ba c3 .*你好/);
  assertMatch(received, /^\d\d:\d\d:\d\d\.\d{3} < 0+ .*c4 e3 ba c3 .*你好/);
  assertEquals(rest, []);
});

Deno.test("client --json gives an event a line, and characters that a read cut stay whole", async () => {
  const half = Promise.withResolvers<void>();
  await using host = new Host(async (conn) => {
    await writeAll(conn, utf8("你好").subarray(0, 4));
    await half.promise;
    await writeAll(conn, utf8("你好").subarray(4));
  });
  await using client = spawnSockeye(["client", String(host.port), "--json"], { stdin: "piped" });
  await client.stdoutLine(/"recv"/);
  half.resolve();
  const ending = await client.status();
  const events = eventsOf(ending);
  for (const { t, event } of events) {
    assertMatch(String(t), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert(typeof event === "string");
  }
  const received = events.filter(({ event }) => event === "recv");
  assertEquals(received.map(({ text }) => text).join(""), "你好");
  assertEquals(received.reduce((sum, { bytes }) => sum + Number(bytes), 0), 6);
  assert(received.length >= 2, "the test cut the character");
  assertEquals(events.map(({ event }) => event).filter((event) => event !== "recv"), [
    "open",
    "half-close",
    "close",
    "done",
  ]);
  assertEquals(events.at(-1)?.code, ending.code);
  assertEquals(ending.code, 0);
  assertEquals(ending.stderr, "");
});

Deno.test("client --json gives bytes that are no text as base64", async () => {
  const events = eventsOf(await echoed(["--send-hex", "41 ff fe 42", "--json"]));
  const both = events.filter(({ event }) => event === "recv" || event === "send");
  assertEquals(both.map(({ event, dir, base64 }) => [event, dir, base64]), [
    ["send", "out", "Qf/+Qg=="],
    ["recv", "in", "Qf/+Qg=="],
  ]);
});

Deno.test("client --json gives what is left of a character when the peer ends in the middle", async () => {
  await using host = new Host((conn) => writeAll(conn, utf8("a你").subarray(0, 3)));
  await using client = spawnSockeye(["client", String(host.port), "--json"]);
  const received = eventsOf(await client.status()).filter(({ event }) => event === "recv");
  assertEquals(received.map(({ text, base64 }) => text ?? base64), ["a", "5L0="]);
});

Deno.test("client --json tells a failure with the exit code of the process", async () => {
  await using client = spawnSockeye(["client", String(freePort()), "--json"]);
  const ending = await client.status();
  const events = eventsOf(ending);
  assertEquals(events.map(({ event, code }) => [event, code]), [["error", 4], ["done", 4]]);
  assertEquals(ending.code, 4);
  assertMatch(ending.stderr, /^sockeye: Cannot connect .*\n$/);
});

Deno.test("server --json tells where it listens, who came and what was said", async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--json", "--once"]);
  const port = await server.port();
  await using client = spawnSockeye(["client", String(port), "--send", "你好"]);
  assertEquals((await client.status()).code, 0);
  const ending = await server.status();
  const events = eventsOf(ending);
  assertEquals(events[0]?.event, "listen");
  assertEquals(events[0]?.address, `tcp://127.0.0.1:${port}`);
  assertEquals(events.find(({ event }) => event === "recv")?.text, "你好");
  assertEquals(events.find(({ event }) => event === "close")?.received, 6);
  assertEquals(events.at(-1)?.event, "done");
  assertEquals(events.at(-1)?.peers, 1);
  assertEquals(ending.stderr, "");
});

Deno.test("server shows bytes that are no text as \\xNN and names the encoding that they are in", async () => {
  await using server = spawnSockeye(["server", "discard", "0", "--once"]);
  const args = ["--send", "今天天气很好，我们去公园散步吧", "-e", "gbk"];
  await using client = spawnSockeye(["client", String(await server.port()), ...args]);
  assertEquals((await client.status()).code, 0);
  const { stdout, stderr } = await server.status();
  assertMatch(stdout, /^#1 < \\xbd\\xf1\\xcc\\xec/);
  assertMatch(stderr, /valid gbk: try -e gbk$/m);
});

for (
  const [args, env, coloured] of [
    [[], {}, false],
    [["--color", "always"], {}, true],
    [["--color", "always"], { NO_COLOR: "1" }, false],
    [["--color", "auto"], { FORCE_COLOR: "1" }, false],
    [["--color", "never"], {}, false],
  ] as const
) {
  const name = [...args, ...Object.keys(env)].join(" ") || "without flags";
  Deno.test(`client ${name} ${coloured ? "colours" : "does not colour"} a pipe`, async () => {
    const { stdout, stderr } = await echoed(["--send", "hi", ...args], env);
    assertEquals(stderr.includes(ESC), coloured, stderr);
    assertEquals(stdout, "hi", "what came stays as it is");
  });
}

Deno.test("client into a pipe whose reader leaves ends quietly with 0", needs(["sh", "head"]), async () => {
  await using host = new Host(async (conn) => {
    const lines = utf8("a line of some length\n".repeat(1000));
    try {
      while (true) await writeAll(conn, lines);
    } catch {
      // The client has left, which is the point.
    }
  });
  const via = `{ "$@"; echo "code=$?" >&2; } | head -1`;
  await using client = spawnSockeye(["client", String(host.port)], { via });
  const { stdout, stderr } = await client.status();
  assertEquals(stdout, "a line of some length\n");
  assertMatch(stderr, /^Connected to .*\n(Connection .*\n)?code=0\n$/);
});

Deno.test("client onto a full disk ends with 9 and one line", needs(["sh"], linux), async () => {
  await using host = Host.saying("something\n");
  await using client = spawnSockeye(["client", String(host.port), "-q"], { via: `exec "$@" >/dev/full` });
  const { code, stderr } = await client.status();
  assertMatch(stderr, /^sockeye: Cannot write to stdout: [^\n]+\n$/);
  assertEquals(code, 9);
});
