import { assertEquals } from "@std/assert";
import { LINGER_MS } from "../../lib/transport/limits.ts";
import { ServedPeer } from "../../lib/server/peer.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { bytesOf, connect, FakeChannel, read, Recorder, start } from "../support/net.ts";

Deno.test("ServedPeer.end() sends what is queued even if the client's FIN comes meanwhile", async () => {
  const channel = new FakeChannel();
  const peer = new ServedPeer(1, channel, { data: () => {} }, { idle: 0 });
  const over = peer.run();
  await turn();
  channel.holdWrites();
  peer.post([bytesOf("last words")]);
  void peer.end();
  channel.arrive(null); // nc -N: the client has finished sending, it still reads
  await turn();
  assertEquals(channel.closed, false);
  channel.releaseWrites();
  await over;
  assertEquals(channel.written, ["last words"]);
});

Deno.test("a client that has finished sending still gets all that is queued", async () => {
  const size = 32 * 1024 * 1024;
  await using server = await start({
    open: (peer) => {
      peer.send(new Uint8Array(size)).catch(() => {});
      void peer.end();
    },
    data: () => {},
  });
  using client = await connect(server.port);
  await client.closeWrite();
  assertEquals((await read(client)).length, size);
});

Deno.test("ServedPeer keeps the order of send and post while a report is behind", async () => {
  const shown = Promise.withResolvers<void>();
  const channel = new FakeChannel();
  let first = true;
  const onTraffic = () => first ? (first = false, shown.promise) : undefined;
  const peer = new ServedPeer(1, channel, { data: () => {} }, { onTraffic, idle: 0 });
  const over = peer.run();
  await turn();
  const sent = peer.send(bytesOf("1"));
  peer.post([bytesOf("2")]);
  await turn();
  shown.resolve();
  await sent;
  channel.arrive(null);
  await over;
  assertEquals(channel.written.join(""), "12");
});

Deno.test("ServedPeer.end() waits for a send whose report is behind", async () => {
  const shown = Promise.withResolvers<void>();
  const channel = new FakeChannel();
  const peer = new ServedPeer(1, channel, { data: () => {} }, { onTraffic: () => shown.promise, idle: 0 });
  const over = peer.run();
  await turn();
  const sent = peer.send(bytesOf("answer"));
  sent.catch(() => {});
  void peer.end();
  await turn();
  shown.resolve();
  await turn();
  channel.arrive(null);
  await over;
  assertEquals(channel.written, ["answer"]);
});

Deno.test("a slow reader that takes bytes all the time is not idle", async () => {
  using clock = new FakeClock();
  const channel = new FakeChannel();
  const recorder = new Recorder();
  const peer = new ServedPeer(1, channel, { data: () => {} }, { on: recorder.report, idle: 100 });
  const over = peer.run();
  await turn();
  channel.writeMax = 1;
  const slow = channel.write.bind(channel);
  channel.write = async (bytes) => {
    await new Promise<void>((resolve) => setTimeout(resolve, 30));
    return await slow(bytes);
  };
  peer.send(bytesOf("0123456789")).catch(() => {});
  await clock.advance(300);
  const sent = peer.sent;
  peer.kick("end of the test");
  await over;
  assertEquals([sent, recorder.of("close")[0]?.reason], [10, "end of the test"]);
});

Deno.test("a peer whose FIN came already needs no lingering when the server stops", async () => {
  using clock = new FakeClock();
  const channel = new FakeChannel();
  const never = Promise.withResolvers<void>();
  const peer = new ServedPeer(1, channel, { data: () => {}, end: () => never.promise }, { idle: 0 });
  void peer.run();
  channel.arrive(null);
  await turn();
  await peer.close("the server stops", LINGER_MS);
  const closed = channel.closed;
  await clock.advance(1000);
  assertEquals([closed, channel.finished], [true, true]);
});

Deno.test("a mode is not opened for a peer that is gone", async () => {
  const told: string[] = [];
  const shown = Promise.withResolvers<void>();
  const mode = { open: () => void told.push("open"), data: () => {}, close: () => void told.push("close") };
  const peer = new ServedPeer(1, new FakeChannel(), mode, { on: () => shown.promise, idle: 0 });
  const over = peer.run();
  peer.kick("the server stopped waiting");
  shown.resolve();
  await over;
  assertEquals(told.join() === "" || told.join() === "open,close", true, told.join());
});
