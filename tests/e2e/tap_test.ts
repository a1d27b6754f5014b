/** `sockeye tap` between programs that the test plays: what passes, how it ends, what is shown. */

import { connect as connectNode, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { assertEquals, assertMatch } from "@std/assert";
import { type Program, spawnSockeye, UNSEEN } from "../support/harness.ts";
import { connect, Host, readAll, readText, textOf, within, writeAll } from "../support/sockets.ts";

async function startTap(target: string | number, ...args: string[]): Promise<{ tap: Program; port: number }> {
  const tap = spawnSockeye(["tap", "0", String(target), ...args]);
  return { tap, port: await tap.port() };
}

/** A tap whose megabytes nobody keeps. */
async function startUnseen(target: number): Promise<{ tap: Program; port: number }> {
  const tap = spawnSockeye(["tap", "0", String(target)], { via: UNSEEN });
  return { tap, port: await tap.port() };
}

/** Bytes that are the same in every run. */
const BYTES = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 2654435761) >>> 24);

Deno.test("tap passes both directions and both ends, and shows them in their order", async () => {
  await using target = new Host(async (conn) => {
    assertEquals(textOf(await readAll(conn)), "hello\n");
    await writeAll(conn, "answer\n");
    await conn.closeWrite();
  });
  const { tap, port } = await startTap(target.port);
  await using _ = tap;
  using client = await connect(port);
  await writeAll(client, "hello\n");
  await client.closeWrite();
  assertEquals(textOf(await readAll(client)), "answer\n");
  const [, address] = await tap.stderrLine(/^#1 (\S+) connected$/);
  await tap.stderrLine(/^#1 \S+ closed: the client ended it first \(FIN\); 6 B up, 7 B down, /);
  tap.signal("SIGTERM");
  const { stdout, stderr } = await tap.ends(143);
  assertEquals(stdout, "#1 > hello\n#1 < answer\n");
  const { port: own } = client.localAddr;
  assertEquals(address, `127.0.0.1:${own}`);
  assertMatch(stderr, /^Listening on tcp:\/\/127\.0\.0\.1:\d+ - .*tcp:\/\/127\.0\.0\.1:\d+/);
});

Deno.test("tap lets a client speak on after the target's end", async () => {
  const heard = Promise.withResolvers<string>();
  await using target = new Host(async (conn) => {
    await writeAll(conn, "greeting");
    await conn.closeWrite();
    heard.resolve(textOf(await readAll(conn)));
  });
  const { tap, port } = await startTap(target.port, "--json");
  await using _ = tap;
  using client = await connect(port);
  assertEquals(textOf(await readAll(client)), "greeting");
  await writeAll(client, "late");
  await client.closeWrite();
  assertEquals(await heard.promise, "late");
  const { 0: close } = await tap.stdoutLine(/"event":"close".*/);
  assertMatch(close, /"received":8,"sent":4,.*"by":"down","how":"fin"/);
  assertMatch(tap.stdout, /"event":"recv",.*"dir":"down","bytes":8,"text":"greeting"/);
  assertMatch(tap.stdout, /"event":"half-close",.*"dir":"down"/);
  assertMatch(tap.stdout, /"event":"send",.*"dir":"up","bytes":4,"text":"late"/);
});

Deno.test("tap gives every byte of a large stream, both ways at once", async () => {
  await using target = new Host(async (conn) => {
    for (const buffer = new Uint8Array(65536);;) {
      const count = await conn.read(buffer);
      if (count === null) break;
      await writeAll(conn, buffer.subarray(0, count));
    }
    await conn.closeWrite();
  });
  const { tap, port } = await startUnseen(target.port);
  await using _ = tap;
  using client = await connect(port);
  const [echoed] = await Promise.all([readAll(client), writeAll(client, BYTES).then(() => client.closeWrite())]);
  assertEquals(echoed, BYTES);
});

/** A server of Node's, which can reset. */
async function resettingServer(onSocket: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, onSocket).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as { port: number }).port };
}

Deno.test("tap: a reset of the target is a reset for the client, after all that the target said", async () => {
  const { server, port: target } = await resettingServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write("last words", () => setTimeout(() => socket.resetAndDestroy(), 50)));
  });
  const { tap, port } = await startTap(target);
  await using _ = tap;
  using client = await connect(port);
  await writeAll(client, "x");
  assertEquals(await readText(client, "last words"), "last words");
  const error = await client.read(new Uint8Array(1)).then(String, (error) => error.name);
  assertEquals(error, "ConnectionReset");
  await tap.stderrLine(/^#1 \S+ closed: the target reset it; 1 B up, 10 B down/);
  server.close();
});

