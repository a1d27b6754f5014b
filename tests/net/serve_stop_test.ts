import { assertEquals, assertRejects } from "@std/assert";
import { DRAIN_MS } from "../../lib/net/limits.ts";
import type { Mode, Peer } from "../../lib/net/mode.ts";
import { serve } from "../../lib/net/serve.ts";
import { FakeClock, isSettled, turn } from "./clock.ts";
import { bytesOf, connect, countedSignal, FakeChannel, FakeListener, read, roundTrip, run, start } from "./helpers.ts";

const echo: Mode = { data: (peer, bytes) => peer.send(bytes) };

Deno.test("serve() on stop gives every client FIN, stops listening and returns the totals", async () => {
  await using server = await start(echo);
  const clients = await Promise.all([1, 2, 3].map(() => connect(server.port)));
  for (const client of clients) assertEquals(await roundTrip(client, "hello"), "hello");
  const totals = server.stop();
  for (const client of clients) {
    assertEquals((await read(client)).length, 0);
    client.close();
  }
  assertEquals(await totals, { peers: 3, received: 15, sent: 15 });
  assertEquals(server.recorder.of("close").map(({ reason }) => reason), Array(3).fill("the server stops"));
  await assertRejects(() => connect(server.port), Deno.errors.ConnectionRefused);
});

Deno.test("serve() on stop sends what is queued first", async () => {
  const listener = new FakeListener();
  const server = run(listener, { open: (peer) => void peer.post(bytesOf("queued")), data: () => {} });
  const channel = new FakeChannel();
  channel.holdWrites();
  listener.bring(channel);
  await server.recorder.until("open");
  const totals = server.stop();
  await turn();
  assertEquals(channel.finished, false);
  channel.releaseWrites();
  await turn();
  assertEquals([channel.written, channel.finished, channel.closed], [["queued"], true, false]);
  channel.arrive(null);
  assertEquals(await totals, { peers: 1, received: 0, sent: 6 });
});

Deno.test("serve() waits no longer than the drain time for clients that do not read", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  const server = run(listener, echo, { limits: { drain: 300 } });
  const deaf = new FakeChannel();
  deaf.holdWrites();
  deaf.arrive("hello");
  listener.bring(deaf);
  await server.recorder.until("send");
  const totals = server.stop();
  await clock.advance(299);
  assertEquals([await isSettled(totals), deaf.closed], [false, false]);
  await clock.advance(1);
  assertEquals(await totals, { peers: 1, received: 5, sent: 0 });
  assertEquals([deaf.closed, clock.pending], [true, 0]);
  assertEquals(server.recorder.of("close")[0]?.reason, "the server stopped waiting");
});

Deno.test("serve() has a drain time when none is given", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  const server = run(listener, echo);
  const deaf = new FakeChannel();
  deaf.holdWrites();
  deaf.arrive("hello");
  listener.bring(deaf);
  await server.recorder.until("send");
  const totals = server.stop();
  await clock.advance(DRAIN_MS - 1);
  assertEquals(await isSettled(totals), false);
  await clock.advance(1);
  await totals;
});

Deno.test("serve() kicks a client that ignores FIN when the drain time is over", async () => {
  await using server = await start(echo, { limits: { drain: 20 } });
  using stubborn = await connect(server.port);
  assertEquals(await roundTrip(stubborn, "hello"), "hello");
  assertEquals(await server.stop(), { peers: 1, received: 5, sent: 5 });
  assertEquals(server.recorder.of("close")[0]?.reason, "the server stopped waiting");
});

Deno.test("serve() on stop ends a client whose mode never settles", async () => {
  const never = Promise.withResolvers<void>();
  const left: Peer[] = [];
  await using server = await start(
    { open: () => never.promise, data: () => {}, close: (peer) => void left.push(peer) },
    { limits: { drain: 20 } },
  );
  using client = await connect(server.port);
  await server.recorder.until("open");
  assertEquals((await server.stop()).peers, 1);
  assertEquals(left.length, 1);
  assertEquals((await read(client)).length, 0);
});

Deno.test("serve() that is stopped before it starts accepts nobody", async () => {
  const listener = new FakeListener();
  listener.bring(new FakeChannel());
  assertEquals(await serve(listener, echo, { signal: AbortSignal.abort() }), { peers: 0, received: 0, sent: 0 });
  assertEquals([listener.accepts, listener.closed], [0, true]);
});

Deno.test("serve() with once can be stopped while its client is there", async () => {
  await using server = await start(echo, { once: true });
  using client = await connect(server.port);
  await server.recorder.until("open");
  const totals = server.stop();
  assertEquals((await read(client)).length, 0);
  client.close();
  assertEquals((await totals).peers, 1);
});

Deno.test("serve() leaves the stop signal without listeners", async () => {
  const listener = new FakeListener();
  const { signal, listeners } = countedSignal();
  const channel = new FakeChannel();
  channel.arrive(null);
  listener.bring(channel);
  await serve(listener, echo, { signal, once: true });
  assertEquals(listeners(), [1, 0]);
});
