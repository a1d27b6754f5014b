/** What holds over the transport where clients shake hands before they are peers. */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { once } from "node:events";
import { connect as connectNode } from "node:net";
import { HANDSHAKE_MS } from "../../lib/server/limits.ts";
import { bytesOf, connect, portOf } from "../support/net.ts";
import { echoes, type StreamClient } from "./clients.ts";
import { ECHO, Stage, testOver } from "./stage.ts";
import { STREAMS } from "./transports.ts";

/** A test of an echo server over TLS, and of clients that connect by TCP alone. */
function test(
  name: string,
  once: boolean,
  play: (stage: Stage<StreamClient>, strange: () => Promise<Deno.TcpConn>) => Promise<void>,
): void {
  for (const transport of STREAMS.filter(({ name, title }) => name === "tls" && title === undefined)) {
    testOver(transport, `tls: ${name}`, async () => {
      await using stage = await Stage.open(transport, ECHO, { once });
      await play(stage, () => connect(portOf(stage.place.listener)));
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

test("a client that does not shake hands delays no other and is no peer", false, async (stage, strange) => {
  using silent = await strange();
  await echoes(await stage.connect());
  await silent.write(bytesOf("GET / HTTP/1.0\r\n\r\n"));
  const { message } = await stage.recorder.until("notice");
  assertEquals(message, `127.0.0.1:${silent.localAddr.port} turned away: it does not speak TLS`);
  assertEquals(stage.recorder.of("open").length, 1);
});

test("a client that speaks something else is told so by an alert", false, async (_stage, strange) => {
  using other = await strange();
  await other.write(bytesOf("GET / HTTP/1.0\r\n\r\n"));
  const record = new Uint8Array(16);
  const count = await other.read(record);
  // RFC 8446 section 6: an alert is of type 21; its level is fatal, 2.
  assertEquals([record[0], record[5], count], [21, 2, 7]);
  assertEquals(await other.read(record), null);
});

for (const reset of [false, true]) {
  test(
    `a ${reset ? "reset" : "FIN"} during the handshake is noticed at once`,
    false,
    async (stage) => {
      const leaving = connectNode({ host: "127.0.0.1", port: portOf(stage.place.listener) });
      await once(leaving, "connect");
      if (reset) leaving.resetAndDestroy();
      else leaving.end();
      const { message } = await stage.recorder.until("notice");
      assertMatch(message, /^127\.0\.0\.1:\d+ turned away: it ended the connection during the handshake$/);
      leaving.destroy();
    },
  );
}

test("--once waits for a client that can shake hands", true, async (stage, strange) => {
  using stranger = await strange();
  await stranger.write(bytesOf("GET / HTTP/1.0\r\n\r\n"));
  await stage.recorder.until("notice");
  await isServed(stage);
});

test("--once does not wait for a client that does not shake hands", true, async (stage, strange) => {
  using _silent = await strange();
  const before = performance.now();
  await isServed(stage);
  assertLess(performance.now() - before, HANDSHAKE_MS / 2);
});

test("--once can be stopped while clients do not shake hands", true, async (stage, strange) => {
  using _silent = await strange();
  using _other = await strange();
  const before = performance.now();
  await stage.stop();
  assertLess(performance.now() - before, HANDSHAKE_MS / 2);
  assertEquals(stage.recorder.of("open"), []);
});
