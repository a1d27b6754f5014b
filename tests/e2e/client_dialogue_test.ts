/** How a client's conversation ends when words, answers or the peer are missing. */

import { assertEquals, assertMatch } from "@std/assert";
import { fails } from "../support/failing.ts";
import { freePort, needs, spawnSockeye } from "../support/harness.ts";
import { Host, readText, writeAll } from "../support/sockets.ts";

/** A server that reads one word, answers it, closes its socket, and says so. */
function brief(): { host: Host<void>; closed: Promise<void> } {
  const host = new Host(async (conn) => {
    await readText(conn, "one\n");
    await writeAll(conn, "bye\n");
  });
  return { host, closed: host.done };
}

Deno.test("client ends with 1 when a word of its pipe came after the peer had gone", async () => {
  const { host, closed } = brief();
  await using _ = host;
  await using client = spawnSockeye(["client", String(host.port), "-v"], { stdin: "piped" });
  await client.write("one\n");
  await closed;
  await client.stderrLine(/^The peer has finished sending$/);
  await client.write("two\n");
  await client.closeStdin();
  const { stdout, stderr } = await client.ends(1);
  assertEquals(stdout, "bye\n");
  assertMatch(stderr, /^sockeye: Connection to 127\.0\.0\.1:\d+ lost: gone before it read everything$/m);
});

Deno.test("client ends with 1 when the peer goes while its pipe is still open", async () => {
  const { host } = brief();
  await using _ = host;
  await using client = spawnSockeye(["client", String(host.port)], { stdin: "piped" });
  await client.write("one\n");
  const says = /^sockeye: Connection to 127\.0\.0\.1:\d+ closed by the peer while the input was still open$/m;
  assertMatch((await client.ends(1)).stderr, says);
});

Deno.test("client --expect says which one was not met, and what came", async () => {
  await using host = Host.saying("220 hi\n554 no\x1b[2J\n");
  const args = [
    "client",
    String(host.port),
    "--expect",
    "^220",
    "--send",
    "HELO",
    "--expect",
    "^250",
    "--wait",
    "100ms",
  ];
  const { stderr } = await spawnSockeye(args).ends(10);
  const says = String.raw`sockeye: The answer did not match --expect 2 of 2, /^250/ in 0.1 s; ` +
    String.raw`" hi\n554 no\x1b[2J\n" came after the match before`;
  assertEquals(stderr.trimEnd().split("\n").at(-1), says);
});

Deno.test("client --expect ends with 10 at once when the peer ends without a match", async () => {
  await using host = new Host((conn) => writeAll(conn, "no\n"));
  const { stderr } = await spawnSockeye(["client", String(host.port), "--send", "x", "--expect", "yes"]).ends(10);
  assertMatch(stderr, /did not match \/yes\/ before the peer ended; "no\\n" came$/m);
});

Deno.test("client --expect looks at what a pipe is answered with", async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  const args = ["client", String(await server.port()), "--expect", "b", "--expect", "a"];
  const { stdout } = await spawnSockeye(args, { stdin: { content: "abc a" } }).ends(0);
  assertEquals(stdout, "abc a");
});

Deno.test("client refuses options that do not fit together", async () => {
  const port = String(freePort());
  const rounds = ["client", port, "--expect", "x", "--send", "y", "--count", "2"];
  await fails(rounds, 2, ["With --every or --count all that is said comes first: put --expect after it"]);
  await fails(["client", `ws://${port}`, "--half-close"], 2, [
    "Option --half-close is for tcp, tls and unix, not for ws",
  ]);
  await fails(["client", port, "-4", "-6"], 2, ["Options -4 and -6 contradict each other"]);
});

Deno.test("client --half-close ends its half after the last --send, before what it expects", needs([]), async () => {
  await using host = new Host(async (conn) => {
    await writeAll(conn, "ready\n");
    assertEquals(await conn.read(new Uint8Array(9)), 2);
    assertEquals(await conn.read(new Uint8Array(9)), null);
    await writeAll(conn, "done\n");
  });
  const args = ["--expect", "ready", "--send", "go", "--half-close", "--expect", "done"];
  await spawnSockeye(["client", String(host.port), ...args]).ends(0);
  await host.done;
});
