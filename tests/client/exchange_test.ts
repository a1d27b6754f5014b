import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { parseAddress } from "../../lib/transport/address.ts";
import { dial } from "../../lib/transport/dial.ts";
import { exchange } from "../../lib/client/exchange.ts";
import { CLOSE } from "../../lib/client/exchange_options.ts";
import { LINGER_MS } from "../../lib/transport/limits.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { countedSignal, Recorder, start, systemError, textOf } from "../support/net.ts";
import { andFin, converse, say, sayAfter, sayAndHang } from "./helpers.ts";

function heard(recorder: Recorder): string {
  return recorder.of("recv").map(({ data }) => textOf(data)).join("");
}

Deno.test("exchange() says everything, ends its half and reads to the end", async () => {
  const { channel, recorder, totals } = converse(andFin(say("one", "two")));
  await recorder.until("half-close");
  assertEquals([channel.written, channel.finished], [["one", "two"], true]);
  channel.arrive("ans");
  assertEquals(await isSettled(totals), false);
  channel.arrive("wer", null);
  assertEquals(await totals, { received: 6, sent: 6 });
  assertEquals([heard(recorder), channel.closed], ["answer", true]);
});

Deno.test("exchange() tells open, traffic, half-close, close", async () => {
  const { channel, recorder, totals } = converse(andFin(say("question")));
  await recorder.until("half-close");
  channel.arrive("answer", null);
  await totals;
  assertEquals(recorder.names(1), ["open", "send", "half-close", "recv", "close"]);
  assertEquals(recorder.of("half-close")[0]?.dir, "out");
  const [close] = recorder.of("close");
  assertEquals([close?.reason, close?.received, close?.sent], ["closed by you", 6, 8]);
  assertEquals(recorder.events.every((event) => "peer" in event && event.peer === "10.0.0.1:5000"), true);
});

Deno.test("exchange() finishes partial writes in order", async () => {
  const { channel, recorder, totals } = converse(andFin(say("abc", "de")));
  channel.writeMax = 1;
  await recorder.until("half-close");
  channel.arrive(null);
  assertEquals(await totals, { received: 0, sent: 5 });
  assertEquals(channel.written.join(""), "abcde");
});

Deno.test("exchange() ends when the peer ends, even with more to say", async () => {
  const { channel, totals } = converse(sayAndHang("hello"));
  await turn();
  channel.arrive("bye", null);
  assertEquals(await totals, { received: 3, sent: 5 });
  assertEquals([channel.finished, channel.closed], [true, true]);
});

Deno.test("exchange() after CLOSE says no more and waits for the peer's end only a moment", async () => {
  using clock = new FakeClock();
  const { channel, recorder, totals } = converse(say("a", CLOSE, "never said"));
  await clock.advance(LINGER_MS - 1);
  assertEquals([await isSettled(totals), channel.finished], [false, true]);
  channel.arrive("on its way");
  await clock.advance(1);
  assertEquals(await totals, { received: 10, sent: 1 });
  assertEquals([channel.written, recorder.of("close")[0]?.reason, clock.pending], [["a"], "closed by you", 0]);
});

Deno.test("exchange() after CLOSE ends at once with the peer", async () => {
  using clock = new FakeClock();
  const { channel, totals } = converse(say(CLOSE));
  await turn();
  assertEquals([channel.finished, clock.pending], [true, 1]);
  channel.arrive(null);
  await totals;
  assertEquals(clock.pending, 0);
});

Deno.test("exchange() waits for answers no longer than it is told, counted from the end of the speech", async () => {
  using clock = new FakeClock();
  const pause = Promise.withResolvers<void>();
  const { channel, recorder, totals } = converse(sayAfter(pause.promise, "question"), { wait: 300 });
  await clock.advance(1000);
  pause.resolve();
  await clock.advance(299);
  assertEquals([await isSettled(totals), channel.finished], [false, false]);
  await clock.advance(1);
  assertEquals(await totals, { received: 0, sent: 8 });
  assertEquals([channel.finished, channel.closed, clock.pending], [true, true, 0]);
  assertEquals(recorder.of("close")[0]?.reason, "closed: the wait for answers is over");
});

Deno.test("exchange() breaks off after the idle time, counted from the last byte in either direction", async () => {
  using clock = new FakeClock();
  const pause = Promise.withResolvers<void>();
  const speech = sayAfter(pause.promise, "a", sayAndHang);
  const { channel, recorder, totals } = converse(speech, { idle: 100 });
  await clock.advance(60);
  channel.arrive("b");
  await clock.advance(60);
  pause.resolve();
  await clock.advance(99);
  assertEquals(await isSettled(totals), false);
  await clock.advance(1);
  const error = await assertRejects(() => totals, SockeyeError, "Nothing came or went for 0.1 s (idle timeout)");
  assertEquals([error.kind, channel.closed, clock.pending], ["timeout", true, 0]);
  assertEquals(recorder.of("close")[0]?.reason, "given up (timeout)");
});

