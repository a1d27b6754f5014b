/** A client whose request was refused in the handshake: one line for the person at the server, however it goes on. */

import { assertEquals } from "@std/assert";
import { HANDSHAKE_MS } from "../../lib/server/limits.ts";
import { LINGER_MS } from "../../lib/transport/limits.ts";
import type { ServedPeer } from "../../lib/server/peer.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { FakeChannel } from "../support/net.ts";
import { servePeer } from "./helpers.ts";

/** A channel whose handshake ends without a conversation when the test says so. */
class RefusedChannel extends FakeChannel {
  readonly over = Promise.withResolvers<boolean>();
  readonly refusal: string | undefined;

  constructor(refusal?: string) {
    super();
    this.refusal = refusal;
  }

  handshake(): Promise<boolean> {
    return this.over.promise;
  }

  override close(): void {
    super.close();
    this.over.resolve(false);
  }
}

const WAYS: Readonly<Record<string, (channel: RefusedChannel, peer: ServedPeer, clock: FakeClock) => unknown>> = {
  "has read why": (channel) => channel.over.resolve(false),
  "breaks off": (channel) => channel.over.reject(new Error("broken")),
  "is still there when the server stops": (_, peer) => peer.close("the server stops", LINGER_MS),
  "does not leave": (_channel, _peer, clock) => clock.advance(HANDSHAKE_MS),
};

for (const [way, play] of Object.entries(WAYS)) {
  Deno.test(`a refused client that ${way} is reported once`, async () => {
    using clock = new FakeClock();
    const { channel, peer, recorder, over } = servePeer({}, {}, new RefusedChannel("nothing is here"));
    await turn();
    await play(channel, peer, clock);
    await over;
    const message = "10.0.0.1:5000 turned away: nothing is here";
    assertEquals(recorder.events, [{ event: "notice", message }]);
    assertEquals([channel.closed, clock.pending], [true, 0]);
  });
}

Deno.test("a client that came for something else, and got it, is not reported", async () => {
  const { channel, recorder, over } = servePeer({}, {}, new RefusedChannel());
  channel.over.resolve(false);
  await over;
  assertEquals([recorder.events, channel.closed], [[], true]);
});
