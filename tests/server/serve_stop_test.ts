import { assertEquals, assertRejects } from "@std/assert";
import { DRAIN_MS } from "../../lib/server/limits.ts";
import type { Mode, Peer } from "../../lib/server/mode.ts";
import { serve } from "../../lib/server/serve.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import {
  bytesOf,
  connect,
  countedSignal,
  FakeChannel,
  FakeListener,
  read,
  roundTrip,
  run,
  start,
  textOf,
} from "../support/net.ts";

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
  const server = run(listener, { open: (peer) => void peer.post([bytesOf("queued")]), data: () => {} });
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

/** A mode that says goodbye, and how often it was told to stop. */
function polite(): { mode: Mode; stops(): number } {
  const peers = new Set<Peer>();
  let stops = 0;
  const stop = () => {
    stops++;
    for (const peer of peers) peer.post([bytesOf(`goodbye ${peer.id}`)]);
  };
  const mode: Mode = {
    open: (peer) => void peers.add(peer),
    data: () => {},
    close: (peer) => void peers.delete(peer),
    stop,
  };
  return { mode, stops: () => stops };
}

Deno.test("serve() on stop tells the mode once, and what it posts comes before FIN", async () => {
  const { mode, stops } = polite();
  await using server = await start(mode);
  const clients = [await connect(server.port), await connect(server.port)];
  await server.recorder.until("open", ({ id }) => id === 2);
  assertEquals(stops(), 0);
  const totals = server.stop();
  const heard = await Promise.all(clients.map((client) => read(client)));
  for (const client of clients) client.close();
  assertEquals(heard.map(textOf).sort(), ["goodbye 1", "goodbye 2"]);
  assertEquals([await totals, stops()], [{ peers: 2, received: 0, sent: 18 }, 1]);
});

Deno.test("serve() on stop tells the mode while every client can still be sent to", async () => {
  const seen: boolean[] = [];
  const peers: Peer[] = [];
  const listener = new FakeListener();
  const server = run(listener, {
    open: (peer) => void peers.push(peer),
    data: () => {},
    stop: () => void seen.push(...peers.map(({ open }) => open)),
  });
  const channels = [new FakeChannel(), new FakeChannel()];
  listener.bring(...channels);
  await server.recorder.until("open", ({ id }) => id === 2);
  await turn();
  const totals = server.stop();
  for (const channel of channels) channel.arrive(null);
  await totals;
  assertEquals(seen, [true, true]);
});

Deno.test("serve() on stop sends what the mode posts behind what was queued, to a client that reads late", async () => {
  const listener = new FakeListener();
  const { mode } = polite();
  const server = run(listener, { ...mode, open: (peer) => (mode.open?.(peer), void peer.post([bytesOf("queued ")])) });
  const channel = new FakeChannel();
  channel.holdWrites();
  listener.bring(channel);
  await server.recorder.until("send");
  const totals = server.stop();
  await turn();
  assertEquals([channel.written, channel.finished], [[], false]);
  channel.releaseWrites();
  await turn();
  assertEquals([channel.written.join(""), channel.finished], ["queued goodbye 1", true]);
  channel.arrive(null);
  await totals;
});

Deno.test("serve() on stop tells a mode that has no clients, even before it accepted any", async () => {
  const { mode, stops } = polite();
  const server = run(new FakeListener(), mode);
  await server.stop();
  assertEquals(stops(), 1);
  await serve(new FakeListener(), mode, { signal: AbortSignal.abort() });
  assertEquals(stops(), 2);
});

Deno.test("serve() that ends by itself does not tell the mode to stop", async () => {
  const { mode, stops } = polite();
  const listener = new FakeListener();
  const channel = new FakeChannel();
  channel.arrive("hello", null);
  listener.bring(channel);
  await run(listener, mode, { once: true }).totals;
  assertEquals([stops(), channel.written], [0, []]);
});

Deno.test("serve() tells a mode to stop that is on its way to end by itself", async () => {
  const { mode, stops } = polite();
  const listener = new FakeListener();
  const channel = new FakeChannel();
  listener.bring(channel);
  const server = run(listener, mode, { once: true });
  await server.recorder.until("open");
  await turn();
  const totals = server.stop();
  await turn();
  assertEquals([stops(), channel.written, channel.finished], [1, ["goodbye 1"], true]);
  channel.arrive(null);
  await totals;
  assertEquals(stops(), 1);
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
