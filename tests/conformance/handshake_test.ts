/**
 * What holds over the transport where clients shake hands before they are peers.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { HANDSHAKE_MS } from "../../lib/server/limits.ts";
import { bytesOf } from "../support/net.ts";
import { echoes, type StreamClient } from "./clients.ts";
import { ECHO, Stage, testOver } from "./stage.ts";
import { STREAMS } from "./transports.ts";

/** Connects by TCP alone. */
type Connect = () => Promise<Deno.TcpConn>;

/** A test of an echo server over TLS. */
function test(
  name: string,
  once: boolean,
  play: (stage: Stage<StreamClient>, connect: Connect, place: Deno.ConnectOptions) => Promise<void>,
): void {
  for (const transport of STREAMS.filter(({ name, title }) => name === "tls" && title === undefined)) {
    testOver(transport, `tls: ${name}`, async () => {
      await using stage = await Stage.open(transport, ECHO, { once });
      const { address } = stage.place.listener;
      assert(address.transport === "tls");
      const place = { hostname: address.host, port: address.port };
      await play(stage, () => Deno.connect(place), place);
    });
  }
}

/** The only client of a server that serves one. */
async function isServed(stage: Stage<StreamClient>): Promise<void> {
  const client = await stage.connect();
  await echoes(client);
  client.close();
  assertEquals((await stage.server.totals).received, "round 0".length);
}

test("a client that does not shake hands delays no other and is no peer", false, async (stage, connect) => {
  using silent = await connect();
  await echoes(await stage.connect());
  await silent.write(bytesOf("GET / HTTP/1.0\r\n\r\n"));
  const { message } = await stage.recorder.until("notice");
  assertEquals(message, `127.0.0.1:${silent.localAddr.port} turned away: it does not speak TLS`);
  assertEquals(stage.recorder.of("open").length, 1);
});

test("--once waits for a client that can shake hands", true, async (stage, connect) => {
  using stranger = await connect();
  await stranger.write(bytesOf("GET / HTTP/1.0\r\n\r\n"));
  await stage.recorder.until("notice");
  await isServed(stage);
});

test("--once does not wait for a client that does not shake hands", true, async (stage, connect) => {
  using _silent = await connect();
  const before = performance.now();
  await isServed(stage);
  assertLess(performance.now() - before, HANDSHAKE_MS / 2);
});

test("--once can be stopped while clients do not shake hands", true, async (stage, connect) => {
  using _silent = await connect();
  using _other = await connect();
  const before = performance.now();
  await stage.stop();
  assertLess(performance.now() - before, HANDSHAKE_MS / 2);
  assertEquals(stage.recorder.of("open"), []);
});

test("a client that trusts another authority is no peer", false, async (stage, _connect, place) => {
  {
    using doubting = await Deno.connectTls(place);
    await assertRejects(() => doubting.handshake());
  }
  await stage.recorder.until("notice");
  await echoes(await stage.connect());
  assertEquals(stage.recorder.of("open").length, 1);
});
