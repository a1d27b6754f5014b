/** What holds over every transport that carries a stream: no borders, an end in each direction, and back-pressure. */

import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { framed } from "../../lib/modes/frame.ts";
import { OUTBOX_LIMIT } from "../../lib/server/limits.ts";
import { READ_BUFFER_MAX } from "../../lib/transport/limits.ts";
import type { Mode, Peer } from "../../lib/server/mode.ts";
import { ServedPeer } from "../../lib/server/peer.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { echoes, hears, hearsNoMore } from "./clients.ts";
import { ECHO, keeping, pattern, same, Stage, testOverEach } from "./stage.ts";
import { STREAMS } from "./transports.ts";

const MIB = 1 << 20;

/** A mode that pours bytes on those who ask for them, and echoes the others. */
function pouring(bytes: number): Mode {
  return { data: (peer, data) => peer.send(textOf(data) === "pour" ? new Uint8Array(bytes) : data) };
}

testOverEach(STREAMS, "what is split and joined on the way is the same stream", async (transport) => {
  await using stage = await Stage.open(transport, ECHO);
  const client = await stage.connect();
  const text = "abc\ndéf\r\n".repeat(20);
  const bytes = bytesOf(text);
  for (const byte of bytes) await client.say(Uint8Array.of(byte));
  await hears(client, text);
  await client.say(text + text);
  await hears(client, text, text);
});

testOverEach(STREAMS, "lines are found wherever the writes begin and end", async (transport) => {
  const lines: string[] = [];
  const mode: Mode = { data: (peer, bytes) => (lines.push(textOf(bytes)), peer.send(bytesOf(`${lines.length};`))) };
  await using stage = await Stage.open(transport, framed(mode, { by: "line" }));
  const client = await stage.connect();
  await client.say("on");
  await client.say("e\r");
  await client.say("\ntwo\nth");
  await hears(client, "1;2;");
  await client.say("ree\n\nlast");
  await client.finish();
  await hears(client, "3;4;5;");
  await hearsNoMore(client);
  assertEquals(lines, ["one\r\n", "two\n", "three\n", "\n", "last"]);
});

testOverEach(STREAMS, "a client that has finished sending gets all that is queued, then the end", async (transport) => {
  const bytes = pattern(OUTBOX_LIMIT);
  const mode: Mode = { open: (peer) => void peer.post([bytes]), data: (peer, data) => peer.send(data) };
  await using stage = await Stage.open(transport, mode);
  const client = await stage.connect();
  await client.say("last words");
  await client.finish();
  await stage.recorder.until("recv");
  assert(same(await client.hear(bytes.length), bytes));
  await hears(client, "last words");
  await hearsNoMore(client);
  const { reason, received, sent } = await stage.recorder.until("close");
  assertEquals([reason, received, sent], ["closed by the peer", 10, bytes.length + 10]);
});

testOverEach(STREAMS, "a mode has the last word when a client has finished sending", async (transport) => {
  const gate = Promise.withResolvers<void>();
  const mode: Mode = { ...ECHO, end: (peer) => gate.promise.then(() => peer.send(bytesOf("bye"))) };
  await using stage = await Stage.open(transport, mode);
  const [leaving, other] = [await stage.connect(), await stage.connect()];
  await leaving.say("hello");
  await leaving.finish();
  await stage.recorder.until("half-close");
  await echoes(other);
  gate.resolve();
  await hears(leaving, "hello", "bye");
  await hearsNoMore(leaving);
});

testOverEach(STREAMS, "a mode that ends a peer: the answer, then the end, then nothing is heard", async (transport) => {
  const heard: string[] = [];
  const mode: Mode = {
    data: (peer, bytes) => {
      heard.push(textOf(bytes));
      peer.post([bytesOf("answer")]);
      void peer.end();
      assertEquals([peer.open, peer.post([bytesOf("more")])], [false, false]);
    },
  };
  await using stage = await Stage.open(transport, mode);
  const client = await stage.connect();
  await client.say("question");
  await hears(client, "answer");
  await hearsNoMore(client);
  await client.say("said after the end");
  await client.finish();
  const { reason, received } = await stage.recorder.until("close");
  assertEquals([heard, reason], [["question"], "closed"]);
  assertEquals(received, "question".length + "said after the end".length);
});

