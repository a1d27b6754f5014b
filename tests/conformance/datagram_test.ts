/** What holds over every transport that carries datagrams: borders, and talks that begin and end without a word. */

import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { DATAGRAM_COST, INBOX_LIMIT } from "../../lib/transport/limits.ts";
import type { Mode, Peer } from "../../lib/server/mode.ts";
import { turn } from "../support/clock.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { type Client, echoesOf, hears, hearsNoMore } from "./clients.ts";
import { ECHO, keeping, Stage, testOverEach } from "./stage.ts";
import { DATAGRAMS, listenAgain, listenAt } from "./transports.ts";

async function nextOf(channel: Channel): Promise<string | undefined> {
  const datagram = await channel.receive?.();
  return datagram ? textOf(datagram) : undefined;
}

testOverEach(DATAGRAMS, "a silent sender is forgotten, and new when it speaks again", async (transport) => {
  const { mode, peers } = keeping(ECHO);
  const closed: number[] = [];
  const close = (peer: Peer) => void closed.push(peer.id);
  await using stage = await Stage.open(transport, { ...mode, close }, { limits: { idle: 40 } });
  const client = await stage.connect();
  for (const id of [1, 2]) {
    await echoesOf(client, `talk ${id}`);
    const { reason, peer } = await stage.recorder.until("close", (event) => event.id === id);
    assertEquals([reason, peer], ["idle for 0.04 s", client.name]);
  }
  await hearsNoMore(client);
  assertEquals([peers.map(({ id }) => id), closed, peers.map(({ open }) => open)], [[1, 2], [1, 2], [false, false]]);
});

testOverEach(DATAGRAMS, "the end of a talk loses no datagram that was posted before", async (transport) => {
  const last = ["last", "", "words", "", ""];
  for (const posted of [last, ["", "", ""]]) {
    const mode: Mode = {
      data: (peer) => {
        for (const text of posted) peer.post([bytesOf(text)]);
        void peer.end();
      },
    };
    await using stage = await Stage.open(transport, mode);
    const client = await stage.connect();
    await client.say("go");
    await stage.recorder.until("close");
    assertEquals((await client.heardByNow()).map(textOf), posted);
  }
});

testOverEach(DATAGRAMS, "a stop sends what the mode posts, each as a datagram", async (transport) => {
  const last = ["good", "", "bye"];
  const { mode, peers } = keeping({
    ...ECHO,
    stop: () => peers.forEach((peer) => last.forEach((text) => peer.post([bytesOf(text)]))),
  });
  await using stage = await Stage.open(transport, mode);
  const clients = await stage.connectMany(3);
  for (const client of clients) await echoesOf(client, "hello");
  assertEquals(await stage.stop(), { peers: 3, received: 15, sent: 15 + 3 * last.join("").length });
  for (const client of clients) {
    await hears(client, ...last);
    await hearsNoMore(client);
  }
});

testOverEach(DATAGRAMS, "the socket lives until the last talk is over", async (transport) => {
  await using place = await transport.place();
  const { listener } = place;
  const talks: [Client, Channel][] = [];
  for (let i = 0; i < 2; i++) {
    const client = await place.connect();
    await client.say("hello");
    talks.push([client, await listener.accept()]);
  }
  listener.close();
  await assertRejects(() => listener.accept(), Deno.errors.BadResource);
  using stranger = await place.connect();
  await stranger.say("too late");
  for (const [client, channel] of talks) {
    await client.say("still there?");
    for (const text of ["hello", "still there?"]) assertEquals(await nextOf(channel), text);
    await channel.write(bytesOf("yes"));
    await hears(client, "yes");
    await assertRejects(() => listenAt(listener.address), SockeyeError, "the address is in use");
    channel.close();
    channel.close();
    client.close();
  }
  await hearsNoMore(stranger);
  (await listenAgain(listener.address)).close();
});

testOverEach(DATAGRAMS, "a listener can be closed while somebody waits to be accepted", async (transport) => {
  await using place = await transport.place();
  const { listener } = place;
  using first = await place.connect();
  using waiting = await place.connect();
  await first.say("hello");
  const channel = await listener.accept();
  await waiting.say("me too");
  await first.say("what was before this has come");
  for (const text of ["hello", "what was before this has come"]) assertEquals(await nextOf(channel), text);
  channel.close();
  listener.close();
  (await listenAgain(listener.address)).close();
});

