import { assertEquals } from "@std/assert";
import { makeAccessCheck, parseCidr } from "../../lib/server/access.ts";
import { ConnectionCounter } from "../../lib/server/connection_counter.ts";
import {
  HANDSHAKE_GRACE_MS,
  REFUSALS_LINGERING,
  REPORT_MS,
  SLOT_WAIT_MS,
  UNPROVEN_IDLE_MS,
} from "../../lib/server/limits.ts";
import { LINGER_MS } from "../../lib/transport/limits.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { FakeChannel, FakeListener, run, systemError } from "../support/net.ts";
import { ECHO } from "./helpers.ts";

/** A client that says one thing and ends. */
function speaker(host: string, text = "hello"): FakeChannel {
  const channel = new FakeChannel(host);
  channel.arrive(text, null);
  return channel;
}

Deno.test("serve() that is full lets in who comes while another one leaves", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  await using server = run(listener, ECHO, { limits: { maxConnections: 1 } });
  const [first, next] = [new FakeChannel("10.0.0.1"), speaker("10.0.0.2")];
  listener.bring(first, next);
  await turn();
  assertEquals(server.recorder.of("open").length, 1);
  first.arrive(null);
  await server.recorder.until("close", (event) => event.id === 2);
  assertEquals([next.written, server.recorder.of("notice")], [["hello"], []]);
  assertEquals(clock.pending, 0);
});

/** A client whose address may be forged. */
function unproven(host: string) {
  return Object.assign(new FakeChannel(host), { unproven: { silent: false, claim: () => true } });
}

for (const forgetful of [true, false]) {
  const who = "silent peers whose addresses may be forged";
  Deno.test(`serve() that is full ${forgetful ? "forgets" : "keeps"} ${who}`, async () => {
    using clock = new FakeClock();
    const listener = new FakeListener();
    await using server = run(listener, ECHO, { forgetful, limits: { maxConnections: 3 } });
    const [forged, speaking, proven] = [unproven("10.0.0.1"), unproven("10.0.0.2"), new FakeChannel()];
    const others = ["10.0.0.3", "10.0.0.4", "10.0.0.5"].map((host) => new FakeChannel(host));
    listener.bring(forged, speaking, proven);
    for (const other of others) {
      await clock.advance(UNPROVEN_IDLE_MS - SLOT_WAIT_MS);
      speaking.unproven.silent = false;
      listener.bring(other);
      await clock.advance(SLOT_WAIT_MS);
    }
    assertEquals([forged, speaking, proven].map(({ closed }) => closed), [forgetful, false, false]);
    // The first one came when nobody had been silent for long enough, the last one when all slots were taken again.
    assertEquals(server.recorder.of("open").length, forgetful ? 4 : 3);
    assertEquals(server.recorder.of("close").map(({ reason }) => reason), forgetful ? ["others wait"] : []);
    for (const channel of [forged, speaking, proven, ...others]) channel.arrive(null);
  });
}

Deno.test("serve() that is full listens a moment for those who leave, then turns others away at once", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  await using server = run(listener, ECHO, { limits: { maxConnections: 1 } });
  const [first, second, third] = [
    new FakeChannel("10.0.0.1"),
    new FakeChannel("10.0.0.2"),
    new FakeChannel("10.0.0.3"),
  ];
  const refusal = ["sockeye: too many connections (limit 1)\n"];
  listener.bring(first, second, third);
  await clock.advance(SLOT_WAIT_MS - 1);
  assertEquals([second.written, third.written], [[], []]);
  await clock.advance(1);
  assertEquals([second.written, third.written], [refusal, refusal]);
  for (const channel of [first, second, third]) channel.arrive(null);
  await server.stop();
  assertEquals(first.closed, true);
});

Deno.test("serve() counts maxPerHost for each host apart", async () => {
  const listener = new FakeListener();
  await using server = run(listener, ECHO, { limits: { maxPerHost: 1 } });
  const [one, two, other] = [new FakeChannel("10.0.0.1"), new FakeChannel("10.0.0.1"), speaker("10.0.0.2")];
  listener.bring(one, two, other);
  await server.recorder.until("close", (event) => event.peer === other.peer);
  assertEquals(two.written, ["sockeye: too many connections from 10.0.0.1 (limit 1)\n"]);
  assertEquals([two.finished, other.written, one.closed], [true, ["hello"], false]);
  one.arrive(null);
  await server.recorder.until("close", (event) => event.peer === one.peer);
  const again = speaker("10.0.0.1");
  listener.bring(again);
  await server.recorder.until("close", (event) => event.id === 3);
  assertEquals(again.written, ["hello"]);
});

Deno.test("serve() gives back the place of a client that its host has too many of", async () => {
  const counter = new ConnectionCounter();
  const listener = new FakeListener();
  await using server = run(listener, ECHO, { limits: { maxConnections: 2, maxPerHost: 1 }, counter });
  const one = new FakeChannel("10.0.0.1");
  listener.bring(one, new FakeChannel("10.0.0.1"));
  await server.recorder.until("notice");
  assertEquals([counter.enter(2), counter.enter(2)], [true, false]);
  one.arrive(null);
});

