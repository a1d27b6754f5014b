/** How a WebSocket ends: close frames and their codes, ends of the stream, mistakes, resets, and how long each is waited for. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { LINGER_MS } from "../../../lib/transport/limits.ts";
import { WebSocketError } from "../../../lib/transport/websocket/frames.ts";
import { closePayload, OPCODES } from "../../../lib/transport/websocket/write_frame.ts";
import { turn } from "../../support/clock.ts";
import { bytesOf } from "../../support/net.ts";
import { frame as unmasked, open } from "./cases.ts";
import { clientFrame as frame, closeAll, hear, testServed } from "./wire.ts";

/** A close frame of a client. */
const closing = (code: number, reason?: string) => frame(OPCODES.close, closePayload(code, reason));

for (const code of [undefined, 1001, 4321]) {
  testServed(`closeWrite(${code ?? ""}) sends a close frame; messages still come until the peer's`, async (served) => {
    const { channel, client, reader, inner } = served;
    await channel.closeWrite(code, "the reason");
    await channel.closeWrite(1003);
    assertEquals(await reader.next(), code ? `close ${code} the reason` : "close 1000 ");
    await client.write(frame(OPCODES.text, "late"));
    assertEquals(await hear(channel), "late");
    await assertRejects(() => channel.write(bytesOf("x")), Deno.errors.BrokenPipe);
    await client.write(concat([closing(1000), frame(OPCODES.text, "after")]));
    assertEquals([await channel.receive(), await channel.receive(), inner.closed], [null, null, false]);
    channel.close();
    // Both have closed: there is nothing to wait for.
    await channel.finished;
    assertEquals(inner.closed, true);
  });
}

for (const [code, reason] of [[1000, "why"], [1001, ""], [undefined]] as const) {
  testServed(`the peer's close (${code}) is the end of reading, and is answered with its code`, async (served) => {
    const { channel, client, reader } = served;
    await client.write(code ? closing(code, reason) : frame(OPCODES.close));
    assertEquals(await channel.receive(), null);
    await channel.write(bytesOf("x"));
    await channel.closeWrite(1002);
    await closeAll(channel);
    assertEquals(await reader.take(3), ["text 78", `close ${code} `, "end"]);
  });
}

for (const [code, reason, why] of [[4321, "a", ": a"], [1011, "", ""], [1008, "\x1b[J", ": \\x1b[J"]] as const) {
  testServed(`the close code ${code} is thrown with its reason, and is answered as well`, async (served) => {
    const { channel, client, reader } = served;
    await client.write(concat([frame(OPCODES.text, "last words"), closing(code, reason)]));
    assertEquals(await hear(channel), "last words");
    for (let i = 0; i < 2; i++) {
      const { message } = await assertRejects(() => channel.receive(), Error);
      assertEquals(message, `closed by the peer with code ${code}${why}`);
    }
    channel.close();
    assertEquals(await reader.take(2), [`close ${code} `, "end"]);
  });
}

const CUT = "gone in the middle of a message";
const NO_CLOSE_FRAME = "closed without a close frame (1006)";

for (
  const [where, input, why] of [
    ["between messages", new Uint8Array(), NO_CLOSE_FRAME],
    ["after our close frame", new Uint8Array(), NO_CLOSE_FRAME],
    ["inside a frame", frame(OPCODES.text, "hi").subarray(0, 1), CUT],
    ["between fragments", open(frame(OPCODES.text, "hi")), CUT],
  ] as const
) {
  testServed(`the end of the stream ${where} is a failure, after all that came before`, async (served) => {
    const { channel, client, inner } = served;
    if (where === "after our close frame") await channel.closeWrite();
    await client.write(concat([frame(OPCODES.text, "last words"), input]));
    await client.closeWrite();
    assertEquals(await hear(channel), "last words");
    await assertRejects(() => channel.receive(), Error, why);
    await assertRejects(() => channel.write(bytesOf("x")), Error, why);
    await assertRejects(() => channel.closeWrite(), Error, why);
    await channel.finished;
    assert(inner.closed);
  });
}

for (
  const [bytes, code] of [
    [Uint8Array.of(0xff), 1002],
    [frame(OPCODES.text, Uint8Array.of(0xff)), 1007],
    [Uint8Array.fromHex("82ff0000000000100001"), 1009],
    [unmasked(OPCODES.text, "not masked"), 1002],
  ] as const
) {
  testServed(`the mistake ${bytes.toHex()} is answered with ${code}, and the connection ends`, async (served) => {
    const { channel, client, reader, inner } = served;
    await client.write(concat([frame(OPCODES.text, "fine"), bytes]));
    assertEquals(await hear(channel), "fine");
    const error = await assertRejects(() => channel.receive(), WebSocketError);
    assertEquals(error.code, code);
    assertEquals(await assertRejects(() => channel.read(new Uint8Array(1))), error);
    assertEquals(await reader.take(2), [`close ${code} ${error.message}`, "end"]);
    client.close();
    await channel.finished;
    assert(inner.closed);
  });
}

testServed("close() ends what is pending, and lets the peer read the close frame", async (served) => {
  const { channel, client, reader, inner } = served;
  const received = assertRejects(() => channel.receive(), Deno.errors.BadResource);
  await turn();
  channel.close();
  channel.close();
  await received;
  assertEquals([...await reader.take(2), inner.closed], ["close 1000 ", "end", false]);
  await client.write(closing(1000));
  client.close();
  await channel.finished;
  assert(inner.closed);
  const acts: (() => Promise<unknown>)[] = [() => channel.write(bytesOf("x")), () => channel.closeWrite()];
  for (const act of [...acts, () => channel.receive()]) await assertRejects(act, Deno.errors.BadResource);
});

for (const room of [1 << 20, 4]) {
  testServed(
    `close() waits no longer than the linger for a peer that does not end (${room})`,
    async (served, clock) => {
      const { channel, inner } = served;
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
    },
    { room },
  );
}

testServed("a reset is thrown as it is, and closes the stream at once", async ({ channel, client, inner }) => {
  const received = channel.receive();
  await turn();
  client.reset();
  await assertRejects(() => received, Deno.errors.ConnectionReset);
  await channel.finished;
  assert(inner.closed);
});
