import { assertEquals, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { OUTBOX_LIMIT } from "../../lib/server/limits.ts";
import { LINGER_MS } from "../../lib/transport/limits.ts";
import type { Mode, Peer } from "../../lib/server/mode.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { bytesOf, FakeChannel, systemError, textOf } from "../support/net.ts";
import { ECHO, servePeer } from "./helpers.ts";

const IDLE = 100;

Deno.test("ServedPeer notices that a peer leaves before the mode's open has settled", async () => {
  const { channel, over } = servePeer({ open: () => new Promise(() => {}) });
  channel.arrive(null);
  await over;
  assertEquals(channel.closed, true);
});

Deno.test("ServedPeer reads nothing more before the mode's data has settled", async () => {
  const heard: string[] = [];
  const done = Promise.withResolvers<void>();
  const { channel, over } = servePeer({ data: (_peer, bytes) => (heard.push(textOf(bytes)), done.promise) });
  channel.arrive("a", "b", null);
  await turn();
  assertEquals([channel.reads.length, heard], [1, ["a"]]);
  done.resolve();
  await over;
  assertEquals(heard, ["a", "b"]);
});

Deno.test("ServedPeer.end() sends what is queued, then FIN, and drops what still comes", async () => {
  using clock = new FakeClock();
  const heard: string[] = [];
  const { channel, peer, recorder, over } = servePeer({ data: (_peer, bytes) => void heard.push(textOf(bytes)) });
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
  const { channel, peer, recorder, over } = servePeer();
  await turn();
  await peer.end();
  await clock.advance(LINGER_MS - 1);
  assertEquals(channel.closed, false);
  await clock.advance(1);
  await over;
  assertEquals([channel.closed, recorder.of("close")[0]?.reason], [true, "closed"]);
});

Deno.test("ServedPeer.flush() settles when the system took what was queued, and at once when nothing is", async () => {
  const { channel, peer, over } = servePeer();
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

Deno.test("ServedPeer.flush() settles when the peer is gone, and after that", async () => {
  const { channel, peer, over } = servePeer();
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

Deno.test("ServedPeer tells no traffic for what it did not take", async () => {
  const { channel, peer, recorder, over } = servePeer();
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
  const { channel, peer, recorder, over } = servePeer({ close: ({ id }: Peer) => void left.push(id) });
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
  const { channel, peer, recorder, over } = servePeer();
  await turn();
  channel.writeError = systemError("EPIPE");
  assertEquals(peer.post([bytesOf("a")]), true);
  await over;
  assertEquals(recorder.of("close")[0]?.reason, "gone before it read everything");
});

for (const hook of ["open", "data", "end"] as const) {
  Deno.test(`ServedPeer ends with the message of what the mode's ${hook} throws`, async () => {
    const { channel, recorder, over } = servePeer({
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
  const { channel, recorder, over } = servePeer({
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
  const heard: string[] = [];
  const mode: Mode = { data: (_peer, bytes) => void heard.push(textOf(bytes)) };
  const { channel, over } = servePeer(mode, { onTraffic: () => shown.promise });
  channel.arrive("a", "b", null);
  assertEquals(await isSettled(over), false);
  assertEquals([channel.reads.length, heard], [1, []]);
  shown.resolve();
  await over;
  assertEquals(heard, ["a", "b"]);
});

Deno.test("ServedPeer reads a stream with a growing buffer, up to 256 KiB", async () => {
  const { channel, over } = servePeer();
  channel.arrive(new Uint8Array(1_000_000), null);
  await over;
  assertEquals(channel.reads.slice(0, 6).map((size) => size / 1024), [4, 16, 64, 256, 256, 256]);
});

Deno.test("ServedPeer takes a byte in either direction for a sign of life", async () => {
  using clock = new FakeClock();
  const { channel, peer, over } = servePeer({}, { idle: IDLE });
  await clock.advance(60);
  channel.arrive("a");
  await clock.advance(60);
  peer.post([bytesOf("b")]);
  await clock.advance(99);
  assertEquals(channel.finished, false);
  await clock.advance(IDLE / 4);
  assertEquals(channel.finished, true);
  channel.arrive(null);
  await over;
});

Deno.test("ServedPeer drops an idle peer at once when it does not read", async () => {
  using clock = new FakeClock();
  const { channel, recorder, over } = servePeer(ECHO, { idle: IDLE });
  channel.holdWrites();
  channel.arrive("a");
  await clock.advance(IDLE + IDLE / 4);
  await over;
  assertEquals([channel.finished, channel.closed, clock.pending], [false, true, 0]);
  assertEquals(recorder.of("close")[0]?.reason, "idle for 0.1 s");
});

Deno.test("ServedPeer.end() sends what is queued even if the client's FIN comes meanwhile", async () => {
  const { channel, peer, over } = servePeer();
  await turn();
  channel.holdWrites();
  peer.post([bytesOf("last words")]);
  void peer.end();
  channel.arrive(null); // nc -N: the client has finished sending, it still reads
  await turn();
  assertEquals(channel.closed, false);
  channel.releaseWrites();
  await over;
  assertEquals(channel.written, ["last words"]);
});

Deno.test("ServedPeer.end() waits for a send whose report is behind", async () => {
  const shown = Promise.withResolvers<void>();
  const { channel, peer, over } = servePeer({}, { onTraffic: () => shown.promise });
  await turn();
  const sent = peer.send(bytesOf("answer"));
  sent.catch(() => {});
  void peer.end();
  await turn();
  shown.resolve();
  await turn();
  channel.arrive(null);
  await over;
  assertEquals(channel.written, ["answer"]);
});

Deno.test("a slow reader that takes bytes all the time is not idle", async () => {
  using clock = new FakeClock();
  const { channel, peer, recorder, over } = servePeer({}, { onTraffic: undefined, idle: 100 });
  await turn();
  channel.writeMax = 1;
  const slow = channel.write.bind(channel);
  channel.write = async (bytes) => {
    await new Promise<void>((resolve) => setTimeout(resolve, 30));
    return await slow(bytes);
  };
  peer.send(bytesOf("0123456789")).catch(() => {});
  await clock.advance(300);
  const sent = peer.sent;
  peer.kick("end of the test");
  await over;
  assertEquals([sent, recorder.of("close")[0]?.reason], [10, "end of the test"]);
});

Deno.test("a peer whose FIN came already is closed at once, and before that ended where a FIN is not all", async () => {
  using clock = new FakeClock();
  for (const closeSendsFin of [true, false, undefined]) {
    const channel = Object.assign(new FakeChannel(), { closeSendsFin });
    const { peer } = servePeer({ end: () => new Promise(() => {}) }, {}, channel);
    channel.arrive(null);
    await turn();
    await peer.close("the server stops", LINGER_MS);
    assertEquals([channel.finished, channel.closed, clock.pending], [!closeSendsFin, true, 0]);
  }
});

Deno.test("a mode is not opened for a peer that is gone", async () => {
  const told: string[] = [];
  const shown = Promise.withResolvers<void>();
  const mode = { open: () => void told.push("open"), close: () => void told.push("close") };
  const { peer, over } = servePeer(mode, { on: () => shown.promise, onTraffic: undefined });
  peer.kick("the server stopped waiting");
  shown.resolve();
  await over;
  assertEquals(told.join() === "" || told.join() === "open,close", true, told.join());
});