testOverEach(DATAGRAMS, "a sender that is gone harms nobody", async (transport) => {
  const { mode, peers } = keeping(ECHO);
  await using stage = await Stage.open(transport, mode);
  const [gone, other] = [await stage.connect(), await stage.connect()];
  await echoesOf(gone, "hello");
  await echoesOf(other, "hello");
  gone.close();
  // The system says that nobody is there, after the first of these.
  for (let i = 0; i < 20; i++) {
    await peers[0]?.send(bytesOf("are you there?"));
    await echoesOf(other, `round ${i}`);
  }
  assertEquals(stage.recorder.names(2).includes("close"), false);
});

for (const length of [50_000, 0]) {
  const name = `what waits for a busy mode in datagrams of ${length} bytes is bounded, and delays no other`;
  testOverEach(DATAGRAMS, name, async (transport) => {
    const gate = Promise.withResolvers<void>();
    const cost = length + DATAGRAM_COST;
    let kept = 0;
    const mode: Mode = {
      data: async (peer, bytes) => {
        if (peer.id > 1) return await peer.send(bytes);
        if (bytes.length === length) kept += cost;
        await gate.promise;
        if (bytes.length === 4) await peer.send(bytes);
      },
    };
    await using stage = await Stage.open(transport, mode, { onTraffic: undefined });
    const [flooding, other] = [await stage.connect(), await stage.connect()];
    await flooding.say("first");
    await stage.recorder.until("open");
    for (let sent = 0; sent < 3 * INBOX_LIMIT; sent += cost) {
      await flooding.say(new Uint8Array(length));
      await echoesOf(other, `after ${sent}`); // By then the flood's datagram was read, too.
    }
    gate.resolve();
    while (kept < INBOX_LIMIT / 2) await turn();
    await echoesOf(flooding, "last");
    assertLessOrEqual(kept, INBOX_LIMIT);
  });
}

for (const limits of [{}, { maxConnections: 1 }]) {
  const name = `each datagram is answered by a mode that ends each talk, with ${JSON.stringify(limits)}`;
  testOverEach(DATAGRAMS, name, async (transport) => {
    const mode: Mode = {
      data: async (peer, bytes) => {
        await peer.send(bytes);
        await turn(); // Others come meanwhile.
        await peer.end();
      },
    };
    await using stage = await Stage.open(transport, mode, { limits });
    const client = await stage.connect();
    const texts = Array.from({ length: 50 }, (_, i) => `datagram ${i}`);
    for (const text of texts) await client.say(text);
    await hears(client, ...texts);
    await stage.recorder.until("close", ({ id }) => id === texts.length);
    assertEquals(stage.recorder.of("open").length, texts.length);
    assertEquals(new Set(stage.recorder.of("close").map(({ reason }) => reason)), new Set(["closed"]));
    await hearsNoMore(client);
  });
}

testOverEach(DATAGRAMS, "what waits for a peer that is kicked is dropped", async (transport) => {
  const mode: Mode = {
    data: async (peer, bytes) => {
      if (peer.id > 1) return await peer.send(bytes);
      await stage.recorder.until("open", ({ id }) => id === 2); // By then the other datagrams have come.
      peer.kick("enough");
    },
  };
  await using stage = await Stage.open(transport, mode);
  const [client, other] = [await stage.connect(), await stage.connect()];
  for (const text of ["one", "two", "three"]) await client.say(text);
  await echoesOf(other, "hello");
  await stage.recorder.until("close");
  await echoesOf(client, "four");
});

for (const limits of [{ maxConnections: 1 }, { maxPerHost: 1 }]) {
  testOverEach(DATAGRAMS, `${Object.keys(limits)} turns a sender away in silence`, async (transport) => {
    const mode: Mode = { data: (peer, bytes) => textOf(bytes) === "bye" ? peer.end() : peer.send(bytes) };
    await using stage = await Stage.open(transport, mode, { limits });
    const [first, second] = [await stage.connect(), await stage.connect()];
    await echoesOf(first, "first");
    await second.say("let me in");
    const { message } = await stage.recorder.until("notice");
    assert(message.startsWith(`${second.name} turned away: too many peers`), message);
    await echoesOf(first, "still here");
    await hearsNoMore(second);
    await first.say("bye");
    await stage.recorder.until("close");
    await echoesOf(second, "now?");
    assertEquals(stage.recorder.of("open").map(({ peer }) => peer), [first.name, second.name]);
  });
}
