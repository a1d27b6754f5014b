/**
 * What holds over every transport, seen with small modes: the order of things, and that nobody pays for another's faults.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import type { Mode, Peer } from "../../lib/server/mode.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { echoes, echoesOf, hears, hearsNoMore, isConnected } from "./clients.ts";
import { transportField } from "../../lib/transport/mod.ts";
import { ECHO, keeping, Stage, testOverEach } from "./stage.ts";
import { listenAgain, TRANSPORTS } from "./transports.ts";

/** Milliseconds of silence that nobody in these tests needs, and that a test can wait for. */
const IDLE_MS = 100;

/** What is done with each text; what is not in the table is echoed. */
function obeying(orders: Readonly<Record<string, (peer: Peer) => void | Promise<void>>>): Mode {
  return { data: (peer, bytes) => orders[textOf(bytes)]?.(peer) ?? peer.send(bytes) };
}

testOverEach(TRANSPORTS, "mode and observers are told open, data, end, close in this order", async (transport) => {
  const calls: string[] = [];
  const mode: Mode = {
    open: (peer) => void calls.push(`open ${peer.id} ${peer.transport} ${peer.open}`),
    data: async (peer, bytes) => {
      calls.push(`data ${textOf(bytes)}`);
      await peer.send(bytes);
      calls.push("sent");
    },
    end: (peer) => void calls.push(`end ${peer.open}`),
    close: (peer) => void calls.push(`close ${peer.open}`),
  };
  await using stage = await Stage.open(transport, mode, {
    limits: { idle: transport.connectionless ? IDLE_MS : 0 },
  });
  const client = await stage.connect();
  await echoesOf(client, "hello");
  if (isConnected(client)) await client.finish();
  const { ms, ...close } = await stage.recorder.until("close");
  await hearsNoMore(client);
  const peer = { id: 1, peer: client.name };
  const data = bytesOf("hello");
  const whole = transport.messageBoundaries ? { whole: true } as const : {};
  // Without a half-close there is nothing to do between the peer's end and our own.
  const ends = transport.messageBoundaries ? [] : ["end true"];
  assertEquals(calls, [`open 1 ${transport.name} true`, "data hello", "sent", ...ends, "close false"]);
  assertEquals(stage.recorder.events.slice(0, -1), [
    { event: "open", ...peer, ...transportField(transport.name) },
    { event: "recv", ...peer, data, ...whole },
    { event: "send", ...peer, data, ...whole },
    ...(transport.connectionless ? [] : [{ event: "half-close", ...peer, dir: "in" } as const]),
  ]);
  const reason = transport.connectionless ? "idle for 0.1 s" : "closed by the peer";
  assertEquals(close, { event: "close", ...peer, ...transportField(transport.name), reason, received: 5, sent: 5 });
  assert(ms >= 0);
});

testOverEach(TRANSPORTS, "a mode hears nothing of a peer before it is done with opening it", async (transport) => {
  const gate = Promise.withResolvers<void>();
  const calls: string[] = [];
  const mode: Mode = {
    open: (peer) => peer.id === 1 ? gate.promise.then(() => void calls.push("ready")) : undefined,
    data: (peer, bytes) => (calls.push(`${peer.id} ${textOf(bytes)}`), peer.send(bytes)),
  };
  await using stage = await Stage.open(transport, mode);
  const first = await stage.connect();
  await first.say("early");
  await stage.recorder.until("open");
  const second = await stage.connect();
  await echoesOf(second, "late");
  gate.resolve();
  await hears(first, "early");
  assertEquals(calls, ["2 late", "ready", "1 early"]);
});

testOverEach(TRANSPORTS, "what is posted and sent arrives in its order", async (transport) => {
  const messages = Array.from({ length: 60 }, (_, i) => `message ${i};`);
  const mode = obeying({
    go: async (peer) => {
      for (const [i, message] of messages.entries()) {
        if (i % 3 !== 0) peer.post([bytesOf(message)]);
        else void peer.send(bytesOf(message));
      }
      await peer.flush();
    },
  });
  await using stage = await Stage.open(transport, mode);
  const client = await stage.connect();
  await client.say("go");
  await hears(client, ...messages);
});

testOverEach(TRANSPORTS, "a peer that is kicked is gone once and for all, and alone", async (transport) => {
  const closed: number[] = [];
  const { mode, peers } = keeping({
    ...obeying({ "throw me out": (peer) => peer.kick("it asked for it") }),
    close: (peer) => void closed.push(peer.id),
  });
  await using stage = await Stage.open(transport, mode);
  const [bad, good] = [await stage.connect(), await stage.connect()];
  await echoesOf(good, "before");
  await bad.say("throw me out");
  const { id, reason } = await stage.recorder.until("close");
  assertEquals(reason, "it asked for it");
  await echoesOf(good, "after");
  const peer = peers.find((one) => one.id === id);
  assert(peer);
  peer.kick("again");
  await Promise.all([peer.end(), peer.flush()]);
  assertEquals([peer.open, peer.post([bytesOf("x")]), closed], [false, false, [id]]);
  const { kind } = await assertRejects(() => peer.send(bytesOf("x")), SockeyeError);
  assertEquals([kind, stage.recorder.of("close").length], ["session", 1]);
});

