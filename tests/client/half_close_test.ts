/** When a client's half ends, and what becomes of what a peer that had ended first did not take. */

import { assertEquals, assertRejects } from "@std/assert";
import { DONE } from "../../lib/client/exchange_options.ts";
import { ANSWER_PAUSE_MS, ANSWER_START_MS } from "../../lib/client/limits.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { bytesOf, FakeChannel, systemError } from "../support/net.ts";
import { andFin, converse, say, sayAfter, sayAndHang } from "./helpers.ts";

/** Half a step of the client's clock. */
const STEP_MS = 100;

Deno.test("exchange() keeps its half open for the first byte of an answer, then ends it", async () => {
  using clock = new FakeClock();
  const { channel, totals } = converse(say("question"));
  await clock.advance(ANSWER_START_MS - STEP_MS);
  assertEquals(channel.finished, false);
  await clock.advance(STEP_MS);
  assertEquals([channel.finished, await isSettled(totals)], [true, false]);
  channel.arrive("at last", null);
  assertEquals(await totals, { received: 7, sent: 8 });
  assertEquals(clock.pending, 0);
});

Deno.test("exchange() ends its half when the answer pauses", async () => {
  using clock = new FakeClock();
  const { channel, totals } = converse(say("question"));
  for (const part of ["one", "two", "three"]) {
    await clock.advance(ANSWER_PAUSE_MS - STEP_MS);
    channel.arrive(part);
    await turn();
    assertEquals(channel.finished, false);
  }
  await clock.advance(ANSWER_PAUSE_MS);
  assertEquals([channel.finished, await isSettled(totals)], [true, false]);
  channel.arrive(null);
  assertEquals(await totals, { received: 11, sent: 8 });
});

Deno.test("exchange() takes what came before the last byte for no answer to it", async () => {
  using clock = new FakeClock();
  const more = Promise.withResolvers<void>();
  const { channel, totals } = converse(sayAfter(more.promise, "question"));
  channel.arrive("Welcome");
  await turn();
  more.resolve();
  await clock.advance(ANSWER_START_MS - STEP_MS);
  assertEquals(channel.finished, false);
  channel.arrive(null);
  await totals;
});

Deno.test("exchange() does not take an output that is behind for a pause of the answer", async () => {
  using clock = new FakeClock();
  const shown = Promise.withResolvers<void>();
  const { channel, totals } = converse(say("question"), {
    onTraffic: ({ event }) => event === "recv" ? shown.promise : undefined,
  });
  channel.arrive("a long answer");
  await clock.advance(10 * ANSWER_START_MS);
  assertEquals(channel.finished, false);
  shown.resolve();
  channel.arrive(null);
  await totals;
});

Deno.test("exchange() ends its half at once after FIN, and waits for answers then", async () => {
  using clock = new FakeClock();
  const { channel, totals } = converse(andFin(say("question")), { wait: 300 });
  await turn();
  assertEquals(channel.finished, true);
  await clock.advance(299);
  assertEquals(await isSettled(totals), false);
  await clock.advance(1);
  assertEquals([await totals, clock.pending], [{ received: 0, sent: 8 }, 0]);
});

Deno.test("exchange() is over at DONE, and ends its half before it closes", async () => {
  const speech = async function* () {
    yield* say("QUIT");
    yield DONE;
  };
  const { channel, recorder, totals } = converse(speech());
  await totals;
  assertEquals([channel.finished, channel.closed], [true, true]);
  assertEquals(recorder.of("close")[0]?.reason, "closed: every --expect matched");
});

Deno.test("exchange() fails when a peer that had ended first broke the connection at what came later", async () => {
  const more = Promise.withResolvers<void>();
  const { channel, totals } = converse(sayAfter(more.promise, "late"), { idleAfterEnd: Infinity });
  channel.arrive("bye", null);
  await turn();
  channel.writeError = systemError("EPIPE");
  more.resolve();
  const { kind, message } = await assertRejects(() => totals, SockeyeError);
  assertEquals([kind, message], ["session", "Connection to 10.0.0.1:5000 lost: gone before it read everything"]);
});

Deno.test("exchange() notices the reset that what came late is answered with", async () => {
  using clock = new FakeClock();
  const more = Promise.withResolvers<void>();
  const { channel, totals } = converse(sayAfter(more.promise, "late"), { idleAfterEnd: Infinity });
  channel.arrive(null);
  await turn();
  more.resolve();
  await turn();
  assertEquals(channel.written, ["late"]);
  channel.writeError = systemError("EPIPE");
  await clock.advance(1_000);
  await assertRejects(() => totals, SockeyeError, "gone before it read everything");
});

Deno.test("exchange() takes what came late for read when no reset comes", async () => {
  using clock = new FakeClock();
  const more = Promise.withResolvers<void>();
  const { channel, totals } = converse(sayAfter(more.promise, "late"), { idleAfterEnd: Infinity });
  channel.arrive(null);
  await turn();
  more.resolve();
  await clock.advance(1_000);
  assertEquals(await totals, { received: 0, sent: 4 });
  assertEquals([channel.written, channel.finished], [["late", ""], true]);
});

for (const [fact, spoken, fails] of [["had begun", ["a"], true], ["had not begun", [], false]] as const) {
  Deno.test(`exchange() ${fails ? "fails" : "ends"} when the peer ends while an input that ${fact} goes on`, async () => {
    using clock = new FakeClock();
    const { channel, totals } = converse(sayAndHang(...spoken), { idleAfterEnd: 1_000, needsAll: true });
    await turn();
    channel.arrive(null);
    await clock.advance(1_100);
    if (!fails) return void assertEquals(await totals, { received: 0, sent: 0 });
    const { kind, message } = await assertRejects(() => totals, SockeyeError);
    const says = "Connection to 10.0.0.1:5000 closed by the peer while the input was still open";
    assertEquals([kind, message], ["session", says]);
  });
}

Deno.test("exchange() calls `ended` once, when the peer sends no more", async () => {
  let calls = 0;
  const { channel, totals } = converse(sayAndHang(), { ended: () => void calls++ }, new FakeChannel());
  channel.arrive(bytesOf("x"));
  await turn();
  assertEquals(calls, 0);
  channel.arrive(null);
  await totals;
  assertEquals(calls, 1);
});
