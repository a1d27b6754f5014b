import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { AHEAD_BYTES, LOOK_MS, PING_MS, PONG_MS, SOCKET_BUFFER } from "../../../lib/transport/limits.ts";
import { WebSocketChannel } from "../../../lib/transport/websocket/channel.ts";
import { OPCODES } from "../../../lib/transport/websocket/write_frame.ts";
import { isSettled } from "../../support/clock.ts";
import { bytesOf } from "../../support/net.ts";
import { clientFrame as frame, closeAll, hear, testServed, wire } from "./wire.ts";

Deno.test("a message arrives as it was sent, however little room the stream has", async () => {
  for (const room of [1, 8, 1 << 20]) {
    const [one, other] = wire(room);
    const client = new WebSocketChannel(one, { role: "client" });
    const server = new WebSocketChannel(other, { role: "server" });
    for (const message of ["hello", "", "é".repeat(300), "x".repeat(66_000 / room)]) {
      for (const [from, to] of [[client, server], [server, client]] as const) {
        const sent = from.write(bytesOf(message));
        assertEquals(await hear(to), message);
        assertEquals(await sent, bytesOf(message).length);
      }
    }
    await closeAll(client, server);
  }
});

testServed("an answer has the type of the last message; before one it is text where it can be", async (served) => {
  const { channel, client, reader } = served;
  await channel.write(bytesOf("é"));
  await channel.write(Uint8Array.of(0xff));
  assertEquals(await reader.take(2), ["text c3a9", "binary ff"]);
  for (const [opcode, type] of [[OPCODES.binary, "binary"], [OPCODES.text, "text"]] as const) {
    await client.write(frame(opcode, "hi"));
    await channel.receive();
    await channel.write(bytesOf("ok"));
    assertEquals(await reader.next(), `${type} 6f6b`);
  }
  // A text message must be UTF-8, so this one cannot be.
  await channel.write(Uint8Array.of(0xe2, 0x82));
  assertEquals(await reader.next(), "binary e282");
});

testServed("a channel may be made to send binary only", async ({ channel, reader }) => {
  await channel.write(bytesOf("text"));
  assertEquals(await reader.next(), `binary ${bytesOf("text").toHex()}`);
}, { binary: true });

testServed("read() hands one message out; what does not fit is lost", async ({ channel, client }) => {
  await client.write(concat([frame(OPCODES.text, "hello"), frame(OPCODES.text), frame(OPCODES.text, "x")]));
  const buffer = new Uint8Array(3);
  assertEquals([await channel.read(buffer), buffer], [3, bytesOf("hel")]);
  assertEquals([await channel.read(buffer), await hear(channel)], [0, "x"]);
});

testServed(
  "a busy owner has no more read ahead than some messages, and all of it in order",
  async (served, clock) => {
    const { channel, client, inner } = served;
    const message = (at: number) => frame(OPCODES.binary, new Uint8Array(1000).fill(at));
    for (let at = 0; at < 200; at++) await client.write(message(at));
    assertEquals(inner.taken, 0);
    await clock.advance(LOOK_MS);
    assert(0 < inner.taken && inner.taken <= SOCKET_BUFFER.idle);
    for (let i = 0; i < 4; i++) await clock.advance(LOOK_MS);
    const most = AHEAD_BYTES + SOCKET_BUFFER.busy;
    assertLessOrEqual(inner.taken, most);
    for (let at = 0; at < 20; at++) assertEquals((await channel.receive())?.[999], at);
    assertLessOrEqual(inner.taken, 20 * message(0).length + most);
    for (let at = 20; at < 200; at++) assertEquals((await channel.receive())?.[999], at);
  },
  { room: 256 * 1024 },
);

testServed("pings are answered while the owner is busy", async (served, clock) => {
  const { channel, client, reader } = served;
  await client.write(concat([frame(OPCODES.text, "first"), frame(OPCODES.ping, "p")]));
  await clock.advance(LOOK_MS);
  assertEquals([await reader.next(), await hear(channel)], ["pong 70", "first"]);
  await client.write(frame(OPCODES.ping, "q"));
  await clock.advance(LOOK_MS);
  assertEquals(await reader.next(), "pong 71");
});

