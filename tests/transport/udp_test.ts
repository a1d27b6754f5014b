/** Datagrams that wait for their turn. */

import { assertEquals } from "@std/assert";
import type { Channel } from "../../lib/transport/channel.ts";
import { listen } from "../../lib/transport/mod.ts";
import { BLOCK_BYTES, SHORT_BYTES } from "../../lib/transport/limits.ts";
import { portOf } from "../support/net.ts";

/** Lengths of datagrams: around the border between short and long, and more of them than share a block. */
const SHORT = [SHORT_BYTES - 1, SHORT_BYTES, SHORT_BYTES + 1];
const LENGTHS = [0, 1, ...SHORT, ...new Array(2 * BLOCK_BYTES / SHORT_BYTES).fill(SHORT_BYTES / 2)];

/** Bytes that no other datagram has. */
const datagram = (length: number, number: number) => Uint8Array.from({ length }, (_, i) => number * 31 + i);

Deno.test("datagrams stay as they came, however many come behind them", async () => {
  const listener = await listen({ transport: "udp", host: "127.0.0.1", port: 0 });
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  try {
    const to = { transport: "udp", hostname: "127.0.0.1", port: portOf(listener) } as const;
    for (const [number, length] of LENGTHS.entries()) await socket.send(datagram(length, number), to);
    const channel = await listener.accept();
    const all: Uint8Array[] = [];
    while (all.length < LENGTHS.length) all.push(await channel.receive?.() ?? new Uint8Array(1));
    // Those that were read first must not have changed since.
    for (const [number, length] of LENGTHS.entries()) assertEquals(all[number], datagram(length, number), `${number}`);
    channel.close();
  } finally {
    socket.close();
    listener.close();
  }
});

/** Datagrams of a burst: few enough for the buffer of any socket. */
const BURST = 40;

Deno.test("datagrams of a sender stay in order, however many senders speak at the same time", async () => {
  const listener = await listen({ transport: "udp", host: "127.0.0.1", port: 0 });
  const to = { transport: "udp", hostname: "127.0.0.1", port: portOf(listener) } as const;
  const sockets = Array.from({ length: 3 }, () => Deno.listenDatagram({ ...to, port: 0 }));
  try {
    const say = async (first: number) => {
      for (let i = first; i < first + BURST; i++) {
        await Promise.all(sockets.map((socket) => socket.send(Uint8Array.of(i >> 8, i), to)));
      }
    };
    await say(0);
    const channels: Channel[] = [];
    while (channels.length < sockets.length) channels.push(await listener.accept());
    for (let first = 0; first < 20 * BURST; first += BURST) {
      const said = first > 0 ? say(first) : undefined;
      for (let i = first; i < first + BURST; i++) {
        for (const channel of channels) assertEquals(await channel.receive?.(), Uint8Array.of(i >> 8, i));
      }
      await said;
    }
    for (const channel of channels) channel.close();
  } finally {
    for (const socket of sockets) socket.close();
    listener.close();
  }
});
