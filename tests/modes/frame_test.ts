import { assertEquals, assertRejects } from "@std/assert";
import { framed } from "../../lib/modes/frame.ts";
import { type Frame, FRAME_MAX } from "../../lib/text/framing.ts";
import type { Mode } from "../../lib/server/mode.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { FakePeer } from "../support/modes.ts";
import { singles } from "../text/random.ts";

/** A framed mode that keeps the messages and what else it is told. */
function make(
  frame: Frame,
  mode: Partial<Mode> = {},
  max = FRAME_MAX,
): { framed: Mode; heard: string[]; peer: FakePeer } {
  const heard: string[] = [];
  const recorder: Mode = {
    open: () => void heard.push("<open>"),
    data: (_peer, bytes) => void heard.push(textOf(bytes)),
    end: () => void heard.push("<end>"),
    close: () => void heard.push("<close>"),
    stop: () => void heard.push("<stop>"),
    ...mode,
  };
  const wrapped = framed(recorder, frame, max);
  const peer = new FakePeer();
  void wrapped.open?.(peer);
  return { framed: wrapped, heard, peer };
}

const LINE: Frame = { by: "line" };
const GAP: Frame = { by: "gap", ms: 50 };

Deno.test("framed() by line gives the same messages wherever the stream is cut", async () => {
  const stream = bytesOf("one\ntwö\r\n\nthree");
  const inTwo = Array.from({ length: stream.length + 1 }, (_, cut) => [stream.subarray(0, cut), stream.subarray(cut)]);
  for (const parts of [...inTwo, singles(stream)]) {
    const { framed, heard, peer } = make(LINE);
    for (const part of parts) await framed.data(peer, part);
    assertEquals(heard, ["<open>", "one\n", "twö\r\n", "\n"], `cut at ${parts[0]?.length}`);
    await framed.end?.(peer);
    assertEquals(heard.slice(4), ["three", "<end>"]);
  }
});

Deno.test("framed() by line gives a line over 1 MiB in parts", async () => {
  const { framed, heard, peer } = make(LINE);
  await framed.data(peer, new Uint8Array(2_500_000).fill(0x61));
  await framed.data(peer, bytesOf("b\n"));
  const max = 1024 * 1024;
  assertEquals(heard.slice(1).map((message) => message.length), [max, max, 2_500_002 - 2 * max]);
});

Deno.test("framed() hands over no stray bytes, and every byte of a message", async () => {
  const between: Frame = { by: "between", head: bytesOf("<<"), tail: bytesOf(">") };
  const { framed, heard, peer } = make(between);
  for (const part of ["noise<", "<one><<tw", "o>more", "<<thr"]) await framed.data(peer, bytesOf(part));
  await framed.end?.(peer);
  assertEquals(heard, ["<open>", "<<one>", "<<two>", "<<thr", "<end>"]);
});

Deno.test("framed() hands the lines of one read on one after the other", async () => {
  const first = Promise.withResolvers<void>();
  const heard: string[] = [];
  const { framed, peer } = make(LINE, {
    data: (_peer, bytes) => {
      heard.push(textOf(bytes));
      return first.promise;
    },
  });
  const done = framed.data(peer, bytesOf("a\nb\n"));
  await turn();
  assertEquals(heard, ["a\n"]);
  first.resolve();
  await done;
  assertEquals(heard, ["a\n", "b\n"]);
});

Deno.test("framed() gives nothing more to a mode that has ended the talk", async () => {
  const heard: string[] = [];
  const { framed, peer } = make(LINE, {
    data: (peer, bytes) => (heard.push(textOf(bytes)), peer.end()),
  });
  await framed.data(peer, bytesOf("a\nb\n"));
  assertEquals(heard, ["a\n"]);
});

Deno.test("framed() keeps the streams of two peers apart", async () => {
  const { framed, heard, peer } = make(LINE);
  const other = new FakePeer(2);
  void framed.open?.(other);
  await framed.data(peer, bytesOf("a"));
  await framed.data(other, bytesOf("x\n"));
  await framed.data(peer, bytesOf("b\n"));
  assertEquals(heard, ["<open>", "<open>", "x\n", "ab\n"]);
});

