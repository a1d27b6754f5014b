import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { LINGER_MS, PING_MS, PONG_MS, SOCKET_BUFFER } from "../../../lib/transport/limits.ts";
import { WebSocketChannel } from "../../../lib/transport/websocket/channel.ts";
import { WebSocketError } from "../../../lib/transport/websocket/frames.ts";
import { closePayload, OPCODES, writeFrame } from "../../../lib/transport/websocket/write_frame.ts";
import { FakeClock, isSettled, turn } from "../../support/clock.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { FrameReader, wire, type WireEnd } from "./wire.ts";

const MASK = Uint8Array.of(9, 8, 7, 6);

/** A frame of a client. */
function frame(opcode: number, payload: string | Uint8Array = "", fin = true): Uint8Array {
  return writeFrame(opcode, typeof payload === "string" ? bytesOf(payload) : payload, { mask: MASK, fin });
}

/** A server's WebSocket, and its client as bytes and frames. */
function serve(room?: number): { channel: WebSocketChannel; client: WireEnd; reader: FrameReader; inner: WireEnd } {
  const [inner, client] = wire(room);
  return {
    channel: new WebSocketChannel(inner, { role: "server" }),
    client,
    reader: new FrameReader(client, "server"),
    inner,
  };
}

/** Both sides of a WebSocket. */
function both(room?: number, binary = false): [client: WebSocketChannel, server: WebSocketChannel] {
  const [one, other] = wire(room);
  return [new WebSocketChannel(one, { role: "client", binary }), new WebSocketChannel(other, { role: "server" })];
}

async function closeAll(...channels: WebSocketChannel[]): Promise<void> {
  for (const channel of channels) channel.close();
  await Promise.all(channels.map(({ finished }) => finished));
}

Deno.test("a message arrives as it was sent, however little room the stream has", async () => {
  for (const room of [1, 8, 1 << 20]) {
    const [client, server] = both(room);
    for (const message of ["hello", "", "é".repeat(300), "x".repeat(66_000 / room)]) {
      const sent = client.write(bytesOf(message));
      assertEquals(textOf(await server.receive() ?? new Uint8Array()), message);
      assertEquals(await sent, bytesOf(message).length);
      const answered = server.write(bytesOf(message));
      assertEquals(textOf(await client.receive() ?? new Uint8Array()), message);
      await answered;
    }
    await closeAll(client, server);
  }
});

Deno.test("an answer has the type of the last message; before one it is text where it can be", async () => {
  const { channel, client, reader } = serve();
  assertEquals(channel.lastType, undefined);
  await channel.write(bytesOf("é"));
  await channel.write(Uint8Array.of(0xff));
  assertEquals([await reader.next(), await reader.next()], ["text c3a9", "binary ff"]);
  for (const [opcode, type] of [[OPCODES.binary, "binary"], [OPCODES.text, "text"]] as const) {
    await client.write(frame(opcode, "hi"));
    await channel.receive();
    assertEquals(channel.lastType, type);
    await channel.write(bytesOf("ok"));
    assertEquals(await reader.next(), `${type} 6f6b`);
  }
  // A text message must be UTF-8, so this one cannot be.
  await channel.write(Uint8Array.of(0xe2, 0x82));
  assertEquals(await reader.next(), "binary e282");
  client.close();
  await closeAll(channel);
});

Deno.test("a channel may be made to send binary only", async () => {
  const [client, server] = both(1 << 20, true);
  await client.write(bytesOf("text"));
  await server.receive();
  assertEquals(server.lastType, "binary");
  await closeAll(client, server);
});

Deno.test("read() hands one message out, the rest of it at the next read", async () => {
  const { channel, client } = serve();
  await client.write(concat([frame(OPCODES.text, "hello"), frame(OPCODES.text), frame(OPCODES.text, "x")]));
  const buffer = new Uint8Array(3);
  const parts: string[] = [];
  for (let i = 0; i < 3; i++) parts.push(textOf(buffer.subarray(0, await channel.read(buffer) ?? 0)));
  assertEquals(parts, ["hel", "lo", ""]);
  assertEquals(textOf(await channel.receive() ?? new Uint8Array()), "x");
  client.close();
  await closeAll(channel);
});

Deno.test("bytes behind the handshake are the first ones", async () => {
  const [inner, client] = wire();
  const rest = frame(OPCODES.text, "early");
  const channel = new WebSocketChannel(inner, { role: "server", rest: rest.subarray(0, 4) });
  await client.write(rest.subarray(4));
  assertEquals(textOf(await channel.receive() ?? new Uint8Array()), "early");
  client.close();
  await closeAll(channel);
});

