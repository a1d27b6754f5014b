/** Every mode of the table over every transport. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { chat } from "../../lib/chat/chat.ts";
import { framed } from "../../lib/modes/frame.ts";
import { reply } from "../../lib/modes/reply.ts";
import { MODES } from "../../lib/cli/modes.ts";
import type { ModeSpec } from "../../lib/server/mode.ts";
import { makeContext, makeMode } from "../support/modes.ts";
import { turn } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { type Client, hears, hearsNoMore, isConnected } from "./clients.ts";
import { Meeting, MODE_CASES, type ModeCase, type Turn } from "./modes.ts";
import { Stage, testOver, testOverEach } from "./stage.ts";
import { CONNECTIONS, DATAGRAMS, type TransportCase, TRANSPORTS } from "./transports.ts";

/** Milliseconds after which a silent sender of datagrams is forgotten here; no turn takes so long. */
const FORGOTTEN_MS = 200;

/** How many talk at the same time. */
const CROWD = 100;

for (const { name } of MODES) {
  Deno.test(`${name}: the conformance tests know it`, () => {
    assert(Object.hasOwn(MODE_CASES, name), `The mode ${name} is not in tests/conformance/modes.ts: describe it`);
  });
}

Deno.test("the conformance tests describe no mode that is gone", () => {
  for (const name of Object.keys(MODE_CASES)) assert(MODES.some((mode) => mode.name === name), name);
});

/** A test of every mode over some transports. */
function testModes<C extends Client>(
  transports: readonly TransportCase<C>[],
  name: string,
  play: (transport: TransportCase<C>, spec: ModeSpec, mode: ModeCase) => Promise<void>,
): void {
  for (const spec of MODES) {
    const mode = MODE_CASES[spec.name];
    if (!mode) continue; // Another test has told so.
    for (const transport of transports) {
      const title = `${spec.name} over ${transport.title ?? transport.name}: ${name}`;
      testOver(transport, title, () => play(transport, spec, mode));
    }
  }
}

/** Bytes of all that is said, or heard. */
function sizeOf(turns: readonly Turn[], of: "says" | "hears" = "says"): number {
  return bytesOf(turns.flatMap((turn) => turn[of]).join("")).length;
}

testModes(TRANSPORTS, "a client of the platform's sockets or of ours is answered", async (transport, spec, mode) => {
  for (const way of ["connect", "dial"] as const) {
    await using meeting = await Meeting.open(transport, spec, mode.values);
    const client = await meeting.stage[way]();
    const turns = mode.talk({ mark: way, id: 1 });
    await meeting.play(client, ...turns);
    if (isConnected(client)) await client.finish();
    if (way === "connect" || isConnected(client)) await hearsNoMore(client);
    client.close();
    assertEquals((await meeting.stage.stop()).received, sizeOf(turns));
  }
});

testModes(CONNECTIONS, "a client that has finished sending hears all, then the end", async (transport, spec, mode) => {
  await using meeting = await Meeting.open(transport, spec, mode.values);
  const client = await meeting.stage.connect();
  const { says, types, hears: answers } = mode.last({ mark: "last", id: 1 });
  await client.say(says);
  await client.finish();
  // Where a stream ends when all is answered, the end of the talk is not waited for.
  if (types && !transport.messageBoundaries) await meeting.stage.recorder.until("half-close");
  if (types) await meeting.types(says, ...types);
  await hears(client, ...answers);
  await hearsNoMore(client);
  const { received, sent } = await meeting.stage.recorder.until("close");
  assertEquals([received, sent], [bytesOf(says).length, bytesOf(answers.join("")).length]);
});

testModes(TRANSPORTS, "a client that breaks off is not missed", async (transport, spec, mode) => {
  const idle = transport.connectionless ? FORGOTTEN_MS : 0;
  await using meeting = await Meeting.open(transport, spec, mode.values, { limits: { idle } });
  const { recorder } = meeting.stage;
  const [first] = mode.talk({ mark: "first", id: 1 });
  assert(first);
  const leaving = await meeting.stage.connect();
  await meeting.says(leaving, first);
  await recorder.until(first.hears.length > 0 ? "send" : "recv");
  leaving.close(); // An answer that it has not read makes this a reset.
  await recorder.until("close");
  const second = await meeting.stage.connect();
  await meeting.play(second, ...mode.talk({ mark: "second", id: 2 }));
  assertEquals(recorder.of("open").length, 2);
});

