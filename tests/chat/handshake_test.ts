/** Clients over TLS join a moment after their handshake: many judge the certificate then, and are gone. */

import { assertEquals } from "@std/assert";
import { FakeClock } from "../support/clock.ts";
import { FakePeer } from "../support/modes.ts";
import { bytesOf } from "../support/net.ts";
import { type Chat, makeChat } from "./helpers.ts";

/** A peer over TLS that has made its handshake; `opened` settles when its bytes are taken. */
function shakeHands({ mode }: Chat, id: number): { peer: FakePeer; opened: Promise<void> } {
  const peer = new FakePeer(id);
  peer.transport = "tls";
  return { peer, opened: Promise.resolve(mode.open?.(peer)) };
}

Deno.test("a client that ends during the moment behind its handshake was never here", async () => {
  for (const how of ["closes", "ends"]) {
    using clock = new FakeClock();
    const chat = makeChat();
    const [one] = chat.people(1);
    const { peer } = shakeHands(chat, 2);
    await clock.advance(299);
    if (how === "ends") await chat.mode.end?.(peer);
    chat.mode.close?.(peer);
    await clock.advance(1_000);
    await one.says("/list\n");
    assertEquals([chat.texts(), one.news(), peer.sent], [[], "*** 1 here: user1 (you)\n", []], how);
  }
});

Deno.test("a client that stays joins, and what it has said meanwhile is said then", async () => {
  using clock = new FakeClock();
  const chat = makeChat();
  const { peer, opened } = shakeHands(chat, 1);
  assertEquals([chat.texts(), peer.sent], [[], []]);
  await clock.advance(300);
  await opened;
  await chat.mode.data(peer, bytesOf("hi\n"));
  chat.mode.close?.(peer);
  assertEquals(chat.texts(), ["*** user1 joined", "<user1> hi", "*** user1 left"]);
});

Deno.test("a client in the moment behind its handshake does not join a server that stops", async () => {
  using clock = new FakeClock();
  const chat = makeChat();
  const { peer } = shakeHands(chat, 1);
  chat.mode.stop?.();
  await clock.advance(1_000);
  chat.mode.close?.(peer);
  assertEquals([chat.texts(), peer.sent], [["*** The server stops. Goodbye"], []]);
});
