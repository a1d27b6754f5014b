/** How a WebSocket ends: close frames and their codes, ends of the stream, mistakes, resets, and how long each is waited for. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { LINGER_MS } from "../../../lib/transport/limits.ts";
import { WebSocketError } from "../../../lib/transport/websocket/frames.ts";
import { closePayload, OPCODES, writeFrame } from "../../../lib/transport/websocket/write_frame.ts";
import { FakeClock, turn } from "../../support/clock.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { clientFrame as frame, closeAll, serve } from "./wire.ts";

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
    const [sent, answered] of [[closePayload(1000, "why"), "close 1000 "], [closePayload(1001), "close 1001 "], [
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

Deno.test("a close code that means a failure is thrown with its reason, and is answered as well", async () => {
  const cases = [[4321, "why", ": why"], [1011, "", ""], [1008, "\x1b[2J", ": \\x1b[2J"]] as const;
  for (const [code, reason, shown] of cases) {
    const { channel, client, reader } = serve();
    await client.write(concat([frame(OPCODES.text, "last words"), frame(OPCODES.close, closePayload(code, reason))]));
    assertEquals(textOf(await channel.receive() ?? new Uint8Array()), "last words");
    for (let i = 0; i < 2; i++) {
      const { message } = await assertRejects(() => channel.receive(), Error);
      assertEquals(message, `closed by the peer with code ${code}${shown}`);
    }
    channel.close();
    assertEquals([await reader.next(), await reader.next()], [`close ${code} `, "end"]);
    client.close();
    await channel.finished;
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

Deno.test("closeWrite() sends the code that it is given", async () => {
  for (const code of [1001, 1000, 4321]) {
    const { channel, client, reader } = serve();
    await channel.closeWrite(code);
    await channel.closeWrite(1003);
    assertEquals(await reader.next(), `close ${code} `);
    client.close();
    await closeAll(channel);
  }
});

Deno.test("closeWrite() after the peer's close frame answers with the peer's code", async () => {
  const { channel, client, reader } = serve();
  await client.write(frame(OPCODES.close, closePayload(1000)));
  assertEquals(await channel.receive(), null);
  await channel.closeWrite(1001);
  assertEquals(await reader.next(), "close 1000 ");
  await closeAll(channel);
});
