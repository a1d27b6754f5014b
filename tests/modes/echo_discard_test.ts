import { assertEquals } from "@std/assert";
import { discard } from "../../lib/modes/discard.ts";
import { echo } from "../../lib/modes/echo.ts";
import { isSettled } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { FakePeer, makeContext, makeMode } from "../support/modes.ts";

Deno.test("echo gives every byte back as it came", async () => {
  const mode = makeMode(echo, {}, makeContext());
  const [one, two] = [new FakePeer(1), new FakePeer(2)];
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  await mode.data(one, bytes);
  await mode.data(two, bytesOf("é"));
  assertEquals([one.sent, two.heard], [[bytes], ["é"]]);
});

Deno.test("echo waits until the peer took the bytes", async () => {
  const mode = makeMode(echo, {}, makeContext());
  const peer = new FakePeer();
  const taken = Promise.withResolvers<void>();
  peer.hold = taken.promise;
  const done = Promise.resolve(mode.data(peer, bytesOf("a")));
  assertEquals(await isSettled(done), false);
  taken.resolve();
  await done;
  assertEquals(peer.ways, ["send"]);
});

Deno.test("discard answers nothing", async () => {
  const mode = makeMode(discard, {}, makeContext());
  const peer = new FakePeer();
  await mode.open?.(peer);
  await mode.data(peer, bytesOf("a"));
  await mode.end?.(peer);
  assertEquals([peer.sent, peer.ends, peer.open], [[], 0, true]);
});