testOverEach(STREAMS, "the end reaches a client that goes on sending, with all before it", async (transport) => {
  const answer = pattern(MIB / 4);
  const mode: Mode = { data: (peer) => peer.open ? peer.send(answer).then(() => void peer.end()) : undefined };
  await using stage = await Stage.open(transport, mode, { onTraffic: undefined });
  const client = await stage.connect();
  await client.say("question");
  const sending = client.say(new Uint8Array(MIB));
  const heard = await client.rest();
  await sending;
  assert(same(heard, answer), `${heard.length} of ${answer.length} bytes came`);
});

testOverEach(STREAMS, "a mebibyte goes both ways at once", async (transport) => {
  const [up, down] = [pattern(MIB, 3), pattern(MIB, 5)];
  const came: Uint8Array[] = [];
  const mode: Mode = {
    open: (peer) => void peer.send(down),
    data: (_, bytes) => void came.push(bytes.slice()),
  };
  await using stage = await Stage.open(transport, mode, { onTraffic: undefined });
  const client = await stage.connect();
  const saying = client.say(up).then(() => client.finish());
  assert(same(await client.hear(down.length), down));
  await saying;
  await hearsNoMore(client);
  await stage.recorder.until("close");
  assert(same(new Uint8Array(await new Blob(came as BlobPart[]).arrayBuffer()), up));
});

testOverEach(STREAMS, "a client that breaks off in the middle leaves the others alone", async (transport) => {
  await using stage = await Stage.open(transport, pouring(16 * MIB), { onTraffic: undefined });
  const [breaking, other] = [await stage.connect(), await stage.connect()];
  await breaking.say("pour");
  await breaking.hear(1000);
  await echoes(other);
  breaking.close(); // What it has not read makes this a reset.
  const { peer, received, sent } = await stage.recorder.until("close");
  assertEquals([peer, received, sent < 16 * MIB], [breaking.name, 4, true]);
  await echoes(other);
  await echoes(await stage.connect());
  assertEquals(stage.recorder.names(), ["open", "open", "close", "open"]);
});

testOverEach(STREAMS, "a client that only connects and leaves does no harm", async (transport) => {
  await using stage = await Stage.open(transport, ECHO);
  for (let id = 1; id <= 5; id++) {
    const hasty = await stage.connect();
    hasty.close();
    await stage.recorder.until("close", (event) => event.id === id);
  }
  await echoes(await stage.connect());
});

/** Bytes that the server holds for a peer: what came and was not echoed, or was posted and not taken. */
function heldFor(peer: Peer, given = peer instanceof ServedPeer ? peer.received : NaN): number {
  return peer instanceof ServedPeer ? given - peer.sent : NaN;
}

testOverEach(STREAMS, "a slow reader slows nobody else, and gets everything in the end", async (transport) => {
  let held = 0;
  const mode: Mode = {
    data: (peer, bytes) => {
      held = Math.max(held, heldFor(peer));
      return peer.send(bytes);
    },
  };
  await using stage = await Stage.open(transport, mode, { onTraffic: undefined });
  const [slow, quick] = [await stage.connect(), await stage.connect()];
  const bytes = pattern(16 * MIB);
  const saying = slow.say(bytes).then(() => slow.finish());
  await echoes(quick, 50);
  const echoed = await slow.rest();
  await saying;
  assert(same(echoed, bytes), `${echoed.length} of ${bytes.length} bytes came`);
  assertLessOrEqual(held, READ_BUFFER_MAX);
});

/** Posts what each client says to everybody; who cannot take it is sent away. */
function broadcast(): { mode: Mode; most(): number } {
  let most = 0;
  const posted = new Map<Peer, number>();
  const post = (peer: Peer, bytes: Uint8Array) => {
    if (!peer.post([bytes])) return peer.kick("does not read");
    posted.set(peer, (posted.get(peer) ?? 0) + bytes.length);
    most = Math.max(most, heldFor(peer, posted.get(peer)));
  };
  const { mode, peers } = keeping({
    data: async (speaker, bytes) => {
      const copy = bytes.slice();
      for (const peer of peers.filter(({ open }) => open)) post(peer, copy);
      await speaker.flush();
    },
  });
  return { mode, most: () => most };
}

