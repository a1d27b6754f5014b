/** What `Peer.post` makes of several messages, over a stream and where messages have boundaries. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { MESSAGE_MAX } from "../../lib/transport/limits.ts";
import { turn } from "../support/clock.ts";
import { bytesOf, FakeChannel, textOf } from "../support/net.ts";
import { servePeer } from "./helpers.ts";

/** A WebSocket in memory that keeps the groups which it is given. */
class FakeWebSocket extends FakeChannel {
  override readonly transport = "ws";
  readonly groups: (readonly Uint8Array[])[] = [];
  readonly #closed = Promise.withResolvers<null>();

  receive(): Promise<null> {
    return this.#closed.promise;
  }

  writeMessages(groups: readonly (readonly Uint8Array[])[]): Promise<void> {
    this.groups.push(...groups);
    return Promise.resolve();
  }

  override close(): void {
    super.close();
    this.#closed.resolve(null);
  }
}

/** An open peer, and what it reports. */
async function serveOn(channel: FakeChannel) {
  const { peer, recorder, over } = servePeer({}, {}, channel);
  await turn();
  const end = () => {
    peer.kick("end of the test");
    return over;
  };
  return { peer, recorder, end };
}

Deno.test("ServedPeer.post() writes several messages together, and reports each", async () => {
  const channel = new FakeChannel();
  const { peer, recorder, end } = await serveOn(channel);
  assertEquals(peer.post(["a", "", "b"].map(bytesOf)), true);
  await peer.flush();
  assertEquals(channel.written, ["ab"]);
  assertEquals(recorder.of("send").map(({ data }) => textOf(data)), ["a", "", "b"]);
  assertEquals([peer.sent, peer.post([])], [2, true]);
  await end();
});

Deno.test("ServedPeer.post() hands the array itself to a WebSocket", async () => {
  const channel = new FakeWebSocket();
  const { peer, end } = await serveOn(channel);
  const posted = ["a", "b"].map(bytesOf);
  assertEquals(peer.post(posted), true);
  await peer.flush();
  assertStrictEquals(channel.groups[0], posted);
  await end();
});

Deno.test("ServedPeer.post() leaves out a message that is too long, reports it and keeps the others", async () => {
  const channel = new FakeWebSocket();
  const { peer, recorder, end } = await serveOn(channel);
  const tooLong = new Uint8Array(MESSAGE_MAX + 1);
  assertEquals(peer.post([bytesOf("a"), tooLong, bytesOf("b")]), true);
  assertEquals(peer.post([tooLong]), true);
  await peer.flush();
  assertEquals(channel.groups.map((group) => group.map(textOf)), [["a", "b"]]);
  assertEquals(recorder.of("send").map(({ data }) => textOf(data)), ["a", "b"]);
  assertEquals(
    recorder.of("error").map(({ message }) => message),
    Array(2).fill(
      `Cannot send ${MESSAGE_MAX + 1} bytes at once: a message holds ${MESSAGE_MAX} at most`,
    ),
  );
  await end();
});