Deno.test("tap: a reset of the client is a reset for the target", async () => {
  const ended = Promise.withResolvers<string>();
  const { server, port: target } = await resettingServer((socket) => {
    socket.on("error", (error) => ended.resolve((error as { code?: string }).code ?? ""));
    socket.on("end", () => ended.resolve("FIN"));
    socket.on("data", () => {});
  });
  const { tap, port } = await startTap(target);
  await using _ = tap;
  const client = connectNode({ port, host: "127.0.0.1" });
  await once(client, "connect");
  client.write("hi");
  await tap.stdoutLine(/^#1 > hi/).catch(() => {});
  client.resetAndDestroy();
  assertEquals(await within(ended.promise, 10_000, "The reset"), "ECONNRESET");
  await tap.stderrLine(/^#1 \S+ closed: the client reset it; 2 B up, 0 B down/);
  server.close();
});

Deno.test("tap: a target that refuses is told in one line, and the client is reset", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port: target } = free.addr;
  free.close();
  const { tap, port } = await startTap(target);
  await using _ = tap;
  using client = await connect(port);
  const end = await client.read(new Uint8Array(1)).then(String, (error) => error.name);
  assertEquals(end, "ConnectionReset");
  await tap.stderrLine(/^sockeye: #1 \S+ Cannot connect to tcp:\S+: nothing listens there \(connection refused\)$/);
  await tap.stderrLine(/^#1 \S+ closed: the target was not reached; 0 B up, 0 B down/);
});

Deno.test("tap slows a writer whose reader is slow, and keeps what waits small", async () => {
  const go = Promise.withResolvers<void>();
  await using target = new Host(async (conn) => {
    await go.promise;
    return (await readAll(conn)).length;
  });
  const { tap, port } = await startUnseen(target.port);
  await using _ = tap;
  using client = await connect(port);
  const large = new Uint8Array(40_000_000);
  let taken = 0;
  const writing = (async () => {
    while (taken < large.length) taken += await client.write(large.subarray(taken));
    await client.closeWrite();
  })();
  // The writer stands still when the buffers of the system are full.
  for (let before = -1; before !== taken || taken === 0;) {
    before = taken;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assertEquals(taken < large.length, true, `${taken} bytes were taken`);
  go.resolve();
  await writing;
  assertEquals(await target.done, large.length);
});

Deno.test("tap shows messages as --frame cuts them, and judges checksums of both directions", async () => {
  await using target = Host.saying("");
  const { tap, port } = await startTap(target.port, "--json", "--frame", "fixed:4", "--checksum", "sum8");
  await using _ = tap;
  using client = await connect(port);
  await writeAll(client, Uint8Array.of(1, 2, 3, 6, 1, 1));
  await writeAll(client, Uint8Array.of(1, 9));
  await tap.stdoutLine(/"dir":"up".*"checksum":\{"ok":true/);
  const { 0: bad } = await tap.stdoutLine(/.*"ok":false.*/);
  assertMatch(bad, /"has":"09","want":"03"/);
});

Deno.test("tap keeps the borders of datagrams, and has a flow for each sender", async () => {
  const target = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const { port: targetPort } = target.addr as Deno.NetAddr;
  await using tap = spawnSockeye(["tap", "udp://127.0.0.1:0", `udp://127.0.0.1:${targetPort}`]);
  const port = await tap.port();
  const clients = [0, 1].map(() => Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 }));
  for (const [i, client] of clients.entries()) {
    for (const text of [`one ${i}`, "", `three ${i}`]) {
      await client.send(new TextEncoder().encode(text), { transport: "udp", hostname: "127.0.0.1", port });
      const [got, from] = await target.receive();
      assertEquals(textOf(got), text);
      await target.send(got, from);
      assertEquals(textOf((await client.receive())[0]), text);
    }
  }
  await tap.stdoutLine(/^#2 < three 1/);
  for (const socket of [target, ...clients]) socket.close();
  tap.signal("SIGTERM");
  const { stdout } = await tap.ends(143);
  assertEquals(stdout.match(/^#1 .*/gm), [
    "#1 > one 0",
    "#1 < one 0",
    "#1 > ",
    "#1 < ",
    "#1 > three 0",
    "#1 < three 0",
  ]);
});

Deno.test("tap without TARGET, or with a third place, says what it takes", async () => {
  const cases = [
    [["tap"], /^sockeye: LISTEN and TARGET are missing: tap takes LISTEN TARGET, as in tap 9100 9000$/m],
    [["tap", "9100"], /^sockeye: TARGET is missing/m],
    [["tap", "9100", "9000", "8000"], /^sockeye: Unexpected argument "8000": tap takes LISTEN TARGET$/m],
    [["tap", "9100", "0"], /^sockeye: Cannot connect to tcp:\/\/127\.0\.0\.1:0: port 0 is not a real port$/m],
    [["tap", "9100", "9000", "--insecure"], /^sockeye: Option --insecure is for tls and wss, not for tcp$/m],
    [["tap", "9100", "9000", "--alpn", "h2"], /^sockeye: Option --alpn is for tls, not for tcp$/m],
    [["tap", "9100", "wss://9000", "--alpn", "h2"], /^sockeye: Option --alpn is for tls, not for wss$/m],
  ] as const;
  await Promise.all(cases.map(async ([args, says]) => assertMatch((await spawnSockeye(args).ends(2)).stderr, says)));
});