testModes(TRANSPORTS, "--once serves one client", async (transport, spec, mode) => {
  const limits = { idle: transport.connectionless ? FORGOTTEN_MS : 0 };
  await using meeting = await Meeting.open(transport, spec, mode.values, { once: true, limits });
  const client = await meeting.stage.connect();
  const turns = mode.talk({ mark: "once", id: 1 });
  await meeting.play(client, ...turns);
  if (isConnected(client)) await client.finish();
  const { peers, received } = await meeting.stage.server.totals;
  await hearsNoMore(client);
  assertEquals([peers, received], [1, sizeOf(turns)]);
});

testModes(TRANSPORTS, "a stop ends the talk politely", async (transport, spec, mode) => {
  await using meeting = await Meeting.open(transport, spec, mode.values);
  const client = await meeting.stage.connect();
  const turns = mode.talk({ mark: "patient", id: 1 });
  await meeting.play(client, ...turns);
  const totals = meeting.stage.stop();
  await hears(client, ...mode.goodbye);
  await hearsNoMore(client);
  client.close();
  assertEquals((await totals).peers, 1);
  assertEquals((await meeting.stage.recorder.until("close")).reason, "the server stops");
});

testModes(TRANSPORTS, "many are served at once", async (transport, spec, mode) => {
  await using meeting = await Meeting.open(transport, spec, mode.values);
  if (mode.together) return await mode.together(meeting);
  const clients = await meeting.stage.connectMany(CROWD);
  const talks = clients.map((_, i) => mode.talk({ mark: `client${i}`, id: NaN }));
  await Promise.all(clients.map((client, i) => meeting.play(client, ...talks[i] ?? [])));
  const totals = meeting.stage.stop();
  for (const client of clients) {
    await hearsNoMore(client);
    client.close();
  }
  const { peers, received, sent } = await totals;
  assertEquals([peers, received, sent], [CROWD, sizeOf(talks.flat()), sizeOf(talks.flat(), "hears")]);
  assertEquals(new Set(meeting.stage.recorder.of("open").map(({ id }) => id)).size, CROWD);
});

testOverEach(TRANSPORTS, "reply --frame line answers each line", async (transport) => {
  const frame = { by: "line" } as const;
  const mode = makeMode(reply, { text: "got {data}" }, makeContext({ form: { frame } }));
  await using stage = await Stage.open(transport, framed(mode, frame));
  const client = await stage.connect();
  await client.say("one\ntwo\r\n");
  await hears(client, "got one\n", "got two\r\n");
  await client.say("thr");
  await client.say("ee\n");
  // The end of a message ends a line.
  await hears(client, ...(transport.messageBoundaries ? ["got thr\n", "got ee\n"] : ["got three\n"]));
});

testOverEach(DATAGRAMS, "a chat line needs no end, and one that no datagram holds ends no talk", async (transport) => {
  await using meeting = await Meeting.open(transport, chat, {});
  const [one, two] = [await meeting.stage.connect(), await meeting.stage.connect()];
  await one.say("hi");
  await hears(one, "*** You are user1; 1 other is here. /help lists the commands\n");
  await two.say("hello");
  await hears(one, "*** user2 joined\n", "<user2> hello\n");
  await two.say("y".repeat(65_507));
  const cut = await one.hear(0);
  assertLess(65_000, cut.length);
  await two.say("\x1b".repeat(60_000));
  await one.hear(0);
  await two.say("still here?");
  await hears(one, "<user2> still here?\n");
  assertEquals(meeting.stage.recorder.of("close"), []);
});

testOverEach(DATAGRAMS, "a chat member that pours out lines has nobody removed", async (transport) => {
  await using meeting = await Meeting.open(transport, chat, {}, { onTraffic: undefined });
  const { recorder } = meeting.stage;
  const [reader, pourer] = [await meeting.stage.connect(), await meeting.stage.connect()];
  await reader.say("hi");
  await recorder.until("open");
  const reading = (async () => {
    while (true) await reader.hear(0);
  })().catch(() => {});
  // With its long name before each line, one datagram becomes more than an outbox holds.
  const name = "n".repeat(32);
  await pourer.say(`/nick ${name}`);
  await pourer.say("\n".repeat(32_000));
  while (!meeting.shown.includes(`<${name}> that was all`)) {
    await pourer.say("that was all"); // What comes while the server is busy may be lost.
    await turn();
  }
  assertEquals(recorder.of("close"), []);
  reader.close();
  await reading;
});