Deno.test("serve() reads on from a refused client until it leaves, but not for ever", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  await using server = run(listener, ECHO, { limits: { maxConnections: 0 } });
  const [polite, stubborn] = [new FakeChannel(), new FakeChannel()];
  listener.bring(polite, stubborn);
  polite.arrive("request", null);
  stubborn.arrive("request");
  await turn();
  assertEquals([polite.closed, stubborn.finished, stubborn.closed], [true, true, false]);
  await clock.advance(LINGER_MS);
  assertEquals(stubborn.closed, true);
  assertEquals(await server.stop(), { peers: 0, received: 0, sent: 0 });
});

Deno.test("serve() lets a flood of refused clients hold few descriptors, and none after the end", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  const server = run(listener, ECHO, { limits: { maxConnections: 0 } });
  const flood = Array.from({ length: REFUSALS_LINGERING + 1 }, () => new FakeChannel());
  listener.bring(...flood);
  await turn();
  assertEquals(flood.filter(({ closed }) => !closed).length, REFUSALS_LINGERING);
  assertEquals(flood.at(-1)?.written, []);
  await server.stop();
  assertEquals(flood.filter(({ closed }) => !closed).length, 0);
  assertEquals(clock.pending, 0);
});

Deno.test("serve() closes a denied client before anything is read or written", async () => {
  const access = await makeAccessCheck([], [parseCidr("10.0.0.0/8")]);
  const listener = new FakeListener();
  await using server = run(listener, ECHO, { limits: { access } });
  const [denied, welcome] = [speaker("10.0.0.1"), speaker("192.168.0.1")];
  listener.bring(denied, welcome);
  await server.recorder.until("close");
  assertEquals([denied.closed, denied.reads, denied.written], [true, [], []]);
  assertEquals(server.recorder.of("notice").map(({ message }) => message), ["10.0.0.1:5000 may not connect"]);
  assertEquals([welcome.written, server.recorder.of("open").length], [["hello"], 1]);
});

Deno.test("serve() with once waits for a client that may connect", async () => {
  const access = await makeAccessCheck([parseCidr("10.0.0.1")]);
  const listener = new FakeListener();
  await using server = run(listener, ECHO, { once: true, limits: { access } });
  listener.bring(speaker("10.0.0.2"), speaker("10.0.0.1"), speaker("10.0.0.1"));
  assertEquals(await server.totals, { peers: 1, received: 5, sent: 5 });
  assertEquals(listener.closed, true);
});

Deno.test("serve() goes on accepting after running out of file descriptors, more and more slowly", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  await using server = run(listener, ECHO);
  const late = speaker("10.0.0.1");
  listener.bring(systemError("EMFILE"), systemError("EMFILE"), systemError("ENFILE"), late);
  const accepts: number[] = [];
  for (const ms of [0, 49, 1, 99, 1, 199]) {
    await clock.advance(ms);
    accepts.push(listener.accepts);
  }
  assertEquals(accepts, [1, 1, 2, 2, 3, 3]);
  await clock.advance(1);
  assertEquals(late.written, ["hello"]);
  const message = "Cannot accept a connection: no file descriptor is free; waiting for one";
  assertEquals(server.recorder.of("error"), [{ event: "error", kind: "connect", message }]);
  listener.bring(new Error("something else"));
  await turn();
  assertEquals(server.recorder.of("error")[1]?.message, "Cannot accept a connection: something else");
});

Deno.test("serve() that runs out of file descriptors again and again says so once a minute", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  await using server = run(listener, ECHO);
  const bursts = async (count: number) => {
    for (let i = 0; i < count; i++) {
      listener.bring(systemError("EMFILE"), speaker("10.0.0.1"));
      await clock.advance(500);
    }
  };
  await bursts(REPORT_MS / 500);
  assertEquals(server.recorder.of("error").length, 1);
  await bursts(1);
  assertEquals(server.recorder.of("error").length, 2);
});

/** A client that does not shake hands. */
class Stranger extends FakeChannel {
  handshake(): Promise<boolean> {
    return new Promise(() => {});
  }
}

const WHEN_SHORT = { "is full": { limits: { maxConnections: 2 } }, "is out of file descriptors": {} };
for (const [how, options] of Object.entries(WHEN_SHORT)) {
  Deno.test(`serve() that ${how} gives up the oldest handshake, once it has had its time`, async () => {
    using clock = new FakeClock();
    const listener = new FakeListener();
    const strangers = [new Stranger("10.0.0.1"), new Stranger("10.0.0.2")];
    await using server = run(listener, ECHO, options);
    listener.bring(...strangers);
    await turn();
    const [early, late] = [speaker("10.0.0.3"), speaker("10.0.0.4")];
    const bring = (channel: FakeChannel) =>
      listener.bring(...("limits" in options ? [channel] : [systemError("EMFILE"), channel]));
    bring(early);
    await clock.advance(SLOT_WAIT_MS);
    assertEquals(strangers.map(({ closed }) => closed), [false, false]);
    await clock.advance(HANDSHAKE_GRACE_MS);
    bring(late);
    await clock.advance(0);
    assertEquals([strangers.map(({ closed }) => closed), late.written], [[true, false], ["hello"]]);
    const { message } = server.recorder.of("notice").at(-1)!;
    assertEquals(message, "10.0.0.1:5000 turned away: others wait for its place");
  });
}

Deno.test("serve() stops at once while it waits for a file descriptor", async () => {
  using clock = new FakeClock();
  const listener = new FakeListener();
  const server = run(listener, ECHO);
  listener.bring(systemError("EMFILE"));
  await server.recorder.until("error");
  assertEquals(await server.stop(), { peers: 0, received: 0, sent: 0 });
  assertEquals([clock.pending, listener.closed], [0, true]);
});
