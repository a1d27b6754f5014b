import { assertEquals } from "@std/assert";
import { wait } from "../../lib/wait.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { type Pipe, pump } from "../../lib/transport/pipe.ts";
import { ReadBuffers } from "../../lib/transport/read_buffers.ts";
import { StreamChannel } from "../../lib/transport/stream.ts";
import type { Client } from "../conformance/clients.ts";
import { testOverEach } from "../conformance/stage.ts";
import { STREAMS } from "../conformance/transports.ts";
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

const BREAKS: Readonly<Record<string, (channel: Channel, client: Client) => void>> = {
  "we close it": (channel) => channel.close(),
  "the peer resets it": (_channel, client) => client.close(),
};

for (const [how, breakOff] of Object.entries(BREAKS)) {
  testOverEach(STREAMS, `pumps in both directions end when a write is pending and ${how}`, async (transport) => {
    await using place = await transport.place();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const flooding = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    const source = new StreamChannel(await listener.accept());
    const connecting = place.connect();
    const channel = await place.listener.accept();
    const pumping = Promise.all([pumpTo(source, channel), pumpTo(channel, source)]);
    // The client reads nothing, so that everything on the way fills up.
    const flood = (async () => {
      while (true) await flooding.write(new Uint8Array(1 << 20));
    })().catch(() => {});
    using client = await connecting;
    await wait(200);
    assertEquals(await isSettled(pumping), false);
    breakOff(channel, client);
    await pumping;
    await flood;
    flooding.close();
  });
}
