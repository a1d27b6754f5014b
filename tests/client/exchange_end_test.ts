import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { exchange } from "../../lib/client/exchange.ts";
import type { Outgoing } from "../../lib/client/exchange_options.ts";
import { SockeyeError } from "../../lib/errors.ts";
import type { SockeyeEvent } from "../../lib/events.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { bytesOf, FakeChannel, systemError } from "../support/net.ts";
import { converse, say, sayAfter } from "./helpers.ts";

Deno.test("exchange() says and sets nothing after its end", async () => {
  using clock = new FakeClock();
  const more = Promise.withResolvers<void>();
  const { channel, recorder, totals } = converse(sayAfter(more.promise, "late"), { wait: 60_000 });
  channel.arrive(null);
  await clock.advance(200);
  await totals;
  more.resolve();
  await turn();
  assertEquals([recorder.names(), clock.pending], [["open", "half-close", "close"], 0]);
});

/** A speech that says what it is given, when it is given it. */
function dictated(): { speech: Outgoing; say(text: string): void } {
  const parts = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 100 });
  const writer = parts.writable.getWriter();
  return { speech: parts.readable.values(), say: (text) => void writer.write(bytesOf(text)) };
}

Deno.test("exchange() hears a speech out that pauses shorter than its patience, though the peer has ended", async () => {
  using clock = new FakeClock();
  const { speech, say } = dictated();
  const { channel, totals } = converse(speech, { idleAfterEnd: 1_000 });
  channel.arrive(null);
  for (const part of ["one", "two", "three"]) {
    await clock.advance(900);
    assertEquals(await isSettled(totals), false);
    say(part);
    await turn();
  }
  await clock.advance(1_100);
  assertEquals(await totals, { received: 0, sent: 11 });
  assertEquals(channel.written, ["one", "two", "three"]);
});

Deno.test("exchange() counts no silence while its process gets no time", async () => {
  using clock = new FakeClock();
  const { speech, say } = dictated();
  const { channel, totals } = converse(speech, { idleAfterEnd: 1_000 });
  channel.arrive(null);
  await turn();
  clock.spend(60_000);
  await clock.advance(0);
  assertEquals(await isSettled(totals), false);
  say("what waited meanwhile");
  await clock.advance(1_100);
  assertEquals((await totals, channel.written), ["what waited meanwhile"]);
});

Deno.test("exchange() takes a word that waits to be shown for no silence", async () => {
  using clock = new FakeClock();
  const shown = Promise.withResolvers<void>();
  const { speech, say } = dictated();
  const { channel, totals } = converse(speech, { idleAfterEnd: 100, onTraffic: () => shown.promise });
  channel.arrive(null);
  say("slow to be shown");
  await clock.advance(60_000);
  assertEquals([await isSettled(totals), channel.written], [false, []]);
  shown.resolve();
  await clock.advance(200);
  assertEquals((await totals, channel.written), ["slow to be shown"]);
});

Deno.test("exchange() is over though nobody reads that it is", async () => {
  const stop = new AbortController();
  const unread = new Promise<void>(() => {});
  const on = ({ event }: SockeyeEvent) => event === "close" ? unread : undefined;
  const over = exchange(new FakeChannel(), say(), { on, signal: stop.signal });
  await turn();
  const reason = new SockeyeError("interrupt", "Stopped by a signal");
  stop.abort(reason);
  assertEquals(await isSettled(over.catch(() => {})), true);
  assertStrictEquals(await assertRejects(() => over), reason);
});

Deno.test("exchange() takes idle 0 for no limit, as serve() does", async () => {
  const { channel, totals } = converse(say(), { idle: 0 });
  await turn();
  await turn();
  channel.arrive(null);
  assertEquals(await totals, { received: 0, sent: 0 });
});

/** What went wrong, and what is told of it: the error, its kind, the close event. */
const BREAKS = [
  ["tcp", systemError("ECONNRESET"), "Connection to 10.0.0.1:5000 lost: reset by the peer", "session"],
  ["udp", systemError("ENETUNREACH"), "Talk with 10.0.0.1:5000 broken: the network is unreachable", "session"],
  ["udp", new Error("Odd error (os error 99)"), "Talk with 10.0.0.1:5000 broken: Odd error", "session"],
  [
    "tls",
    new Error("received fatal alert: CertificateRequired"),
    "Connection to 10.0.0.1:5000 lost: it asks for a certificate of the client; --cert and --key show one",
    "tls",
  ],
] as const;

for (const [transport, cause, message, kind] of BREAKS) {
  Deno.test(`exchange() over ${transport} tells "${cause.message}" in a sentence`, async () => {
    const channel: FakeChannel = Object.assign(new FakeChannel(), { transport });
    channel.arrive(cause);
    const { recorder, totals } = converse(say(), {}, channel);
    const error = await assertRejects(() => totals, SockeyeError);
    assertEquals([error.message, error.kind], [message, kind]);
    assertEquals(recorder.of("close")[0]?.reason, message.replace(/^.*(lost|broken): /, "$1: "));
  });
}
