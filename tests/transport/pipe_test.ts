import { assertEquals } from "@std/assert";
import { listen } from "../../lib/transport/mod.ts";
import { close, relay } from "../../lib/transport/pipe.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { StreamChannel } from "../../lib/transport/stream.ts";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { wait } from "../../lib/wait.ts";
import { isSettled } from "../support/clock.ts";
import { FakeChannel, systemError } from "../support/net.ts";

Deno.test("relay() carries both directions, each to its end", async () => {
  const [a, b] = [new FakeChannel(), new FakeChannel()];
  const relaying = relay(a, b);
  a.arrive("one", "two");
  b.arrive("three", null);
  assertEquals(await isSettled(relaying), false);
  assertEquals([a.written, b.written, a.finished, b.finished], [["three"], ["one", "two"], true, false]);
  a.arrive("four", null);
  await relaying;
  assertEquals([b.written, b.finished, a.closed, b.closed], [["one", "two", "four"], true, false, false]);
});

Deno.test("relay() writes what a channel takes in parts, and reads no further while it takes nothing", async () => {
  const [a, b] = [new FakeChannel(), new FakeChannel()];
  b.writeMax = 2;
  b.holdWrites();
  const relaying = relay(a, b);
  a.arrive("hello", "world");
  assertEquals(await isSettled(relaying), false);
  assertEquals([a.reads.length, b.written], [1, []]);
  b.releaseWrites();
  a.arrive(null);
  b.arrive(null);
  await relaying;
  assertEquals(b.written.join(""), "helloworld");
});

Deno.test("relay() closes both when one breaks", async () => {
  for (const broken of [0, 1]) {
    const pair = [new FakeChannel(), new FakeChannel()] as const;
    const relaying = relay(...pair);
    pair[broken]?.arrive(systemError("ECONNRESET"));
    await relaying;
    assertEquals(pair.map(({ closed }) => closed), [true, true]);
  }
});

/** A server's channel and the connection of its client, made in turn for each transport that servers offer. */
async function* pairs(): AsyncGenerator<[channel: Channel, client: Deno.Conn]> {
  const folder = await Deno.makeTempDir({ prefix: "sockeye-pipe-" });
  await using made = hasOpenssl ? await Certificates.make() : undefined;
  const credentials = await made?.signed();
  const inet = { host: "127.0.0.1", port: 0 };
  const addresses = [
    { transport: "tcp", ...inet },
    ...(credentials ? [{ transport: "tls", ...inet }] as const : []),
    ...(Deno.build.os === "windows" ? [] : [{ transport: "unix", path: `${folder}/socket` }] as const),
  ] as const;
  try {
    for (const address of addresses) {
      const listener = await listen(address, { credentials });
      const { address: bound } = listener;
      const accepted = listener.accept();
      const client = bound.transport === "unix"
        ? await Deno.connect({ transport: "unix", path: bound.path })
        : bound.transport === "tls"
        ? await Deno.connectTls({ hostname: bound.host, port: bound.port, caCerts: [made?.ca ?? ""] })
        : await Deno.connect({ hostname: bound.host, port: bound.port });
      yield [await accepted, client];
      listener.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const BREAKS: Readonly<Record<string, (channel: Channel, client: Deno.Conn) => void>> = {
  "we close it": (channel) => channel.close(),
  "the peer resets it": (_channel, client) => client.close(),
};

for (const [how, breakOff] of Object.entries(BREAKS)) {
  Deno.test(`relay() ends when a write is pending and ${how}`, async () => {
    for await (const [channel, client] of pairs()) {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const flooding = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
      const source = new StreamChannel(await listener.accept());
      const relaying = relay(source, channel);
      // The client reads nothing, so that everything on the way fills up.
      const flood = (async () => {
        while (true) await flooding.write(new Uint8Array(1 << 20));
      })().catch(() => {});
      await wait(200);
      assertEquals(await isSettled(relaying), false, channel.transport);
      breakOff(channel, client);
      await relaying;
      await flood;
      flooding.close();
      close(client);
    }
  });
}
