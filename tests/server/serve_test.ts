/** The server loop and its stop; what its clients see of them is in tests/conformance. */

import { assertEquals } from "@std/assert";
import { DRAIN_MS } from "../../lib/server/limits.ts";
import type { Mode, Peer } from "../../lib/server/mode.ts";
import { serve } from "../../lib/server/serve.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { bytesOf, connect, countedSignal, FakeChannel, FakeListener, run, start } from "../support/net.ts";
import { readText, writeAll } from "../support/sockets.ts";
import { ECHO } from "./helpers.ts";

Deno.test("serve() needs no observer", async () => {
  await using server = await start(ECHO, { on: undefined, onTraffic: undefined });
  using client = await connect(server.port);
  await writeAll(client, "hello");
  assertEquals(await readText(client, "hello"), "hello");
  assertEquals(server.recorder.events, []);
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

for (const [drain, ms] of [[300, 300], [undefined, DRAIN_MS]] as const) {
  Deno.test(`serve() with a drain of ${drain} ms waits ${ms} ms for a client that does not read`, async () => {
    using clock = new FakeClock();
    const listener = new FakeListener();
    const server = run(listener, ECHO, { limits: { drain } });
    const deaf = new FakeChannel();
    deaf.holdWrites();
    deaf.arrive("hello");
    listener.bring(deaf);
    await server.recorder.until("send");
    const totals = server.stop();
    await clock.advance(ms - 1);
    assertEquals([await isSettled(totals), deaf.closed], [false, false]);
    await clock.advance(1);
    assertEquals(await totals, { peers: 1, received: 5, sent: 0 });
    assertEquals([deaf.closed, clock.pending], [true, 0]);
    assertEquals(server.recorder.of("close")[0]?.reason, "the server stopped waiting");
  });
}

Deno.test("serve() kicks a client that ignores FIN when the drain time is over", async () => {
  await using server = await start(ECHO, { limits: { drain: 20 } });
  using stubborn = await connect(server.port);
  await writeAll(stubborn, "hello");
  assertEquals(await readText(stubborn, "hello"), "hello");
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
  assertEquals(await readText(client, "x"), "");
});

Deno.test("serve() that is stopped before it starts accepts nobody", async () => {
  const listener = new FakeListener();
  listener.bring(new FakeChannel());
  assertEquals(await serve(listener, ECHO, { signal: AbortSignal.abort() }), { peers: 0, received: 0, sent: 0 });
  assertEquals([listener.accepts, listener.closed], [0, true]);
});

Deno.test("serve() leaves the stop signal without listeners", async () => {
  const listener = new FakeListener();
  const { signal, listeners } = countedSignal();
  const channel = new FakeChannel();
  channel.arrive(null);
  listener.bring(channel);
  await serve(listener, ECHO, { signal, once: true });
  assertEquals(listeners(), [1, 0]);
});
