/** What a peer does wrong harms no one else: a healthy witness gets its echo all the time. */

import { linux, needs, type Program, python, spawnSockeye } from "../support/harness.ts";
import { descriptors, holdsOnly } from "../support/process.ts";
import { connect, Witness } from "../support/sockets.ts";

const HOST = "127.0.0.1";

interface Scene {
  readonly server: Program;
  readonly port: number;
  readonly witness: Witness;
}

/** A test with an echo server, whose witness has its echo afterwards; then the server holds what it held before. */
function test(name: string, play: (scene: Scene) => Promise<void>, via = `exec "$@"`): void {
  Deno.test(name, needs(["python3", "sh"], linux), async () => {
    await using server = spawnSockeye(["server", "echo", "0"], { via });
    const port = await server.port();
    using witness = await Witness.join(port);
    const before = await descriptors(server);
    await play({ server, port, witness });
    await witness.getsEcho();
    await holdsOnly(server, before);
  });
}

test("server survives peers that reset", async ({ server, port, witness }) => {
  await using peer = python("resetting_client", [HOST, port, "utf-8", 20], { stdin: "piped" });
  await peer.stdoutLine(/reset/);
  await witness.getsEcho();
  for (let i = 0; i < 20; i++) await server.stderrLine(/left: reset by the peer/);
});

test("server takes the next client at once after some reset while they waited", async ({ server, port }) => {
  server.signal("SIGSTOP");
  await using peer = python("resetting_client", [HOST, port, "utf-8", 20, "at once"]);
  await peer.stdoutLine(/reset/);
  const next = Witness.join(port);
  server.signal("SIGCONT");
  (await next)[Symbol.dispose]();
});

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

test("server out of descriptors serves on, and takes others later", async ({ server, port, witness }) => {
  await using crowd = python("crowd", [HOST, port, "utf-8", 100], { stdin: "piped" });
  await crowd.stdoutLine(/all connected/);
  await server.stderrLine(/no file descriptor is free/);
  await witness.getsEcho();
  await crowd.closeStdin();
  await crowd.status();
  using next = await Witness.join(port);
  await next.getsEcho();
}, `ulimit -n 64; exec "$@"`);

test("server survives 300 clients that come and go at once", async ({ server, port, witness }) => {
  await using churn = python("churn", [HOST, port, "utf-8", 300]);
  await witness.getsEcho();
  await churn.stdoutLine(/done/);
  await server.stderrLine(/^#301 .* connected/);
});
