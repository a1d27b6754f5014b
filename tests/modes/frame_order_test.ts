import { assertEquals } from "@std/assert";
import { framed } from "../../lib/modes/frame.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { FakePeer } from "../support/modes.ts";

Deno.test("framed() by gap hands over one message at a time", async () => {
  using clock = new FakeClock();
  const never = Promise.withResolvers<void>();
  let atOnce = 0;
  const mode = framed({ data: () => (atOnce++, never.promise) }, { by: "gap", ms: 50 });
  const peer = new FakePeer();
  void mode.open?.(peer);
  for (let i = 0; i < 3; i++) {
    void mode.data(peer, bytesOf("a")); // settles at once: the server reads on, whatever the mode does
    await clock.advance(50);
  }
  assertEquals(atOnce, 1);
});

Deno.test("framed() by gap ends after its last message is handled", async () => {
  using clock = new FakeClock();
  const slow = Promise.withResolvers<void>();
  const heard: string[] = [];
  const mode = framed({
    data: async () => {
      await slow.promise;
      heard.push("data");
    },
    end: () => void heard.push("end"),
  }, { by: "gap", ms: 50 });
  const peer = new FakePeer();
  void mode.open?.(peer);
  await mode.data(peer, bytesOf("a"));
  await clock.advance(50);
  const ended = Promise.resolve(mode.end?.(peer));
  await turn();
  slow.resolve();
  await ended;
  await turn();
  assertEquals(heard, ["data", "end"]);
});