testOverEach(TRANSPORTS, "a mode that fails for one peer loses that one only", async (transport) => {
  const mode = obeying({
    "fail at once": () => {
      throw new Error("broken at once");
    },
    "fail later": () => Promise.reject(new Error("broken later")),
  });
  await using stage = await Stage.open(transport, mode);
  const good = await stage.connect();
  for (const [text, why] of [["fail at once", "broken at once"], ["fail later", "broken later"]] as const) {
    await echoesOf(good, "still here?");
    const bad = await stage.connect();
    await bad.say(text);
    await stage.recorder.until("close", ({ reason }) => reason === why);
  }
  await echoesOf(good, "still here.");
});

testOverEach(TRANSPORTS, "a peer that keeps the mode busy does not keep the others waiting", async (transport) => {
  const gate = Promise.withResolvers<void>();
  const mode = obeying({ slow: (peer) => gate.promise.then(() => peer.send(bytesOf("done"))) });
  await using stage = await Stage.open(transport, mode);
  const [slow, quick] = [await stage.connect(), await stage.connect()];
  await slow.say("slow");
  await stage.recorder.until("recv");
  await slow.say("next");
  await echoes(quick, 20);
  gate.resolve();
  await hears(slow, "done", "next");
});

testOverEach(TRANSPORTS, "a silent peer is dropped, and the server lives on", async (transport) => {
  await using stage = await Stage.open(transport, ECHO, { limits: { idle: IDLE_MS } });
  const silent = await stage.connect();
  if (transport.connectionless) await echoesOf(silent, "");
  else await hearsNoMore(silent);
  silent.close();
  const { id, reason } = await stage.recorder.until("close");
  assertEquals([id, reason], [1, "idle for 0.1 s"]);
  // Who gets no time on a busy machine is as silent as that peer; it comes again.
  while (await firstEcho(stage).catch(() => "") !== "hello");
});

/** What a new client gets back. */
async function firstEcho(stage: Stage): Promise<string> {
  const client = await stage.connect();
  await client.say("hello");
  return textOf(await client.hear("hello".length));
}

testOverEach(TRANSPORTS, "--once serves one peer to its end and nobody else", async (transport) => {
  const mode = obeying({ bye: (peer) => peer.end() });
  await using stage = await Stage.open(transport, mode, { once: true });
  const first = await stage.connect();
  await echoesOf(first, "one");
  const second = transport.connectionless ? await stage.connect() : undefined;
  if (second) await second.say("me too");
  else await assertRejects(() => stage.connect());
  await echoesOf(first, "two");
  if (second) await hearsNoMore(second);
  await first.say("bye");
  await hearsNoMore(first);
  first.close();
  assertEquals(await stage.server.totals, { peers: 1, received: 9, sent: 6 });
});

testOverEach(TRANSPORTS, "a stop takes no new peer, says the mode's goodbye and frees the place", async (transport) => {
  const { mode, peers } = keeping({ ...ECHO, stop: () => peers.forEach((peer) => peer.post([bytesOf("goodbye")])) });
  await using stage = await Stage.open(transport, mode);
  const clients = await stage.connectMany(3);
  for (const client of clients) await echoesOf(client, "hello");
  const totals = stage.stop();
  if (transport.connectionless) await (await stage.connect()).say("too late");
  else await assertRejects(() => stage.connect());
  for (const client of clients) {
    await hears(client, "goodbye");
    await hearsNoMore(client);
    client.close();
  }
  assertEquals([await totals, peers.length], [{ peers: 3, received: 15, sent: 36 }, 3]);
  assertEquals(stage.recorder.of("close").map(({ reason }) => reason), Array(3).fill("the server stops"));
  (await listenAgain(stage.place.listener.address)).close();
});

testOverEach(TRANSPORTS, "a stop waits no longer than the drain for a mode that is not done", async (transport) => {
  const never = Promise.withResolvers<void>();
  await using stage = await Stage.open(transport, { data: () => never.promise }, { limits: { drain: 20 } });
  const client = await stage.connect();
  await client.say("hello");
  await stage.recorder.until("recv");
  assertEquals(await stage.stop(), { peers: 1, received: 5, sent: 0 });
  assertEquals(stage.recorder.names(1).at(-1), "close");
});

testOverEach(TRANSPORTS, "a server that nobody came to stops at once", async (transport) => {
  await using stage = await Stage.open(transport, ECHO);
  assertEquals(await stage.stop(), { peers: 0, received: 0, sent: 0 });
});
