/** A server that drains: which clients go on, and for how long. */

import { assertEquals } from "@std/assert";
import { DRAIN_LOOK_MS, QUIET_MS } from "../../lib/server/limits.ts";
import type { Mode } from "../../lib/server/mode.ts";
import { LINGER_MS } from "../../lib/transport/limits.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { FakeChannel, FakeListener, run } from "../support/net.ts";
import { ECHO } from "./helpers.ts";

const DRAIN = 10_000;

/** A draining server with one idle client and one that has just spoken. */
async function begin(clock: FakeClock, mode: Mode = ECHO) {
  const listener = new FakeListener();
  const server = run(listener, mode, { limits: { drain: DRAIN } });
  const [idle, active] = [new FakeChannel("10.0.0.1"), new FakeChannel("10.0.0.2")];
  listener.bring(idle, active);
  await turn();
  await clock.advance(QUIET_MS);
  active.arrive("hello");
  await turn();
  const totals = server.stop();
  await turn();
  return { server, listener, idle, active, totals };
}

Deno.test("serve() that drains ends idle clients at once, and serves the others", async () => {
  using clock = new FakeClock();
  const { server, listener, idle, active, totals } = await begin(clock);
  assertEquals([listener.closed, idle.finished, active.finished], [true, true, false]);
  const message = "Stopping: 1 connection goes on for up to 10 s; a second signal ends the server at once";
  assertEquals(server.recorder.of("notice").map((notice) => notice.message), [message]);
  idle.arrive(null);
  active.arrive("more");
  await turn();
  assertEquals(active.written, ["hello", "more"]);
  active.arrive(null);
  assertEquals(await totals, { peers: 2, received: 9, sent: 9 });
  assertEquals(clock.pending, 0);
});

Deno.test("serve() that drains ends a client when it has become idle", async () => {
  using clock = new FakeClock();
  const { active, idle, totals } = await begin(clock);
  idle.arrive(null);
  await clock.advance(QUIET_MS - 1);
  assertEquals(active.finished, false);
  await clock.advance(DRAIN_LOOK_MS);
  assertEquals(active.finished, true);
  active.arrive(null);
  await totals;
});

Deno.test("serve() that drains ends the rest gracefully when the time is over", async () => {
  using clock = new FakeClock();
  const { active, idle, totals } = await begin(clock);
  idle.arrive(null);
  for (let ms = 0; ms < DRAIN; ms += 500) {
    assertEquals(active.finished, false, String(ms));
    active.arrive("again");
    await clock.advance(500);
  }
  assertEquals([active.finished, active.closed], [true, false]);
  await clock.advance(LINGER_MS);
  assertEquals([await isSettled(totals), active.closed], [true, true]);
});

Deno.test("serve() that drains waits for an answer that its mode is working on", async () => {
  using clock = new FakeClock();
  const working = Promise.withResolvers<void>();
  const mode: Mode = {
    data: async (peer, bytes) => {
      const answer = bytes.slice();
      await working.promise;
      await peer.send(answer);
    },
  };
  const { active, idle } = await begin(clock, mode);
  idle.arrive(null);
  await clock.advance(2 * QUIET_MS);
  assertEquals(active.finished, false);
  working.resolve();
  await turn();
  assertEquals(active.written, ["hello"]);
  active.arrive(null);
});

Deno.test("serve() tells the mode that it drains, and at the end that it stops", async () => {
  using clock = new FakeClock();
  const calls: string[] = [];
  const { active, idle, totals } = await begin(clock, {
    data: () => {},
    drain: (ms) => void calls.push(`drain ${ms}`),
    stop: () => void calls.push("stop"),
  });
  assertEquals(calls, [`drain ${DRAIN}`]);
  for (const channel of [active, idle]) channel.arrive(null);
  await totals;
  assertEquals(calls, [`drain ${DRAIN}`, "stop"]);
});