testOverEach(STREAMS, "what waits for a client that does not read is bounded", async (transport) => {
  const { mode, most } = broadcast();
  await using stage = await Stage.open(transport, mode, { onTraffic: undefined });
  const deaf = await stage.connect();
  await stage.recorder.until("open");
  const speaker = await stage.connect();
  const bytes = pattern(MIB);
  // A hundred mebibytes are more than any system keeps for one socket.
  for (let round = 0; stage.recorder.of("close").length === 0; round++) {
    assertLess(round, 100, "nobody noticed that it does not read");
    const [heard] = await Promise.all([speaker.hear(bytes.length), speaker.say(bytes)]);
    assert(same(heard, bytes));
  }
  const { peer, reason } = await stage.recorder.until("close");
  assertEquals([peer, reason], [deaf.name, "does not read"]);
  assertLessOrEqual(most(), OUTBOX_LIMIT);
  await echoes(speaker);
});

testOverEach(STREAMS, "a stop sends what is queued to a client that reads late", async (transport) => {
  const bytes = pattern(OUTBOX_LIMIT - 3);
  const { mode, peers } = keeping({
    open: (peer) => void peer.post([bytes]),
    stop: () => peers[0]?.post([bytesOf("bye")]),
  });
  await using stage = await Stage.open(transport, mode, { onTraffic: undefined });
  const client = await stage.connect();
  await stage.recorder.until("open");
  const totals = stage.stop();
  assert(same(await client.hear(bytes.length), bytes));
  await hears(client, "bye");
  await hearsNoMore(client);
  client.close();
  assertEquals(await totals, { peers: 1, received: 0, sent: OUTBOX_LIMIT });
});

testOverEach(STREAMS, "a stop finishes a send that is under way", async (transport) => {
  await using stage = await Stage.open(transport, pouring(8 * MIB), { onTraffic: undefined });
  const client = await stage.connect();
  await client.say("pour");
  await client.hear(1);
  const totals = stage.stop();
  assertEquals((await client.rest()).length, 8 * MIB - 1);
  client.close();
  assertEquals(await totals, { peers: 1, received: 4, sent: 8 * MIB });
});

testOverEach(STREAMS, "a stop waits no longer than the drain for a client that does not read", async (transport) => {
  const options = { onTraffic: undefined, limits: { drain: 30 } };
  await using stage = await Stage.open(transport, pouring(64 * MIB), options);
  const deaf = await stage.connect();
  await deaf.say("pour");
  await deaf.hear(1);
  const { peers, sent } = await stage.stop();
  assertEquals([peers, sent < 64 * MIB], [1, true]);
  assertEquals((await stage.recorder.until("close")).reason, "the server stopped waiting");
});

for (const limit of ["maxConnections", "maxPerHost"]) {
  testOverEach(STREAMS, `${limit} turns a client away politely`, async (transport) => {
    await using stage = await Stage.open(transport, ECHO, { limits: { [limit]: 1 } });
    const first = await stage.connect();
    await echoes(first);
    const from = limit === "maxPerHost" ? ` from ${stage.place.host}` : "";
    const why = `too many connections${from} (limit 1)`;
    const second = await stage.connect();
    await second.say("let me in").catch(() => {});
    assertEquals(textOf(await second.rest()), `sockeye: ${why}\n`);
    second.close();
    const { message } = await stage.recorder.until("notice");
    assertEquals(message, `${second.name} turned away: ${why}`);
    await echoes(first);
    first.close();
    await stage.recorder.until("close");
    await echoes(await stage.connect());
    assertEquals(stage.recorder.of("open").length, 2);
  });
}

testOverEach(STREAMS, "an idle client that does not read is dropped", async (transport) => {
  const options = { onTraffic: undefined, limits: { idle: 60 } };
  await using stage = await Stage.open(transport, pouring(64 * MIB), options);
  const deaf = await stage.connect();
  await deaf.say("pour");
  const { reason, sent } = await stage.recorder.until("close");
  assertEquals([reason, sent < 64 * MIB], ["idle for 0.06 s", true]);
});