testServed("a write is done when the stream took the whole frame", async ({ channel, reader }) => {
  const sent = channel.write(bytesOf("x".repeat(150)));
  assertEquals(await isSettled(sent), false);
  await reader.next();
  assertEquals(await sent, 150);
}, { room: 100 });

testServed("of many pings that a slow peer sends the last one is answered, and nothing piles up", async (served) => {
  const { channel, client, reader } = served;
  const stuck = channel.write(new Uint8Array(100));
  const received = channel.receive();
  for (let i = 0; i < 500; i++) {
    const ping = frame(OPCODES.ping, `${i}`);
    for (let at = 0; at < ping.length;) at += await client.write(ping.subarray(at));
  }
  await client.write(frame(OPCODES.text, "done"));
  await received;
  assertEquals((await reader.next()).slice(0, 6), "text 0");
  await stuck;
  assertEquals(await reader.next(), `pong ${bytesOf("499").toHex()}`);
}, { room: 64 });

testServed("a silent peer is asked for a sign of life, and is gone without one", async (served, clock) => {
  const { channel, client, reader, inner } = served;
  const received = channel.receive();
  await clock.advance(PING_MS);
  assertEquals(await reader.next(), "ping ");
  await client.write(frame(OPCODES.pong));
  await clock.advance(PING_MS + PONG_MS - 1);
  assertEquals([await reader.next(), await isSettled(received)], ["ping ", false]);
  const failed = assertRejects(() => received, Error, "no answer to a ping in 30 s");
  await clock.advance(PONG_MS);
  await failed;
  assertEquals([inner.closed, clock.pending], [true, 0]);
});

testServed("a peer is not asked while it talks, nor while enough of it waits for the owner", async (served, clock) => {
  const { channel, client, reader, inner } = served;
  for (let i = 0; i < 10; i++) {
    const received = channel.receive();
    await clock.advance(PING_MS - 1);
    await client.write(frame(OPCODES.text, "here"));
    await received;
  }
  await client.write(frame(OPCODES.binary, new Uint8Array(AHEAD_BYTES)));
  await clock.advance(10 * PING_MS);
  const next = reader.next();
  assertEquals([await isSettled(next), inner.closed], [false, false]);
  channel.close();
  assertEquals(await next, "close 1000 ");
  client.close();
  await channel.finished;
  assertEquals(clock.pending, 0);
}, { room: 256 * 1024 });

testServed("a peer that takes bytes is not asked", async ({ channel, reader, inner }, clock) => {
  for (let i = 0; i < 5; i++) {
    await channel.write(bytesOf("news"));
    assertEquals(await reader.next(), "text 6e657773");
    await clock.advance(PING_MS - 1);
  }
  const next = reader.next();
  assertEquals([await isSettled(next), inner.closed], [false, false]);
  await clock.advance(1);
  assertEquals(await next, "ping ");
});

testServed("a client masks its frames, each with another mask", async ({ channel, client: server }) => {
  const masks = new Set<string>();
  for (let i = 0; i < 5; i++) {
    await channel.write(bytesOf("same"));
    const buffer = new Uint8Array(100);
    assertEquals([await server.read(buffer), buffer[1]], [10, 0x80 | 4]);
    masks.add(buffer.subarray(2, 6).toHex());
  }
  assertEquals(masks.size, 5);
}, { role: "client" });

Deno.test("the transport is wss over TLS, and text is UTF-8", async () => {
  const [one, other] = wire(100, "tls");
  const channel = new WebSocketChannel(one, { role: "client", subprotocol: "chat" });
  const { transport, encoding, subprotocol, peer } = channel;
  assertEquals([transport, encoding, subprotocol, peer], ["wss", "utf-8", "chat", one.peer]);
  other.close();
  await closeAll(channel);
});
