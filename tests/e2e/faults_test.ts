/** What a peer does wrong harms no one else: a healthy witness gets its echo all the time. */

import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { freePort, linux, needs, type Program, python, spawnSockeye } from "../support/harness.ts";
import { descriptors, holdsOnly } from "../support/process.ts";
import { connect, PATIENCE_MS, readAll, textOf, within, Witness } from "../support/sockets.ts";

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
  await server.stdoutText(/#2 < half a \\xe6\\xb6 {2}\(unfinished\)\n/);
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

/** TLS with the server of the test below, whose certificate was made for its run. */
async function shakeHands(port: number): Promise<TLSSocket> {
  const socket = connectTls({ host: HOST, port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  return socket;
}

Deno.test("server tls:// takes one descriptor for each client, and gives it back", needs(["ls"], linux), async () => {
  await using server = spawnSockeye(["server", "echo", `tls://${HOST}:0`]);
  const port = await server.port();
  (await shakeHands(port)).destroy();
  await server.stderrLine(/^#1 .* left/);
  const before = await descriptors(server);
  const clients = await Promise.all(Array.from({ length: 20 }, () => shakeHands(port)));
  for (let i = 0; i < 20; i++) await server.stderrLine(/connected/);
  assertEquals(await descriptors(server), before + 20);
  for (const client of clients) client.destroy();
  await holdsOnly(server, before);
});

Deno.test(
  "server tls:// whose descriptors strangers hold who say nothing serves the next client",
  needs(["sh"], linux),
  async () => {
    const via = `ulimit -n 64; exec "$@"`;
    await using server = spawnSockeye(["server", "echo", `tls://${HOST}:0`], { via });
    const port = await server.port();
    const strangers = await Promise.all(Array.from({ length: 64 }, () => connect(port)));
    const client = await shakeHands(port);
    client.write("hello");
    assertEquals(String((await once(client, "data"))[0]), "hello");
    await server.stderrLine(/turned away: others wait for its place/);
    client.destroy();
    for (const stranger of strangers) stranger.close();
  },
);

/** Closes a connection that may be closed already. */
function closeAnyway(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It was turned away.
  }
}

for (
  const [net, lowered] of [["--allow-net", true], [`--allow-net=${HOST}`, true], ["of its own port", false]] as const
) {
  const name = lowered
    ? "takes as many clients as it may open files, says so, and turns others away"
    : "that has no reserve says that others wait";
  Deno.test(`server with ${net} ${name}`, needs(["sh"], linux), async () => {
    const own = freePort();
    const permissions = [lowered ? net : `--allow-net=${HOST}:${own}`];
    await using server = spawnSockeye(["server", "echo", `${HOST}:${own}`], {
      via: `ulimit -n 64; exec "$@"`,
      only: permissions,
    });
    const port = await server.port();
    using witness = await Witness.join(port);
    await witness.getsEcho();
    const others = await Promise.all(Array.from({ length: 64 }, () => connect(port)));
    const { stderr } = server;
    if (!lowered) await server.stderrLine(/no file descriptor is free; waiting for one$/);
    else {
      const notice = /^At most (\d+) connections at a time instead of 1024: .* no more files \(ulimit -n\)$/;
      const [, most] = await server.stderrLine(notice);
      assert(Number(most) > 20 && Number(most) < 64, stderr);
      const refusal = `sockeye: too many connections (limit ${most})\n`;
      // One after the other is turned away, and makes room for the next one by leaving.
      const left = Promise.withResolvers<void>();
      let turnedAway = 0;
      for (const other of others) {
        void readAll(other).then((bytes) => {
          if (textOf(bytes) !== refusal) return;
          other.close();
          if (++turnedAway === others.length - Number(most) + 1) left.resolve();
        }, () => {});
      }
      await within(left.promise, PATIENCE_MS, "turning away");
    }
    await witness.getsEcho();
    for (const other of others) closeAnyway(other);
  });
}

test("server survives 300 clients that come and go at once", async ({ server, port, witness }) => {
  await using churn = python("churn", [HOST, port, "utf-8", 300]);
  await witness.getsEcho();
  await churn.stdoutLine(/done/);
  await server.stderrLine(/^#301 .* connected/);
});
