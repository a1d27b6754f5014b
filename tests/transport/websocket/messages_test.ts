/** Groups of messages in one write. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { OPCODES } from "../../../lib/transport/websocket/write_frame.ts";
import { bytesOf } from "../../support/net.ts";
import { clientFrame, closeAll, serve, testServed } from "./wire.ts";

/** Two groups: texts, an empty one among them, and bytes that are not UTF-8. */
const GROUPS: readonly (readonly Uint8Array[])[] = [
  [bytesOf("a"), bytesOf("é")],
  [new Uint8Array(), Uint8Array.of(0xff), bytesOf("b")],
];

/** What {@linkcode GROUPS} come to, where texts may be sent, and where not. */
const FRAMES = ["text 61", "text c3a9", "text ", "binary ff", "text 62"];
const BINARY = FRAMES.map((one) => one.replace("text", "binary"));

for (
  const [what, role, binary, expected] of [
    ["a server, with one write", "server", false, FRAMES],
    ["a server that sends binary only", "server", true, BINARY],
    ["a client, each frame masked", "client", false, FRAMES],
  ] as const
) {
  // A reader of frames takes masked ones of a client only.
  testServed(`writeMessages() sends the groups of ${what}`, async ({ channel, reader, inner }) => {
    await channel.writeMessages(GROUPS);
    assertEquals(await reader.take(5), expected);
    if (role === "server" && !binary) assertEquals(inner.writes.length, 1);
    for (const none of [[], [[]]]) await channel.writeMessages(none);
    await channel.write(bytesOf("next"));
    assertEquals(await reader.next(), `${binary ? "binary" : "text"} ${bytesOf("next").toHex()}`);
  }, { role, binary });
}

testServed("writeMessages() sends texts, also after a binary message that the next write answers", async (served) => {
  const { channel, client, reader } = served;
  await client.write(clientFrame(OPCODES.binary, "hi"));
  await channel.receive();
  await channel.writeMessages(GROUPS);
  await channel.write(bytesOf("a"));
  assertEquals(await reader.take(6), [...FRAMES, "binary 61"]);
});

Deno.test("a group that many clients of a server get is encoded once", async () => {
  const [one, two] = [serve(), serve()];
  const group = [bytesOf("to all"), bytesOf("of you")];
  for (const { channel, reader, client } of [one, two]) {
    await channel.writeMessages([group]);
    assertEquals(await reader.take(2), group.map((bytes) => `text ${bytes.toHex()}`));
    client.close();
    await closeAll(channel);
  }
  assertStrictEquals(one.inner.writes[0], two.inner.writes[0]);
});

testServed("writeMessages() waits until a stream with little room took all, and keeps its place", async (served) => {
  const { channel, reader } = served;
  const all = [channel.write(bytesOf("1")), channel.writeMessages(GROUPS), channel.write(bytesOf("2"))];
  assertEquals(await reader.take(7), ["text 31", ...FRAMES, "text 32"]);
  await Promise.all(all);
}, { room: 8 });

testServed("writeMessages() fails after closeWrite() and after close()", async ({ channel, client }) => {
  await channel.closeWrite();
  await assertRejects(() => channel.writeMessages(GROUPS), Deno.errors.BrokenPipe);
  client.close();
  await closeAll(channel);
  await assertRejects(() => channel.writeMessages(GROUPS), Deno.errors.BadResource);
});
