/** What a peer does wrong harms no one else: a healthy witness gets its echo all the time. */

import { assertEquals, assertLess } from "@std/assert";
import { linux, needs, python, spawnSockeye } from "../support/harness.ts";
import { descriptors, holdsOnly, megabytes } from "../support/process.ts";
import { connect, PROMPT_MS, readAll, utf8, within, Witness, writeAll } from "../support/sockets.ts";

const HOST = "127.0.0.1";

/** Megabytes of transcript are made, but not kept by the test. */
const UNSEEN = `exec "$@" >/dev/null`;

/** Time for 256 MB, also where everything else is busy. */
const FLOOD_MS = 60_000;

Deno.test("server survives peers that reset", needs(["python3"], linux), async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = await server.port();
  using witness = await Witness.join(port);
  const before = await descriptors(server);
  await using peer = python("resetting_client", [HOST, port, "utf-8", 20], { stdin: "piped" });
  await peer.stdoutLine(/reset/);
  await witness.getsEcho();
  for (let i = 0; i < 20; i++) await server.stderrLine(/left: reset by the peer/);
  await witness.getsEcho();
  await holdsOnly(server, before);
});

Deno.test(
  "server takes the next client at once after some that reset before it took them",
  needs(["python3"]),
  async () => {
    await using server = spawnSockeye(["server", "echo", "0"]);
    const port = await server.port();
    using witness = await Witness.join(port);
    server.signal("SIGSTOP");
    await using peer = python("resetting_client", [HOST, port, "utf-8", 20, "at once"]);
    await peer.stdoutLine(/reset/);
    const next = Witness.join(port);
    server.signal("SIGCONT");
    (await next)[Symbol.dispose]();
    await witness.getsEcho();
  },
);

Deno.test("server survives a peer that vanishes in the middle of a message", needs(["python3"], linux), async () => {
  await using server = spawnSockeye(["server", "reply", "0", "--text", "got {data}", "--frame", "line"]);
  const port = await server.port();
  using witness = new Witness(await connect(port));
  await witness.getsEcho("got witness 1 见证\n");
  const before = await descriptors(server);
  await using peer = python("vanishing_client", [HOST, port, "utf-8"]);
  await peer.stdoutLine(/sent/);
  await server.stderrLine(/#2 .* left/);
  await server.stdoutText(/#2 < half a \n?(#2 < )?\\xe6\\xb6\n/);
  await witness.getsEcho("got witness 2 见证\n");
  await holdsOnly(server, before);
});

Deno.test("server keeps no more than a little of what a peer does not read", needs(["python3"], linux), async () => {
  await using server = spawnSockeye(["server", "echo", "0"], { via: UNSEEN });
  const port = await server.port();
  using witness = await Witness.join(port);
  const [before, memory] = [await descriptors(server), await megabytes(server)];
  await using peer = python("flooding_client", [HOST, port, "utf-8", 64], { stdin: "piped" });
  await peer.stdoutLine(/stuck/);
  await witness.getsEcho();
  assertLess(await megabytes(server) - memory, 100);
  await peer.closeStdin();
  await peer.status();
  await witness.getsEcho();
  await holdsOnly(server, before);
});

for (const args of [["reply", "0", "--text", "ok", "--frame", "line"], ["talk", "0"]]) {
  const name = `server ${args.join(" ")} takes 256 MB without a newline and stays small`;
  Deno.test(name, needs(["python3", "sh"], linux), async () => {
    await using server = spawnSockeye(["server", ...args], { via: UNSEEN, stdin: "piped" });
    const port = await server.port();
    const start = await megabytes(server);
    await using peer = python("flooding_client", [HOST, port, "utf-8", 256], { stdin: "piped" });
    let outcome: string | undefined;
    const flood = peer.stdoutLine(/sent|stuck/, FLOOD_MS).then(
      ([what]) => outcome = what,
      (error) => outcome = String(error),
    );
    await server.stderrLine(/#1 .* connected/);
    using witness = await connect(port);
    if (args[0] === "talk") assertEquals(await readAll(witness, 5), utf8("Pleas"), "the witness waits in line");
    while (outcome === undefined && args[0] !== "talk") {
      await writeAll(witness, "hello\n");
      assertEquals(await within(readAll(witness, 3), PROMPT_MS, "The witness's answer"), utf8("ok\n"));
    }
    assertEquals(await flood, "sent");
    assertLess(await megabytes(server, "ever") - start, 200);
  });
}

Deno.test(
  "server out of descriptors serves on, and takes others when some are free",
  needs(["python3", "sh"], linux),
  async () => {
    const via = `ulimit -n 64; exec "$@"`;
    await using server = spawnSockeye(["server", "echo", "0"], { via });
    const port = await server.port();
    using witness = await Witness.join(port);
    const before = await descriptors(server);
    await using crowd = python("crowd", [HOST, port, "utf-8", 100], { stdin: "piped" });
    await crowd.stdoutLine(/all connected/);
    await server.stderrLine(/no file descriptor is free/);
    await witness.getsEcho();
    await crowd.closeStdin();
    await crowd.status();
    using next = await Witness.join(port);
    await next.getsEcho();
    await witness.getsEcho();
    await holdsOnly(server, before + 1);
  },
);

Deno.test("server survives 300 clients that come and go at once", needs(["python3"], linux), async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = await server.port();
  using witness = await Witness.join(port);
  const before = await descriptors(server);
  await using churn = python("churn", [HOST, port, "utf-8", 300]);
  await witness.getsEcho();
  await churn.stdoutLine(/done/);
  await witness.getsEcho();
  await server.stderrLine(/^#301 .* connected/);
  await holdsOnly(server, before);
});

Deno.test("server echo serves 64 clients at once", needs([], linux), async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = await server.port();
  using witness = await Witness.join(port);
  const before = await descriptors(server);
  const clients = await Promise.all(Array.from({ length: 64 }, () => connect(port)));
  try {
    await Promise.all(clients.map(async (client, i) => {
      const text = `客户 ${i} `.repeat(2000);
      const heard = readAll(client);
      await writeAll(client, text);
      await client.closeWrite();
      assertEquals(new TextDecoder().decode(await heard), text);
    }));
  } finally {
    for (const client of clients) client.close();
  }
  await witness.getsEcho();
  await holdsOnly(server, before);
});
