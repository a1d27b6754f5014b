/**
 * What holds over the transport where clients shake hands before they are peers.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { HANDSHAKE_MS } from "../../lib/server/limits.ts";
import { bytesOf } from "../support/net.ts";
import { echoes } from "./clients.ts";
import { ECHO, Stage, testOver } from "./stage.ts";
import { STREAMS } from "./transports.ts";

for (const transport of STREAMS.filter(({ name, title }) => name === "tls" && title === undefined)) {
  testOver(transport, "tls: a client that does not shake hands keeps nobody waiting and is no peer", async () => {
    await using stage = await Stage.open(transport, ECHO);
    const { address } = stage.place.listener;
    assert(address.transport === "tls");
    using dawdling = await Deno.connect({ hostname: address.host, port: address.port });
    await echoes(await stage.connect());
    await dawdling.write(bytesOf("GET / HTTP/1.0\r\n\r\n"));
    const { message } = await stage.recorder.until("notice");
    assertEquals(message, `127.0.0.1:${dawdling.localAddr.port} turned away: it does not speak TLS`);
    assertEquals(stage.recorder.of("open").length, 1);
  });

  testOver(transport, "tls: --once waits for a client that can shake hands", async () => {
    await using stage = await Stage.open(transport, ECHO, { once: true });
    const { address } = stage.place.listener;
    assert(address.transport === "tls");
    using stranger = await Deno.connect({ hostname: address.host, port: address.port });
    await stranger.write(bytesOf("GET / HTTP/1.0\r\n\r\n"));
    await stage.recorder.until("notice");
    const client = await stage.connect();
    await echoes(client);
    client.close();
    assertEquals((await stage.server.totals).received, "round 0".length);
  });

  testOver(transport, "tls: --once keeps nobody waiting for a client that does not shake hands", async () => {
    await using stage = await Stage.open(transport, ECHO, { once: true });
    const { address } = stage.place.listener;
    assert(address.transport === "tls");
    using _dawdling = await Deno.connect({ hostname: address.host, port: address.port });
    const before = performance.now();
    const client = await stage.connect();
    await echoes(client);
    assertLess(performance.now() - before, HANDSHAKE_MS / 2);
    client.close();
    assertEquals((await stage.server.totals).received, "round 0".length);
  });

  testOver(transport, "tls: --once can be stopped while a client does not shake hands", async () => {
    await using stage = await Stage.open(transport, ECHO, { once: true });
    const { address } = stage.place.listener;
    assert(address.transport === "tls");
    using _dawdling = await Deno.connect({ hostname: address.host, port: address.port });
    using _other = await Deno.connect({ hostname: address.host, port: address.port });
    const before = performance.now();
    await stage.stop();
    assertLess(performance.now() - before, HANDSHAKE_MS / 2);
    assertEquals(stage.recorder.of("open"), []);
  });

  testOver(transport, "tls: a client that trusts another authority is no peer", async () => {
    await using stage = await Stage.open(transport, ECHO);
    const { address } = stage.place.listener;
    assert(address.transport === "tls");
    {
      using doubting = await Deno.connectTls({ hostname: address.host, port: address.port });
      await assertRejects(() => doubting.handshake());
    }
    await stage.recorder.until("notice");
    await echoes(await stage.connect());
    assertEquals(stage.recorder.of("open").length, 1);
  });
}