Deno.test("framed() drops what a peer that is gone began", async () => {
  using clock = new FakeClock();
  for (const frame of [LINE, GAP]) {
    const { framed, heard, peer } = make(frame);
    await framed.data(peer, bytesOf("half"));
    framed.close?.(peer);
    await clock.advance(1000);
    assertEquals([heard, clock.pending], [["<open>", "<close>"], 0]);
  }
});

Deno.test("framed() by line passes on what the mode throws", async () => {
  const { framed, peer } = make(LINE, { data: () => Promise.reject(new Error("bug")) });
  await assertRejects(() => Promise.resolve(framed.data(peer, bytesOf("a\n"))), Error, "bug");
});

Deno.test("framed() by gap makes one message of what comes within the gap", async () => {
  using clock = new FakeClock();
  const { framed, heard, peer } = make(GAP);
  for (const bytes of ["a", "b", "c"].map(bytesOf)) {
    await framed.data(peer, bytes);
    bytes.fill(0x58); // The server reads into the same buffer again.
    await clock.advance(49);
  }
  assertEquals(heard, ["<open>"]);
  await clock.advance(1);
  assertEquals(heard, ["<open>", "abc"]);
  await framed.data(peer, bytesOf("d"));
  await clock.advance(50);
  assertEquals([heard, clock.pending], [["<open>", "abc", "d"], 0]);
});

Deno.test("framed() by gap gives the rest at the end, without waiting", async () => {
  using clock = new FakeClock();
  const { framed, heard, peer } = make(GAP);
  await framed.data(peer, bytesOf("rest"));
  await framed.end?.(peer);
  assertEquals([heard, clock.pending], [["<open>", "rest", "<end>"], 0]);
});

Deno.test("framed() by gap hands on as many bytes as the limit without waiting for the gap", async () => {
  using clock = new FakeClock();
  const { framed, heard, peer } = make(GAP, {}, 65536);
  await framed.data(peer, new Uint8Array(65535));
  assertEquals(heard.length, 1);
  await framed.data(peer, new Uint8Array(1));
  assertEquals([heard[1]?.length, clock.pending], [65536, 0]);
  await framed.data(peer, bytesOf("next"));
  await clock.advance(50);
  assertEquals(heard[2], "next");
});

Deno.test("framed() by gap kicks the peer when the mode throws", async () => {
  using clock = new FakeClock();
  const { framed, peer } = make(GAP, { data: () => Promise.reject(new Error("bug")) });
  await framed.data(peer, bytesOf("a"));
  await clock.advance(50);
  assertEquals(peer.kicks, ["bug"]);
});

Deno.test("framed() by gap gives nothing to a mode that has ended the talk", async () => {
  using clock = new FakeClock();
  const { framed, heard, peer } = make(GAP);
  await framed.data(peer, bytesOf("a"));
  await peer.end();
  await clock.advance(50);
  assertEquals(heard, ["<open>"]);
});

Deno.test("framed() passes a stop on, with and without clients", () => {
  for (const frame of [LINE, GAP]) {
    const { framed: wrapped, heard } = make(frame);
    wrapped.stop?.();
    assertEquals(heard, ["<open>", "<stop>"]);
    framed({ data: () => {} }, frame).stop?.();
  }
});

Deno.test("framed() by gap hands over one message at a time", async () => {
  using clock = new FakeClock();
  let atOnce = 0;
  const { framed, peer } = make(GAP, { data: () => (atOnce++, new Promise(() => {})) });
  for (let i = 0; i < 3; i++) {
    void framed.data(peer, bytesOf("a")); // Settles at once: the server reads on, whatever the mode does.
    await clock.advance(50);
  }
  assertEquals(atOnce, 1);
});

Deno.test("framed() by gap ends after its last message is handled", async () => {
  using clock = new FakeClock();
  const slow = Promise.withResolvers<void>();
  const { framed, heard, peer } = make(GAP, { data: () => slow.promise.then(() => void heard.push("data")) });
  await framed.data(peer, bytesOf("a"));
  await clock.advance(50);
  const ended = Promise.resolve(framed.end?.(peer));
  await turn();
  slow.resolve();
  await ended;
  assertEquals(heard, ["<open>", "data", "<end>"]);
});
