/** How a server stops, and what does not stop it. */

import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { needs, python, spawnSockeye, UNSEEN } from "../support/harness.ts";
import { connect, readAll, readText, Witness, writeAll } from "../support/sockets.ts";

const HOST = "127.0.0.1";

for (const [signal, expected] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`server says goodbye to idle and busy clients on ${signal}`, async () => {
    await using server = spawnSockeye(["server", "echo", "0"]);
    const port = await server.port();
    using idle = await Witness.join(port);
    using busy = await connect(port);
    await writeAll(busy, "x".repeat(100_000));
    await readAll(busy, 1);
    const start = performance.now();
    server.signal(signal);
    await idle.getsFin();
    await readAll(busy); // It ends with FIN: a reset would throw.
    await busy.closeWrite();
    const { stderr } = await server.ends(expected);
    assertEquals(stderr.match(/^Done: 2 connections; .*$/gm)?.length, 1, stderr);
    assertLess(performance.now() - start, 5_000);
  });
}

Deno.test("server waits for a client that does not read only as long as --drain says", needs(["python3"]), async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--drain", "500ms"], { via: UNSEEN });
  const port = await server.port();
  using witness = await Witness.join(port);
  await using peer = python("flooding_client", [HOST, port, "utf-8", 64], { stdin: "piped" });
  await peer.stdoutLine(/stuck/);
  const start = performance.now();
  server.signal("SIGTERM");
  await witness.getsFin();
  await server.ends(143);
  assertGreaterOrEqual(performance.now() - start, 450);
  assertLess(performance.now() - start, 4_500); // Without the option it would be five seconds.
});

Deno.test("server ends at once on a second SIGINT", needs(["python3"]), async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--drain", "1h"], { via: UNSEEN });
  const port = await server.port();
  using witness = await Witness.join(port);
  await using peer = python("flooding_client", [HOST, port, "utf-8", 64], { stdin: "piped" });
  await peer.stdoutLine(/stuck/);
  server.signal("SIGINT");
  await witness.getsFin();
  await server.ends(130, "SIGINT");
});

/** Ways to start a server that leave it without a terminal or without a stream. */
const CIRCUMSTANCES: Readonly<Record<string, string>> = {
  "stdin at /dev/null": `exec "$@" </dev/null`,
  "closed stdin": `exec "$@" <&-`,
  "closed stdout": `exec "$@" >&-`,
  "closed stdin and stdout": `exec "$@" <&- >&-`,
  "stdout onto a full disk": `exec "$@" >/dev/full`,
};

/** What the only client of a chat hears. */
const WELCOME = "*** You are user1; nobody else is here. /help lists the commands\n";
const GOODBYE = "*** The server stops. Goodbye\n";

/** What a client of each mode hears: without an operator a talk ends at once. */
const HEARS: Readonly<Record<string, readonly [heard: string, goodbye: string]>> = {
  echo: ["hello\n", ""],
  talk: ["Sorry, no replies can be typed: the input has ended\n", ""],
  chat: [WELCOME, GOODBYE],
};

for (const [mode, [heard, goodbye]] of Object.entries(HEARS)) {
  for (const [what, via] of Object.entries(CIRCUMSTANCES)) {
    Deno.test(`server ${mode} works with ${what}`, needs(["sh"]), async () => {
      await using server = spawnSockeye(["server", mode, "0"], { via });
      using conn = await connect(await server.port());
      await writeAll(conn, "hello\n");
      assertEquals(await readText(conn, heard), heard);
      server.signal("SIGTERM");
      assertEquals(await readText(conn, goodbye), goodbye);
      assertEquals(await readAll(conn), new Uint8Array());
      await conn.closeWrite();
      await server.ends(143);
    });
  }
}

Deno.test("server under nohup outlives its terminal", needs(["sh", "nohup"]), async () => {
  await using server = spawnSockeye(["server", "echo", "0"], { via: `exec nohup "$@"` });
  using witness = await Witness.join(await server.port());
  server.signal("SIGHUP");
  await witness.getsEcho();
  await server.ends(143, "SIGTERM");
});

for (const stream of ["stdout", "stderr"]) {
  Deno.test(`server works when the reader of its ${stream} has left`, async () => {
    await using server = spawnSockeye(["server", "echo", "0"]);
    using witness = await Witness.join(await server.port());
    await (stream === "stdout" ? server.leaveStdout() : server.leaveStderr());
    using next = await Witness.join(await server.port());
    for (const one of [witness, next, witness]) await one.getsEcho();
    server.signal("SIGTERM");
    await Promise.all([witness.getsFin(), next.getsFin()]);
    await server.ends(143);
  });
}

Deno.test("server works with closed stderr", needs(["sh"]), async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--json"], { via: `exec "$@" 2>&-` });
  using witness = await Witness.join(await server.port());
  await witness.getsEcho();
  server.signal("SIGTERM");
  await witness.getsFin();
  await server.ends(143);
});

Deno.test("server --once ends when its client has left, though its input goes on", async () => {
  await using server = spawnSockeye(["server", "talk", "0", "--once"], { stdin: "piped" });
  using client = await connect(await server.port());
  await server.write("only an answer\nq\n");
  assertEquals(new TextDecoder().decode(await readAll(client)), "only an answer\nq\n");
  await client.closeWrite();
  await server.ends(0);
});