Deno.test("nothing is read while no message is asked for", async () => {
  const { channel, client, inner } = serve(256 * 1024);
  const message = frame(OPCODES.binary, new Uint8Array(1000));
  for (let i = 0; i < 200; i++) await client.write(message);
  await turn();
  assertEquals(inner.taken, 0);
  await channel.receive();
  await turn();
  assertLessOrEqual(inner.taken, SOCKET_BUFFER.idle);
  for (let i = 1; i < 20; i++) await channel.receive();
  await turn();
  assertLessOrEqual(inner.taken, 20 * message.length + SOCKET_BUFFER.busy);
  client.close();
  await closeAll(channel);
});

Deno.test("a write is done when the stream took the whole frame", async () => {
  const { channel, client, reader } = serve(100);
  const sent = channel.write(bytesOf("x".repeat(150)));
  assertEquals(await isSettled(sent), false);
  await reader.next();
  assertEquals(await sent, 150);
  client.close();
  await closeAll(channel);
});

Deno.test("pings are answered between the fragments of a message", async () => {
  const { channel, client, reader } = serve();
  await client.write(
    concat([frame(OPCODES.text, "one ", false), frame(OPCODES.ping, "p"), frame(OPCODES.continuation, "two")]),
  );
  assertEquals(textOf(await channel.receive() ?? new Uint8Array()), "one two");
  assertEquals(await reader.next(), "pong 70");
  client.close();
  await closeAll(channel);
});

Deno.test("of many pings that a slow peer sends the last one is answered, and nothing piles up", async () => {
  const { channel, client, reader } = serve(64);
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
  client.close();
  await closeAll(channel);
});

Deno.test("closeWrite() sends a close frame, and messages still come until the peer's", async () => {
  const { channel, client, reader, inner } = serve();
  await channel.closeWrite();
  await channel.closeWrite();
  assertEquals(await reader.next(), "close 1000 ");
  await client.write(frame(OPCODES.text, "late"));
  assertEquals(textOf(await channel.receive() ?? new Uint8Array()), "late");
  await assertRejects(() => channel.write(bytesOf("x")), Deno.errors.BrokenPipe);
  await client.write(concat([frame(OPCODES.close, closePayload(1000)), frame(OPCODES.text, "after")]));
  assertEquals([await channel.receive(), await channel.receive()], [null, null]);
  assertEquals(inner.closed, false);
  channel.close();
  // Both have closed: there is nothing to wait for.
  await channel.finished;
  assertEquals(inner.closed, true);
});

Deno.test("the peer's close is the end of reading, and is answered with its code", async () => {
  for (
    const [sent, answered] of [[closePayload(4321, "why"), "close 4321 "], [
      new Uint8Array(),
      "close undefined ",
    ]] as const
  ) {
    const { channel, client, reader } = serve();
    await client.write(frame(OPCODES.close, sent));
    assertEquals(await channel.receive(), null);
    await channel.write(bytesOf("last words"));
    await channel.closeWrite();
    assertEquals([await reader.next(), await reader.next()], [`text ${bytesOf("last words").toHex()}`, answered]);
    await closeAll(channel);
    assertEquals(await reader.next(), "end");
  }
});

Deno.test("the end of the stream between messages is the end; inside one it is a failure", async () => {
  const { channel, client } = serve();
  await client.write(frame(OPCODES.text, "hi"));
  await client.closeWrite();
  await channel.receive();
  assertEquals([await channel.receive(), await channel.receive()], [null, null]);
  await closeAll(channel);
  for (const part of [frame(OPCODES.text, "hi").subarray(0, 1), frame(OPCODES.text, "hi", false)]) {
    const { channel, client } = serve();
    await client.write(part);
    await client.closeWrite();
    await assertRejects(() => channel.receive(), Error, "gone in the middle of a message");
    await channel.finished;
  }
});

Deno.test("a mistake is answered with its close code, and the connection ends", async () => {
  const cases = [
    [Uint8Array.of(0xff), 1002],
    [frame(OPCODES.text, Uint8Array.of(0xff)), 1007],
    [Uint8Array.fromHex("82ff0000000000100001"), 1009],
    [writeFrame(OPCODES.text, bytesOf("not masked")), 1002],
  ] as const;
  for (const [bytes, code] of cases) {
    const { channel, client, reader, inner } = serve();
    await client.write(concat([frame(OPCODES.text, "fine"), bytes]));
    assertEquals(textOf(await channel.receive() ?? new Uint8Array()), "fine");
    const error = await assertRejects(() => channel.receive(), WebSocketError);
    assertEquals(error.code, code);
    assertEquals(await assertRejects(() => channel.read(new Uint8Array(1))), error);
    assertEquals(await reader.next(), `close ${code} ${error.message}`);
    assertEquals(await reader.next(), "end");
    client.close();
    await channel.finished;
    assert(inner.closed);
    channel.close();
  }
});

