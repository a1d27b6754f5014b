/** How a WebSocket ends: close frames and their codes, ends of the stream, mistakes, resets, and how long each is waited for. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { LINGER_MS } from "../../../lib/transport/limits.ts";
import { WebSocketError } from "../../../lib/transport/websocket/frames.ts";
import { closePayload, OPCODES } from "../../../lib/transport/websocket/write_frame.ts";
import { FakeClock, turn } from "../../support/clock.ts";
import { bytesOf } from "../../support/net.ts";
import { frame as unmasked, open } from "./cases.ts";
import { clientFrame as frame, closeAll, hear, serve, testServed } from "./wire.ts";

/** A close frame of a client. */
const closing = (code: number, reason?: string) => frame(OPCODES.close, closePayload(code, reason));

Deno.test("closeWrite() sends a close frame with its code, and messages still come until the peer's", async () => {
  for (const code of [undefined, 1001, 4321]) {
    const { channel, client, reader, inner } = serve();
    await channel.closeWrite(code);
    await channel.closeWrite(1003);
    assertEquals(await reader.next(), `close ${code ?? 1000} `);
    await client.write(frame(OPCODES.text, "late"));
    assertEquals(await hear(channel), "late");
    await assertRejects(() => channel.write(bytesOf("x")), Deno.errors.BrokenPipe);
    await client.write(concat([closing(1000), frame(OPCODES.text, "after")]));
    assertEquals([await channel.receive(), await channel.receive(), inner.closed], [null, null, false]);
    channel.close();
    // Both have closed: there is nothing to wait for.
    await channel.finished;
    assertEquals(inner.closed, true);
  }
});

Deno.test("the peer's close is the end of reading, and is answered with its code, not with ours", async () => {
  const cases = [[closePayload(1000, "why"), "1000"], [closePayload(1001), "1001"], [undefined, "undefined"]] as const;
  for (const [sent, code] of cases) {
    const { channel, client, reader } = serve();
    await client.write(frame(OPCODES.close, sent));
    assertEquals(await channel.receive(), null);
    await channel.write(bytesOf("x"));
    await channel.closeWrite(1002);
    assertEquals(await reader.take(2), ["text 78", `close ${code} `]);
    await closeAll(channel);
    assertEquals(await reader.next(), "end");
  }
});

Deno.test("a close code that means a failure is thrown with its reason, and is answered as well", async () => {
  const cases = [[4321, "why", ": why"], [1011, "", ""], [1008, "\x1b[2J", ": \\x1b[2J"]] as const;
  for (const [code, reason, shown] of cases) {
    const { channel, client, reader } = serve();
    await client.write(concat([frame(OPCODES.text, "last words"), closing(code, reason)]));
    assertEquals(await hear(channel), "last words");
    for (let i = 0; i < 2; i++) {
      const { message } = await assertRejects(() => channel.receive(), Error);
      assertEquals(message, `closed by the peer with code ${code}${shown}`);
    }
    channel.close();
    assertEquals(await reader.take(2), [`close ${code} `, "end"]);
    client.close();
    await channel.finished;
  }
});

const CUT = "gone in the middle of a message";
const NO_CLOSE_FRAME = "closed without a close frame (1006)";

for (
  const { where, input, ours, why } of [
    { where: "between messages", input: undefined, ours: false, why: NO_CLOSE_FRAME },
    { where: "after our close frame", input: undefined, ours: true, why: NO_CLOSE_FRAME },
    { where: "inside a frame", input: frame(OPCODES.text, "hi").subarray(0, 1), ours: false, why: CUT },
    { where: "between fragments", input: open(frame(OPCODES.text, "hi")), ours: false, why: CUT },
  ]
) {
  Deno.test(`the end of the stream ${where} is a failure, after all that came before`, async () => {
    const { channel, client, inner } = serve();
    if (ours) await channel.closeWrite();
    await client.write(concat([frame(OPCODES.text, "last words"), ...input ? [input] : []]));
    await client.closeWrite();
    assertEquals(await hear(channel), "last words");
    await assertRejects(() => channel.receive(), Error, why);
    for (const act of [() => channel.write(bytesOf("x")), () => channel.closeWrite()]) {
      await assertRejects<Error>(act as () => Promise<unknown>, Error, why);
    }
    await channel.finished;
    assert(inner.closed);
  });
}

Deno.test("a mistake is answered with its close code, and the connection ends", async () => {
  const cases = [
    [Uint8Array.of(0xff, 0xff), 1002],
    [frame(OPCODES.text, Uint8Array.of(0xff)), 1007],
    [Uint8Array.fromHex("82ff0000000000100001"), 1009],
    [unmasked(OPCODES.text, "not masked"), 1002],
  ] as const;
  for (const [bytes, code] of cases) {
    const { channel, client, reader, inner } = serve();
    await client.write(concat([frame(OPCODES.text, "fine"), bytes]));
    assertEquals(await hear(channel), "fine");
    const error = await assertRejects(() => channel.receive(), WebSocketError);
    assertEquals(error.code, code);
    assertEquals(await assertRejects(() => channel.read(new Uint8Array(1))), error);
    assertEquals(await reader.take(2), [`close ${code} ${error.message}`, "end"]);
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
  assertEquals([...await reader.take(2), inner.closed], ["close 1000 ", "end", false]);
  await client.write(closing(1000));
  client.close();
  await channel.finished;
  assert(inner.closed);
  const acts: (() => Promise<unknown>)[] = [() => channel.write(bytesOf("x")), () => channel.closeWrite()];
  for (const act of [...acts, () => channel.receive()]) await assertRejects(act, Deno.errors.BadResource);
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

testServed("a reset is thrown as it is, and closes the stream at once", async ({ channel, client, inner }) => {
  const received = channel.receive();
  await turn();
  client.reset();
  await assertRejects(() => received, Deno.errors.ConnectionReset);
  await channel.finished;
  assert(inner.closed);
});
