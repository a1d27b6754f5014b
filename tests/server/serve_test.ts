import { assert, assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { createConnection } from "node:net";
import type { Mode } from "../../lib/server/mode.ts";
import { bytesOf, connect, read, roundTrip, start, textOf, writeAll } from "../support/net.ts";

const echo: Mode = { data: (peer, bytes) => peer.send(bytes) };

Deno.test("serve() echoes many clients at once, each its own bytes", async () => {
  await using server = await start(echo);
  const clients = await Promise.all(Array.from({ length: 50 }, () => connect(server.port)));
  await Promise.all(clients.map(async (client, id) => {
    for (let round = 0; round < 10; round++) {
      const text = `client ${id}, round ${round}`;
      assertEquals(await roundTrip(client, text), text);
    }
  }));
  for (const client of clients) client.close();
  const { peers, received, sent } = await server.stop();
  const bytes = clients.flatMap((_, id) => Array.from({ length: 10 }, (_, round) => `client ${id}, round ${round}`));
  assertEquals({ peers, received, sent }, { peers: 50, received: bytes.join("").length, sent: bytes.join("").length });
});

Deno.test("serve() gives a client that has finished sending its whole echo", async () => {
  await using server = await start(echo);
  using client = await connect(server.port);
  const bytes = crypto.getRandomValues(new Uint8Array(65536));
  const whole = new Uint8Array(bytes.length * 128);
  for (let at = 0; at < whole.length; at += bytes.length) whole.set(bytes, at);
  const echoed = read(client);
  await writeAll(client, whole);
  await client.closeWrite();
  assertEquals(Buffer.compare(await echoed, whole), 0);
});

Deno.test("serve() tells open, recv, send, half-close, close", async () => {
  await using server = await start(echo);
  using client = await connect(server.port);
  await roundTrip(client, "hello");
  await client.closeWrite();
  assertEquals((await read(client)).length, 0);
  const close = await server.recorder.until("close");
  const { hostname, port } = client.localAddr;
  const peer = `${hostname}:${port}`;
  assertEquals(server.recorder.names(), ["open", "recv", "send", "half-close", "close"]);
  assertEquals(server.recorder.events.slice(0, 4), [
    { event: "open", id: 1, peer },
    { event: "recv", id: 1, peer, data: bytesOf("hello") },
    { event: "send", id: 1, peer, data: bytesOf("hello") },
    { event: "half-close", id: 1, peer, dir: "in" },
  ]);
  assertEquals([close.reason, close.received, close.sent], ["closed by the peer", 5, 5]);
});

Deno.test("serve() numbers the peers from 1", async () => {
  await using server = await start(echo);
  for (const id of [1, 2, 3]) {
    const client = await connect(server.port);
    await server.recorder.until("open", (event) => event.id === id);
    client.close();
    await server.recorder.until("close", (event) => event.id === id);
  }
});

Deno.test("serve() with once stops listening at the first client and returns when it has left", async () => {
  await using server = await start(echo, { once: true });
  using client = await connect(server.port);
  await server.recorder.until("open");
  await assertRejects(() => connect(server.port), Deno.errors.ConnectionRefused);
  assertEquals(await roundTrip(client, "still here"), "still here");
  client.close();
  assertEquals(await server.totals, { peers: 1, received: 10, sent: 10 });
});

Deno.test("serve() tells a reset and lives on", async () => {
  await using server = await start(echo);
  using other = await connect(server.port);
  await server.recorder.until("open");
  const rude = createConnection(server.port, "127.0.0.1", () => rude.write("a"));
  const gone = Promise.withResolvers<void>();
  rude.once("close", () => gone.resolve());
  rude.once("data", () => rude.resetAndDestroy());
  const { reason } = await server.recorder.until("close", (event) => event.id === 2);
  assertEquals(reason, "reset by the peer");
  await gone.promise;
  assertEquals(await roundTrip(other, "alive"), "alive");
});

Deno.test("serve() ends only the peer for which the mode throws", async () => {
  await using server = await start({
    data: (peer, bytes) => {
      if (textOf(bytes) === "bomb") throw new Error("boom");
      return peer.send(bytes);
    },
  });
  using other = await connect(server.port);
  using client = await connect(server.port);
  assertEquals(await roundTrip(other, "before"), "before");
  await writeAll(client, bytesOf("bomb"));
  assertEquals((await read(client)).length, 0);
  const { reason } = await server.recorder.until("close");
  assertEquals(reason, "boom");
  assertEquals(await roundTrip(other, "after"), "after");
});

Deno.test("serve() serves a client at full speed while another never reads", async () => {
  await using server = await start(echo, { on: undefined, onTraffic: undefined });
  using deaf = await connect(server.port);
  using client = await connect(server.port);
  let written = 0;
  let over = false;
  const flood = (async () => {
    const bytes = new Uint8Array(65536);
    while (!over) written += await deaf.write(bytes);
  })().catch(() => {});
  // The flood is stuck when many round trips of the other client bring it no further; what the system takes has a bound.
  for (let still = 0, before = -1; still < 250; before = written) {
    assertEquals(await roundTrip(client, "ping"), "ping");
    still = written === before ? still + 1 : 0;
    assert(written < 64 * 1024 * 1024, `${written} bytes were taken from a client that reads nothing`);
  }
  over = true;
  deaf.close();
  await flood;
});

Deno.test("serve() needs no observer", async () => {
  await using server = await start(echo, { on: undefined, onTraffic: undefined });
  using client = await connect(server.port);
  assertEquals(await roundTrip(client, "hello"), "hello");
  assertEquals(server.recorder.events, []);
});