Deno.test("close() ends what is pending, and lets the peer read the close frame", async () => {
  const { channel, client, reader, inner } = serve();
  const received = assertRejects(() => channel.receive(), Deno.errors.BadResource);
  await turn();
  channel.close();
  channel.close();
  await received;
  assertEquals([await reader.next(), await reader.next(), inner.closed], ["close 1000 ", "end", false]);
  await client.write(frame(OPCODES.close, closePayload(1000)));
  client.close();
  await channel.finished;
  assert(inner.closed);
  await assertRejects(() => channel.write(bytesOf("x")), Deno.errors.BadResource);
  await assertRejects(() => channel.closeWrite(), Deno.errors.BadResource);
  await assertRejects(() => channel.receive(), Deno.errors.BadResource);
});

Deno.test("close() waits no longer than the linger for a peer that does not end, or does not read", async () => {
  for (const room of [1 << 20, 4]) {
    using clock = new FakeClock();
    const { channel, inner } = serve(room);
    const stuck = channel.write(new Uint8Array(10)).catch(() => 0);
    await turn();
    channel.close();
    await clock.advance(LINGER_MS - 1);
    assertEquals(inner.closed, false);
    await clock.advance(1);
    assertEquals(inner.closed, true);
    await channel.finished;
    await stuck;
    assertEquals(clock.pending, 0);
  }
});

Deno.test("a reset is thrown as it is, and closes the stream at once", async () => {
  const { channel, client, inner } = serve();
  const received = channel.receive();
  await turn();
  client.reset();
  await assertRejects(() => received, Deno.errors.ConnectionReset);
  await channel.finished;
  assert(inner.closed);
  channel.close();
});

Deno.test("a silent peer is asked for a sign of life, and is gone without one", async () => {
  using clock = new FakeClock();
  const { channel, client, reader, inner } = serve();
  const received = channel.receive();
  await clock.advance(PING_MS);
  assertEquals(await reader.next(), "ping ");
  await client.write(frame(OPCODES.pong));
  await clock.advance(PING_MS + PONG_MS - 1);
  assertEquals([await reader.next(), await isSettled(received)], ["ping ", false]);
  const failed = assertRejects(() => received, Error, "no answer to a ping in 30 s");
  await clock.advance(PONG_MS);
  await failed;
  assert(inner.closed);
  assertEquals(clock.pending, 0);
});

Deno.test("a peer is not asked while it talks, nor while nothing is read", async () => {
  using clock = new FakeClock();
  const { channel, client, inner } = serve();
  for (let i = 0; i < 10; i++) {
    const received = channel.receive();
    await clock.advance(PING_MS - 1);
    await client.write(frame(OPCODES.text, "here"));
    await received;
  }
  await clock.advance(10 * PING_MS);
  const reader = new FrameReader(client, "server");
  const next = reader.next();
  assertEquals([await isSettled(next), inner.closed], [false, false]);
  channel.close();
  assertEquals(await next, "close 1000 ");
  client.close();
  await channel.finished;
  assertEquals(clock.pending, 0);
});

Deno.test("a client masks its frames, each with another mask", async () => {
  const [inner, server] = wire();
  const channel = new WebSocketChannel(inner, { role: "client" });
  const masks = new Set<string>();
  for (let i = 0; i < 5; i++) {
    await channel.write(bytesOf("same"));
    const buffer = new Uint8Array(100);
    const count = await server.read(buffer) ?? 0;
    assertEquals([count, buffer[1]], [10, 0x80 | 4]);
    masks.add(buffer.subarray(2, 6).toHex());
  }
  assertEquals(masks.size, 5);
  server.close();
  await closeAll(channel);
});

Deno.test("the transport is wss over TLS, and text is UTF-8", async () => {
  const [one, other] = wire(100, "tls");
  const channel = new WebSocketChannel(one, { role: "client", protocol: "chat" });
  assertEquals([channel.transport, channel.encoding, channel.protocol, channel.peer], [
    "wss",
    "utf-8",
    "chat",
    one.peer,
  ]);
  other.close();
  await closeAll(channel);
});
