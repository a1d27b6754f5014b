/** Groups of messages in one write. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { WebSocketChannel } from "../../../lib/transport/websocket/channel.ts";
import { OPCODES } from "../../../lib/transport/websocket/write_frame.ts";
import { bytesOf } from "../../support/net.ts";
import { clientFrame, closeAll, FrameReader, serve, wire } from "./wire.ts";

/** Two groups: texts, an empty one among them, and bytes that are not UTF-8. */
const GROUPS: readonly (readonly Uint8Array[])[] = [[bytesOf("a"), bytesOf("é")], [
  new Uint8Array(),
  Uint8Array.of(0xff),
  bytesOf("b"),
]];

/** What {@linkcode GROUPS} come to, where texts may be sent. */
const FRAMES = ["text 61", "text c3a9", "text ", "binary ff", "text 62"];

async function read(reader: FrameReader, count: number): Promise<string[]> {
  const events: string[] = [];
  while (events.length < count) events.push(await reader.next());
  return events;
}

Deno.test("writeMessages() of a server sends groups with one write, bytes that are not UTF-8 as binary", async () => {
  const { channel, client, reader, inner } = serve();
  await channel.writeMessages(GROUPS);
  assertEquals(inner.writes.length, 1);
  assertEquals(await read(reader, 5), FRAMES);
  await channel.writeMessages([]);
  await channel.writeMessages([[]]);
  await channel.write(bytesOf("next"));
  assertEquals(await reader.next(), `text ${bytesOf("next").toHex()}`);
  client.close();
  await closeAll(channel);
});

Deno.test("writeMessages() sends texts, also after a binary message that the next write answers", async () => {
  const { channel, client, reader } = serve();
  await client.write(clientFrame(OPCODES.binary, "hi"));
  await channel.receive();
  await channel.writeMessages(GROUPS);
  await channel.write(bytesOf("a"));
  assertEquals(await read(reader, 6), [...FRAMES, "binary 61"]);
  client.close();
  await closeAll(channel);
});

Deno.test("writeMessages() of a server that sends binary only does so", async () => {
  const [inner, client] = wire();
  const channel = new WebSocketChannel(inner, { role: "server", binary: true });
  await channel.writeMessages(GROUPS);
  const reader = new FrameReader(client, "server");
  assertEquals(await read(reader, 5), FRAMES.map((one) => one.replace("text", "binary")));
  client.close();
  await closeAll(channel);
});

Deno.test("writeMessages() of a client masks each frame", async () => {
  const [inner, server] = wire();
  const channel = new WebSocketChannel(inner, { role: "client" });
  await channel.writeMessages(GROUPS);
  assertEquals(await read(new FrameReader(server, "client"), 5), FRAMES); // It takes no frame that is not masked.
  server.close();
  await closeAll(channel);
});

Deno.test("a group that many clients of a server get is encoded once", async () => {
  const [one, two] = [serve(), serve()];
  const group = [bytesOf("to all"), bytesOf("of you")];
  for (const { channel, reader } of [one, two]) {
    await channel.writeMessages([group]);
    assertEquals(await read(reader, 2), group.map((bytes) => `text ${bytes.toHex()}`));
  }
  assertStrictEquals(one.inner.writes[0], two.inner.writes[0]);
  for (const { client } of [one, two]) client.close();
  await closeAll(one.channel, two.channel);
});

Deno.test("writeMessages() waits until a stream with little room took everything, and keeps its place", async () => {
  const { channel, client, reader } = serve(8);
  const all = [channel.write(bytesOf("1")), channel.writeMessages(GROUPS), channel.write(bytesOf("2"))];
  assertEquals(await read(reader, 7), ["text 31", ...FRAMES, "text 32"]);
  await Promise.all(all);
  client.close();
  await closeAll(channel);
});

Deno.test("writeMessages() fails after closeWrite() and after close()", async () => {
  const { channel, client, reader } = serve();
  await channel.closeWrite();
  await assertRejects(() => channel.writeMessages(GROUPS), Deno.errors.BrokenPipe);
  client.close();
  await closeAll(channel);
  await assertRejects(() => channel.writeMessages(GROUPS), Deno.errors.BadResource);
  assertEquals(await reader.next().catch(() => "end"), "end");
});
