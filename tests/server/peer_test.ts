import { assertEquals, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { OUTBOX_LIMIT } from "../../lib/server/limits.ts";
import { LINGER_MS } from "../../lib/transport/limits.ts";
import type { Mode, Peer } from "../../lib/server/mode.ts";
import { ServedPeer } from "../../lib/server/peer.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { bytesOf, FakeChannel, Recorder, systemError, textOf } from "../support/net.ts";

const IDLE = 100;

/** Serves one peer on a channel in memory. */
function serveOne(mode: Partial<Mode>, idle = 0): {
  channel: FakeChannel;
  peer: ServedPeer;
  recorder: Recorder;
  over: Promise<void>;
} {
  const channel = new FakeChannel();
  const recorder = new Recorder();
  const { report } = recorder;
  const peer = new ServedPeer(7, channel, { data: () => {}, ...mode }, { on: report, onTraffic: report, idle });
  return { channel, peer, recorder, over: peer.run() };
}

const echo: Mode = { data: (peer, bytes) => peer.send(bytes) };

Deno.test("ServedPeer tells what happened in order, with totals", async () => {
  const { channel, recorder, over } = serveOne(echo);
  channel.arrive("hello", null);
  await over;
  assertEquals(recorder.names(), ["open", "recv", "send", "half-close", "close"]);
  const [close] = recorder.of("close");
  assertEquals({ ...close, ms: 0 }, {
    event: "close",
    id: 7,
    peer: "10.0.0.1:5000",
    reason: "closed by the peer",
    received: 5,
    sent: 5,
    ms: 0,
  });
  assertEquals([channel.finished, channel.closed], [true, true]);
});

Deno.test("ServedPeer hands nothing over before the mode's open has settled", async () => {
  const heard: string[] = [];
  const opened = Promise.withResolvers<void>();
  const { channel, over } = serveOne({
    open: () => opened.promise,
    data: (_peer, bytes) => void heard.push(textOf(bytes)),
  });
  channel.arrive("hello", null);
  await turn();
  assertEquals([channel.reads.length, heard], [1, []]);
  opened.resolve();
  await over;
  assertEquals(heard, ["hello"]);
});

Deno.test("ServedPeer notices that a peer leaves before the mode's open has settled", async () => {
  const { channel, over } = serveOne({ open: () => new Promise(() => {}) });
  channel.arrive(null);
  await over;
  assertEquals(channel.closed, true);
});

Deno.test("ServedPeer reads nothing more before the mode's data has settled", async () => {
  const heard: string[] = [];
  const done = Promise.withResolvers<void>();
  const { channel, over } = serveOne({ data: (_peer, bytes) => (heard.push(textOf(bytes)), done.promise) });
  channel.arrive("a", "b", null);
  await turn();
  assertEquals([channel.reads.length, heard], [1, ["a"]]);
  done.resolve();
  await over;
  assertEquals(heard, ["a", "b"]);
});

Deno.test("ServedPeer waits for the mode's end before its own FIN", async () => {
  const answered = Promise.withResolvers<void>();
  const { channel, over } = serveOne({
    end: async (peer) => {
      await answered.promise;
      peer.post([bytesOf("bye")]);
    },
  });
  channel.arrive(null);
  await turn();
  assertEquals(channel.finished, false);
  answered.resolve();
  await over;
  assertEquals([channel.written, channel.finished], [["bye"], true]);
});

Deno.test("ServedPeer writes what is queued before it answers FIN with FIN", async () => {
  const { channel, peer, over } = serveOne({});
  channel.holdWrites();
  peer.post([bytesOf("last words")]);
  channel.arrive(null);
  await turn();
  assertEquals([channel.finished, channel.closed], [false, false]);
  channel.releaseWrites();
  await over;
  assertEquals([channel.written, channel.finished], [["last words"], true]);
});

Deno.test("ServedPeer.end() sends what is queued, then FIN, and drops what still comes", async () => {
  using clock = new FakeClock();
  const heard: string[] = [];
  const { channel, peer, recorder, over } = serveOne({ data: (_peer, bytes) => void heard.push(textOf(bytes)) });
  await turn();
  channel.holdWrites();
  assertEquals(peer.post([bytesOf("last words")]), true);
  const ended = peer.end();
  assertEquals([peer.open, channel.finished, await isSettled(peer.end())], [false, false, false]);
  assertEquals(peer.post([bytesOf("too late")]), false);
  await assertRejects(() => peer.send(bytesOf("too late")), SockeyeError, "Cannot send: the talk is over");
  channel.releaseWrites();
  await ended;
  assertEquals([channel.written, channel.finished, channel.closed], [["last words"], true, false]);
  channel.arrive("unheard", null);
  await over;
  assertEquals([heard, recorder.of("close")[0]?.reason, clock.pending], [[], "closed", 0]);
});

Deno.test("ServedPeer waits no longer than the linger time for the peer's FIN", async () => {
  using clock = new FakeClock();
  const { channel, peer, recorder, over } = serveOne({});
  await turn();
  await peer.end();
  await clock.advance(LINGER_MS - 1);
  assertEquals(channel.closed, false);
  await clock.advance(1);
  await over;
  assertEquals([channel.closed, recorder.of("close")[0]?.reason], [true, "closed"]);
});

Deno.test("ServedPeer.flush() settles when the system took what was queued, and at once when nothing is", async () => {
  const { channel, peer, over } = serveOne({});
  await peer.flush();
  channel.holdWrites();
  peer.post([bytesOf("a")]);
  const flushed = peer.flush();
  assertEquals(await isSettled(flushed), false);
  channel.releaseWrites();
  await flushed;
  assertEquals([channel.written, peer.sent], [["a"], 1]);
  channel.arrive(null);
  await over;
});

Deno.test("ServedPeer.flush() waits for a send whose report is behind", async () => {
  const shown = Promise.withResolvers<void>();
  const channel = new FakeChannel();
  const peer = new ServedPeer(1, channel, { data: () => {} }, { onTraffic: () => shown.promise, idle: 0 });
  const over = peer.run();
  await turn();
  const sent = peer.send(bytesOf("a"));
  const flushed = peer.flush();
  assertEquals(await isSettled(flushed), false);
  shown.resolve();
  await Promise.all([sent, flushed]);
  channel.arrive(null);
  await over;
});

Deno.test("ServedPeer.flush() settles when the peer is gone, and after that", async () => {
  const { channel, peer, over } = serveOne({});
  await turn();
  channel.holdWrites();
  peer.post([bytesOf("a")]);
  const flushed = peer.flush();
  peer.kick("enough");
  await flushed;
  await peer.flush();
  await over;
  assertEquals(channel.written, []);
});

Deno.test("ServedPeer says of traffic whether it was posted", async () => {
  const { channel, peer, recorder, over } = serveOne(echo);
  channel.arrive("a");
  await recorder.until("send");
  assertEquals(peer.post([bytesOf("b")]), true);
  channel.arrive(null);
  await over;
  const traffic = [...recorder.of("recv"), ...recorder.of("send")];
  assertEquals(traffic.map(({ event, data, posted }) => [event, textOf(data), posted]), [
    ["recv", "a", undefined],
    ["send", "a", undefined],
    ["send", "b", true],
  ]);
});

Deno.test("ServedPeer tells no traffic for what it did not take", async () => {
  const { channel, peer, recorder, over } = serveOne({});
  await turn();
  channel.holdWrites();
  peer.post([bytesOf("a")]);
  assertEquals(peer.post([new Uint8Array(OUTBOX_LIMIT)]), false);
  peer.kick("enough");
  assertEquals(peer.post([bytesOf("b")]), false);
  await over;
  assertEquals(recorder.of("send").map(({ data }) => textOf(data)), ["a"]);
});

Deno.test("ServedPeer.kick() closes at once, tells the reason once, and tells the mode once", async () => {
  const left: number[] = [];
  const { channel, peer, recorder, over } = serveOne({ close: ({ id }: Peer) => void left.push(id) });
  await turn();
  channel.holdWrites();
  const sent = peer.send(bytesOf("a"));
  peer.kick("enough");
  peer.kick("again");
  assertEquals(channel.closed, true);
  await assertRejects(() => sent, SockeyeError, "Cannot send: the peer is gone");
  await peer.end();
  await over;
  await peer.finished;
  assertEquals([recorder.of("close").map(({ reason }) => reason), left], [["enough"], [7]]);
});

Deno.test("ServedPeer ends when a write fails, while the peer is silent", async () => {
  const { channel, peer, recorder, over } = serveOne({});
  await turn();
  channel.writeError = systemError("EPIPE");
  assertEquals(peer.post([bytesOf("a")]), true);
  await over;
  assertEquals(recorder.of("close")[0]?.reason, "gone before it read everything");
});

for (const hook of ["open", "data", "end"] as const) {
  Deno.test(`ServedPeer ends with the message of what the mode's ${hook} throws`, async () => {
    const { channel, recorder, over } = serveOne({
      [hook]: () => {
        throw new TypeError(`bug in ${hook}`);
      },
    });
    channel.arrive("a", null);
    await over;
    assertEquals([recorder.of("close")[0]?.reason, channel.closed], [`bug in ${hook}`, true]);
  });
}

Deno.test("ServedPeer outlives a mode whose close throws", async () => {
  const { channel, recorder, over } = serveOne({
    close: () => {
      throw new Error("bug");
    },
  });
  channel.arrive(null);
  await over;
  assertEquals(recorder.of("close")[0]?.reason, "closed by the peer (bug)");
});

Deno.test("ServedPeer waits for a report that is behind before it hands the bytes on", async () => {
  const shown = Promise.withResolvers<void>();
  const channel = new FakeChannel();
  const heard: string[] = [];
  const mode: Mode = { data: (_peer, bytes) => void heard.push(textOf(bytes)) };
  const peer = new ServedPeer(1, channel, mode, { onTraffic: () => shown.promise, idle: 0 });
  const over = peer.run();
  channel.arrive("a", "b", null);
  assertEquals(await isSettled(over), false);
  assertEquals([channel.reads.length, heard], [1, []]);
  shown.resolve();
  await over;
  assertEquals(heard, ["a", "b"]);
});

Deno.test("ServedPeer reads a stream with a growing buffer, up to 256 KiB", async () => {
  const { channel, over } = serveOne({});
  channel.arrive(new Uint8Array(1_000_000), null);
  await over;
  assertEquals(channel.reads.slice(0, 6).map((size) => size / 1024), [4, 16, 64, 256, 256, 256]);
});

Deno.test("ServedPeer drops a silent peer politely", async () => {
  using clock = new FakeClock();
  const { channel, recorder, over } = serveOne(echo, IDLE);
  await clock.advance(IDLE - 1);
  assertEquals(channel.finished, false);
  await clock.advance(1);
  assertEquals([channel.finished, channel.closed], [true, false]);
  channel.arrive(null);
  await over;
  assertEquals([recorder.of("close")[0]?.reason, clock.pending], ["idle for 0.1 s", 0]);
});

Deno.test("ServedPeer takes a byte in either direction for a sign of life", async () => {
  using clock = new FakeClock();
  const { channel, peer, over } = serveOne({}, IDLE);
  await clock.advance(60);
  channel.arrive("a");
  await clock.advance(60);
  peer.post([bytesOf("b")]);
  await clock.advance(99);
  assertEquals(channel.finished, false);
  await clock.advance(1);
  assertEquals(channel.finished, true);
  channel.arrive(null);
  await over;
});

Deno.test("ServedPeer drops an idle peer at once when it does not read", async () => {
  using clock = new FakeClock();
  const { channel, recorder, over } = serveOne(echo, IDLE);
  channel.holdWrites();
  channel.arrive("a");
  await clock.advance(IDLE);
  await over;
  assertEquals([channel.finished, channel.closed, clock.pending], [false, true, 0]);
  assertEquals(recorder.of("close")[0]?.reason, "idle for 0.1 s");
});
