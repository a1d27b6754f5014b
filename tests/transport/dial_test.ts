import { assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { type Address, formatAddress, parseAddress } from "../../lib/transport/address.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen } from "../../lib/transport/mod.ts";
import { FakeClock } from "../support/clock.ts";
import { portOf } from "../support/net.ts";

/** An address where nothing listens any more. */
async function deserted(): Promise<Address> {
  const listener = await listen(parseAddress("0"));
  listener.close();
  return listener.address;
}

Deno.test("dial() connects and knows both ends; without a host it finds its own machine", async () => {
  const listener = await listen(parseAddress("0"));
  const channel = await dial(listener.address);
  const accepted = await listener.accept();
  assertEquals(channel.transport, "tcp");
  assertEquals(`tcp://${channel.peer}`, formatAddress(listener.address));
  assertEquals([channel.host, accepted.host], ["127.0.0.1", "127.0.0.1"]);
  (await dial(parseAddress(`:${portOf(listener)}`))).close();
  for (const open of [channel, accepted, listener]) open.close();
});

Deno.test("dial() gives up after its retries, each after a longer pause", async () => {
  const address = await deserted();
  using clock = new FakeClock();
  const pauses: number[] = [];
  let told = Promise.withResolvers<void>();
  const onRetry = (_error: SockeyeError, pause: number) => {
    pauses.push(pause);
    told.resolve();
  };
  const dialled = assertRejects(() => dial(address, { retries: 6, onRetry }), SockeyeError, "nothing listens there");
  for (let retry = 0; retry < 6; retry++) {
    await told.promise;
    told = Promise.withResolvers();
    await clock.advance(pauses.at(-1) ?? 0);
  }
  await dialled;
  assertEquals([pauses, clock.pending], [[100, 200, 400, 800, 1000, 1000], 0]);
});

Deno.test("dial() does not try again what cannot get better", async () => {
  let told = 0;
  const options = { retries: 3, onRetry: () => void told++ };
  const error = await assertRejects(() => dial(parseAddress(":0"), options), SockeyeError, "port 0 is not a real port");
  assertEquals(error.kind, "usage");
  assertEquals(told, 0);
});

// Elsewhere a full backlog refuses instead of keeping silent.
Deno.test("dial() gives up after the connect timeout", { ignore: Deno.build.os !== "linux" }, async () => {
  const listener = await listen(parseAddress("0"), { backlog: 1 });
  const waiting: Channel[] = [];
  // The kernel keeps silent once the backlog is full.
  const fill = async () => {
    while (waiting.length < 10) waiting.push(await dial(listener.address, { timeout: 50 }));
  };
  const error = await assertRejects(fill, SockeyeError, "no answer in 0.05 s (connect timeout)");
  assertEquals(error.kind, "timeout");
  assertStringIncludes(error.message, formatAddress(listener.address));
  for (const channel of waiting) channel.close();
  listener.close();
});

Deno.test("dial() throws the reason of its signal, before and during an attempt", async () => {
  const listener = await listen(parseAddress("0"));
  const reason = new Error("enough");
  const dialled = dial(listener.address, { signal: AbortSignal.abort(reason), retries: 9 });
  assertStrictEquals(await assertRejects(() => dialled), reason);
  const stop = new AbortController();
  const dialling = dial(listener.address, { signal: stop.signal, retries: 9 });
  stop.abort(reason);
  assertStrictEquals(await assertRejects(() => dialling), reason);
  listener.close();
});

Deno.test("dial() stops waiting for the next attempt when the signal comes", async () => {
  const address = await deserted();
  using clock = new FakeClock();
  for (const later of [queueMicrotask, (act: () => void) => act()]) {
    const stop = new AbortController();
    const reason = new Error("enough");
    const onRetry = () => later(() => stop.abort(reason));
    const dialled = dial(address, { retries: 1, onRetry, signal: stop.signal });
    assertStrictEquals(await assertRejects(() => dialled), reason);
    assertEquals(clock.pending, 0);
  }
});
