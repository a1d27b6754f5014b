/**
 * Hundreds of megabytes that a peer sends or does not read: the server stays small, and other peers get their answers.
 */

import { assertEquals, assertLess } from "@std/assert";
import { inFolder } from "../../fetch/helpers.ts";
import { READ } from "../../support/failing.ts";
import { linux, needs, python, spawnSockeye, UNREAD, UNSEEN } from "../../support/harness.ts";
import { descriptors, holdsOnly, megabytes } from "../../support/process.ts";
import { connect, PROMPT_MS, readAll, utf8, within, Witness, writeAll } from "../../support/sockets.ts";

const HOST = "127.0.0.1";

/** Time for 256 MB, also where everything else is busy. */
const FLOOD_MS = 60_000;

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
    const flood = peer.stdoutLine(/sent|stuck/, FLOOD_MS).then(([what]) => what, String).then((how) => outcome = how);
    await server.stderrLine(/#1 .* connected/);
    using witness = await connect(port);
    if (args[0] === "talk") await server.stderrLine(/#2 .* waits in line/);
    while (outcome === undefined && args[0] !== "talk") {
      await writeAll(witness, "hello\n");
      assertEquals(await within(readAll(witness, 3), PROMPT_MS, "The witness's answer"), utf8("ok\n"));
    }
    assertEquals(await flood, "sent");
    assertLess(await megabytes(server, "ever") - start, 200);
  });
}

inFolder("server --workers serves on while its output is not read, in constant memory", async (folder) => {
  const options = { permissions: READ, via: UNREAD, cwd: folder.path };
  await using server = spawnSockeye(["server", "discard", "0", "--workers", "2"], options);
  const port = await server.port();
  using crowd = new DisposableStack();
  const clients = await Promise.all(Array.from({ length: 16 }, async () => crowd.use(await connect(port))));
  const chunk = new Uint8Array(256 * 1024).fill(120);
  const start = await megabytes(server);
  for (let i = 0; i < 64; i++) await Promise.all(clients.map((conn) => writeAll(conn, chunk)));
  assertLess(await megabytes(server, "ever") - start, 200);
  for (const conn of clients) await conn.closeWrite();
  await server.ends(143, "SIGTERM");
}, needs(["sh", "mkfifo"], linux));
