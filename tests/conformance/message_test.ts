/** What holds over every transport that keeps the borders of messages, with connections or without. */

import { assert, assertEquals } from "@std/assert";
import type { Mode } from "../../lib/server/mode.ts";
import { traitsOf } from "../../lib/transport/mod.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { echoesOf, hears } from "./clients.ts";
import { ECHO, pattern, same, Stage, testOverEach } from "./stage.ts";
import { MESSAGES, type TransportCase } from "./transports.ts";

function maxOf({ name }: TransportCase): number {
  const { messageMax } = traitsOf(name);
  assert(messageMax);
  return messageMax;
}

testOverEach(MESSAGES, "each message is one call of the mode and one answer", async (transport) => {
  const heard: string[] = [];
  const mode: Mode = { data: (peer, bytes) => (heard.push(textOf(bytes)), peer.send(bytes)) };
  await using stage = await Stage.open(transport, mode);
  for (const client of [await stage.connect(), await stage.dial()]) {
    const texts = ["a", "bc", "", "def\n", "", "", "g".repeat(5000)];
    for (const text of texts) await client.say(text);
    await hears(client, ...texts);
    assertEquals(heard.splice(0), texts);
  }
});

testOverEach(MESSAGES, "messages are not merged while the mode or the system is behind", async (transport) => {
  const gate = Promise.withResolvers<void>();
  const heard: string[] = [];
  const mode: Mode = {
    data: async (peer, bytes) => {
      heard.push(textOf(bytes));
      await gate.promise;
      for (const part of ["1", "", "22"]) peer.post([bytesOf(part)]);
    },
  };
  await using stage = await Stage.open(transport, mode);
  const [client, other] = [await stage.connect(), await stage.connect()];
  for (const text of ["one", "", "two"]) await client.say(text);
  await other.say("other");
  await stage.recorder.until("recv", ({ peer }) => peer === other.name);
  gate.resolve();
  for (let i = 0; i < 3; i++) await hears(client, "1", "", "22");
  assertEquals(heard, ["one", "other", "", "two"]);
});

testOverEach(MESSAGES, "the longest message comes and goes whole", async (transport) => {
  const longest = maxOf(transport);
  await using stage = await Stage.open(transport, ECHO);
  for (const client of [await stage.connect(), await stage.dial()]) {
    for (const length of [longest, 1, longest - 1]) {
      const bytes = pattern(length);
      await client.say(bytes);
      assert(same(await client.hear(length), bytes), `${length} bytes`);
    }
  }
});

testOverEach(MESSAGES, "what no message holds is told once and left out, and the talk goes on", async (transport) => {
  const longest = maxOf(transport);
  const mode: Mode = {
    data: (peer, bytes) => peer.send(textOf(bytes) === "too long" ? new Uint8Array(longest + 1) : bytes),
  };
  await using stage = await Stage.open(transport, mode);
  const [greedy, other] = [await stage.connect(), await stage.connect()];
  await echoesOf(other, "before");
  for (let i = 0; i < 3; i++) await greedy.say("too long");
  await echoesOf(greedy, "still here");
  await echoesOf(other, "after");
  const holder = transport.connectionless ? "datagram" : "message";
  const why = `Cannot send ${longest + 1} bytes at once: a ${holder} holds ${longest} at most`;
  const told = stage.recorder.of("error").map(({ peer, kind, message }) => [peer, kind, message]);
  assertEquals(told, [[greedy.name, "session", why]]);
  assertEquals(stage.recorder.of("close"), []);
});
