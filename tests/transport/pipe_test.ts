import { assertEquals } from "@std/assert";
import { wait } from "../../lib/wait.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { listen } from "../../lib/transport/mod.ts";
import { close, type Pipe, pump } from "../../lib/transport/pipe.ts";
import { ReadBuffers } from "../../lib/transport/read_buffers.ts";
import { StreamChannel } from "../../lib/transport/stream.ts";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { isSettled } from "../support/clock.ts";
import { FakeChannel, systemError } from "../support/net.ts";

const pumpTo = (from: Pipe, to: Pipe) => pump(from, to, new ReadBuffers());

Deno.test("pump() copies to the end, and sends the FIN too", async () => {
  const [a, b] = [new FakeChannel(), new FakeChannel()];
  const pumping = pumpTo(a, b);
  a.arrive("one", "two");
  assertEquals(await isSettled(pumping), false);
  assertEquals([b.written, b.finished], [["one", "two"], false]);
  a.arrive("three", null);
  assertEquals([await pumping, b.written, b.finished], [undefined, ["one", "two", "three"], true]);
  assertEquals([a.finished, a.closed, b.closed], [false, false, false]);
});

Deno.test("pump() writes what a channel takes in parts, and reads no further while it takes nothing", async () => {
  const [a, b] = [new FakeChannel(), new FakeChannel()];
  b.writeMax = 2;
  b.holdWrites();
  const pumping = pumpTo(a, b);
  a.arrive("hello", "world");
  assertEquals(await isSettled(pumping), false);
  assertEquals([a.reads.length, b.written], [1, []]);
  b.releaseWrites();
  a.arrive(null);
  await pumping;
  assertEquals(b.written.join(""), "helloworld");
});

Deno.test("pump() closes both when one breaks, and says why", async () => {
  const reset = systemError("ECONNRESET");
  for (const broken of ["read", "write"]) {
    const [a, b] = [new FakeChannel(), new FakeChannel()];
    if (broken === "write") b.writeError = reset;
    const pumping = pumpTo(a, b);
    a.arrive(broken === "write" ? "x" : reset);
    assertEquals([await pumping, a.closed, b.closed], [reset, true, true], broken);
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
  Deno.test(`pumps in both directions end when a write is pending and ${how}`, async () => {
    for await (const [channel, client] of pairs()) {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const flooding = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
      const source = new StreamChannel(await listener.accept());
      const pumping = Promise.all([pumpTo(source, channel), pumpTo(channel, source)]);
      // The client reads nothing, so that everything on the way fills up.
      const flood = (async () => {
        while (true) await flooding.write(new Uint8Array(1 << 20));
      })().catch(() => {});
      await wait(200);
      assertEquals(await isSettled(pumping), false, channel.transport);
      breakOff(channel, client);
      await pumping;
      await flood;
      flooding.close();
      close(client);
    }
  });
}
