import { assert, assertEquals, assertRejects } from "@std/assert";
import { dialTcp } from "../../lib/transport/connect.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import type { InetAddress } from "../../lib/transport/address.ts";
import { UNREAD_LIMIT } from "../../lib/transport/limits.ts";
import { ResettableChannel } from "../../lib/transport/resettable.ts";
import { listenNode } from "../../lib/transport/tcp_node.ts";
import { textOf, utf8 } from "../support/sockets.ts";

/** Both ends of a connection, each of which can be reset. */
async function pair(play: (client: Channel, server: Channel) => Promise<void>): Promise<void> {
  const listener = await listenNode({ transport: "tcp", host: "127.0.0.1", port: 0 }, {});
  const { port } = listener.address as InetAddress;
  const dialling = dialTcp({ transport: "tcp", host: "127.0.0.1", port }, {
    resets: true,
    signal: new AbortController().signal,
  });
  const [client, server] = await Promise.all([dialling, listener.accept()]);
  try {
    assert(client instanceof ResettableChannel && server instanceof ResettableChannel);
    await play(client, server);
  } finally {
    client.close();
    server.close();
    listener.close();
  }
}

async function readAll(channel: Channel, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const buffer = new Uint8Array(size);
  for (let count; (count = await channel.read(buffer)) !== null;) parts.push(buffer.slice(0, count));
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

Deno.test("ResettableChannel passes both halves, each with its own end", async () => {
  await pair(async (client, server) => {
    await client.write(utf8("question"));
    await client.closeWrite();
    assertEquals(textOf(await readAll(server, 3)), "question");
    await server.write(utf8("answer"));
    await server.closeWrite();
    assertEquals(textOf(await readAll(client, 100)), "answer");
    assertEquals(await client.read(new Uint8Array(1)), null);
  });
});

Deno.test("ResettableChannel names the peer", async () => {
  await pair((client, server) => {
    assertEquals([client.host, server.host], ["127.0.0.1", "127.0.0.1"]);
    assertEquals(server.peer.startsWith("127.0.0.1:"), true);
    return Promise.resolve();
  });
});

Deno.test("ResettableChannel gives every byte of a long stream to a reader of any size", async () => {
  const bytes = Uint8Array.from({ length: 20 * UNREAD_LIMIT }, (_, i) => (i * 2654435761) >>> 24);
  await pair(async (client, server) => {
    let written = 0;
    const writing = (async () => {
      while (written < bytes.length) written += await client.write(bytes.subarray(written, written + 100_000));
      await client.closeWrite();
    })();
    const got = await readAll(server, 7_777);
    await writing;
    assertEquals(got.length, bytes.length);
    assert(got.every((byte, i) => byte === bytes[i]));
  });
});

Deno.test("ResettableChannel.reset() is a reset for the peer, after what it has received", async () => {
  await pair(async (client, server) => {
    await client.write(utf8("last words"));
    const buffer = new Uint8Array(4);
    assertEquals(await server.read(buffer), 4);
    assertEquals(textOf(buffer), "last");
    client.reset?.();
    let failure: { code?: string } | undefined;
    while (!failure) await server.read(buffer).catch((error) => failure = error);
    assertEquals(failure.code, "ECONNRESET");
    await assertRejects(() => server.write(utf8("x")));
  });
});

Deno.test("ResettableChannel.close() ends a read that waits, and not as the peer's end", async () => {
  await pair(async (client) => {
    const reading = client.read(new Uint8Array(1));
    client.close();
    client.close();
    await assertRejects(() => reading, Deno.errors.Interrupted);
  });
});