Deno.test("exchange() ends when it has heard enough", async () => {
  const asked: string[] = [];
  const satisfied = (bytes: Uint8Array) => (asked.push(textOf(bytes)), textOf(bytes) === "enough");
  const { channel, recorder, totals } = converse(sayAndHang(), { until: satisfied });
  channel.arrive("more", "enough", "unread");
  assertEquals(await totals, { received: 10, sent: 0 });
  assertEquals([asked, heard(recorder)], [["more", "enough"], "moreenough"]);
  assertEquals(recorder.of("close")[0]?.reason, "closed: every --expect matched");
});

Deno.test("exchange() breaks off at a reset", async () => {
  const { channel, recorder, totals } = converse(sayAndHang());
  const cause = systemError("ECONNRESET");
  channel.arrive("a", cause);
  const error = await assertRejects(() => totals, SockeyeError, "Connection to 10.0.0.1:5000 lost: ");
  assertEquals([error.kind, channel.closed, heard(recorder)], ["session", true, "a"]);
  assertStrictEquals(error.cause, cause);
  assertEquals(recorder.of("close").map(({ reason }) => reason), ["lost: reset by the peer"]);
});

Deno.test("exchange() throws what the speech throws", async () => {
  const failure = new SockeyeError("file", "Cannot read x");
  const speech = async function* () {
    yield* say("a");
    throw failure;
  };
  const { channel, recorder, totals } = converse(speech());
  assertStrictEquals(await assertRejects(() => totals), failure);
  assertEquals([channel.closed, channel.finished], [true, false]);
  assertEquals(recorder.of("close")[0]?.reason, "given up (file)");
});

for (const [how, last] of [["resets", systemError("ECONNRESET")], ["ends", null]] as const) {
  Deno.test(`exchange() tells the answer of a peer that then ${how} while we still write`, async () => {
    using clock = new FakeClock();
    const { channel, recorder, totals } = converse(sayAndHang("a", "b"));
    channel.writeError = systemError("EPIPE");
    await turn();
    assertEquals(await isSettled(totals), false);
    channel.arrive("go away", last);
    if (last === null) assertEquals(await totals, { received: 7, sent: 0 });
    else assertEquals((await assertRejects(() => totals, SockeyeError, "reset by the peer")).kind, "session");
    assertEquals([heard(recorder), clock.pending], ["go away", 0]);
  });
}

Deno.test("exchange() breaks off when the peer takes no more and says nothing", async () => {
  using clock = new FakeClock();
  const { channel, totals } = converse(sayAndHang("a"));
  channel.writeError = systemError("EPIPE");
  await clock.advance(LINGER_MS - 1);
  assertEquals(await isSettled(totals), false);
  await clock.advance(1);
  const { kind, message } = await assertRejects(() => totals, SockeyeError);
  assertEquals([kind, message], ["session", "Connection to 10.0.0.1:5000 lost: gone before it read everything"]);
});

Deno.test("exchange() throws the reason of its signal, before and during the talk", async () => {
  const reason = new SockeyeError("interrupt", "Stopped by a signal");
  const stop = new AbortController();
  const { channel, recorder, totals } = converse(sayAndHang("a"), { signal: stop.signal });
  await recorder.until("send");
  stop.abort(reason);
  assertStrictEquals(await assertRejects(() => totals), reason);
  assertEquals([channel.closed, recorder.of("close").length], [true, 1]);
  const late = converse(sayAndHang(), { signal: stop.signal });
  assertStrictEquals(await assertRejects(() => late.totals), reason);
  assertEquals(late.channel.closed, true);
});

Deno.test("exchange() leaves the stop signal without listeners", async () => {
  const { signal, listeners } = countedSignal();
  const { channel, totals } = converse(sayAndHang(), { signal });
  channel.arrive(null);
  await totals;
  assertEquals(listeners(), [1, 0]);
});

Deno.test("exchange() reads no more while what shows it is behind", async () => {
  const shown = Promise.withResolvers<void>();
  const { channel, totals } = converse(sayAndHang(), { onTraffic: () => shown.promise });
  channel.arrive("a", "b", null);
  await turn();
  assertEquals(channel.reads.length, 1);
  shown.resolve();
  assertEquals((await totals).received, 2);
});

Deno.test("exchange() reads while it writes: more goes through an echo server than any buffer holds", async () => {
  const quiet = { on: undefined, onTraffic: undefined };
  await using server = await start({ data: (peer, bytes) => peer.send(bytes) }, quiet);
  const chunk = new Uint8Array(1024 * 1024);
  const speech = async function* () {
    for (let i = 0; i < 16; i++) yield await Promise.resolve(chunk);
  };
  const recorder = new Recorder();
  await exchange(await dial(parseAddress(`${server.port}`)), andFin(speech()), { on: recorder.report });
  const [close] = recorder.of("close");
  assertEquals([close?.received, close?.sent], [16 * chunk.length, 16 * chunk.length]);
});
