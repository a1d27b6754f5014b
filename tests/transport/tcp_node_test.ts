import { assert, assertEquals, assertRejects } from "@std/assert";
import type { InetAddress } from "../../lib/transport/address.ts";
import type { Listener } from "../../lib/transport/channel.ts";
import { isClosed } from "../../lib/transport/failure.ts";
import { BACKLOG } from "../../lib/transport/limits.ts";
import { listenNode } from "../../lib/transport/tcp_node.ts";
import { connect } from "../support/sockets.ts";

const PLACE = { transport: "tcp", host: "127.0.0.1", port: 0 } as const;

function portOf({ address }: Listener): number {
  return (address as InetAddress).port;
}

Deno.test("listenNode() says its real port, and accepts what connects", async () => {
  const listener = await listenNode(PLACE, {});
  using client = await connect(portOf(listener));
  const channel = await listener.accept();
  assertEquals(channel.peer, `127.0.0.1:${client.localAddr.port}`);
  channel.close();
  listener.close();
});

Deno.test("listenNode() without a host hears both families as one spelling of an address", async () => {
  const listener = await listenNode({ ...PLACE, host: "" }, {});
  using _client = await connect(portOf(listener));
  const channel = await listener.accept();
  assertEquals(channel.host, "127.0.0.1");
  channel.close();
  listener.close();
});

Deno.test("listenNode() takes no port that is in use, also not for a crowd", async () => {
  const first = await listenNode(PLACE, { crowd: 4 * BACKLOG });
  for (const crowd of [1, 4 * BACKLOG]) {
    const again = { ...PLACE, port: portOf(first) };
    const { code } = await assertRejects(() => listenNode(again, { crowd })) as Error & { code?: string };
    assertEquals(code, "EADDRINUSE");
  }
  first.close();
});

Deno.test("listenNode() for a crowd accepts from all of its sockets", async () => {
  const listener = await listenNode(PLACE, { crowd: 4 * BACKLOG });
  const clients = await Promise.all(Array.from({ length: 40 }, () => connect(portOf(listener))));
  const ports = new Set<string>();
  for (const _ of clients) {
    const channel = await listener.accept();
    ports.add(channel.peer);
    channel.close();
  }
  assertEquals(ports, new Set(clients.map(({ localAddr }) => `127.0.0.1:${localAddr.port}`)));
  for (const client of clients) client.close();
  listener.close();
});

Deno.test("close() of a listener ends accept(), and the connections that nobody took", async () => {
  const listener = await listenNode(PLACE, {});
  using client = await connect(portOf(listener));
  const first = await listener.accept();
  const waiting = listener.accept();
  listener.close();
  listener.close();
  assert(isClosed(await assertRejects(() => waiting)));
  first.close();
  assertEquals(await client.read(new Uint8Array(1)).catch(() => null), null);
});
