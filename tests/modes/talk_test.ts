import { assertEquals, assertStrictEquals } from "@std/assert";
import { talk } from "../../lib/modes/talk.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { isSettled, turn } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { FakeOperator, FakePeer, makeContext, makeMode } from "../support/modes.ts";

/** A talk with an operator at a terminal, or behind a pipe. */
function make({ interactive = true, encoding = "utf-8" } = {}) {
  const operator = new FakeOperator(interactive);
  const context = makeContext({ operator, encoding });
  const mode = makeMode(talk, {}, context);
  /** A client comes; `turn` settles when it is served. */
  const come = (id: number) => {
    const peer = new FakePeer(id);
    return { peer, turn: Promise.resolve(mode.open?.(peer)) };
  };
  /** A client has finished sending; settles when the mode lets it go. */
  const end = (peer: FakePeer) => Promise.resolve(mode.end?.(peer));
  return { mode, operator, notices: context.notices, come, end };
}

const HINT = "is here: type an answer, q ends the talk";

Deno.test("talk serves the first client and tells the operator", async () => {
  const { operator, notices, come } = make();
  const { peer, turn: served } = come(1);
  await served;
  operator.type("hello");
  await turn();
  assertEquals([peer.heard, peer.ways], [["hello\n"], ["post"]]);
  assertEquals([notices, operator.prompts], [[`#1 ${HINT}`], ["#1> "]]);
});

Deno.test("talk lets the others wait in line, unread; they get nothing, and the operator is told", async () => {
  const { operator, notices, come } = make();
  const [, second, third] = [come(1), come(2), come(3)];
  assertEquals([await isSettled(second.turn), await isSettled(third.turn)], [false, false]);
  assertEquals(notices.slice(1), ["#2 waits in line (1 before it)", "#3 waits in line (2 before it)"]);
  operator.type("for the first");
  await turn();
  assertEquals([second.peer.sent, third.peer.sent], [[], []]);
});

Deno.test("talk sends q, ends the talk, and takes the next client when the first is gone", async () => {
  const { mode, operator, notices, come } = make();
  const [first, second] = [come(1), come(2)];
  await first.turn;
  await mode.data(first.peer, bytesOf("hi"));
  operator.type("q", "hello");
  assertEquals(await isSettled(second.turn), false);
  assertEquals([first.peer.ends, first.peer.heard, second.peer.sent], [1, ["q"], []]);
  assertEquals([notices.at(-1), operator.prompts], ["Nobody is here: not sent", ["#1> ", ""]]);
  mode.close?.(first.peer);
  await second.turn;
  operator.type("your turn");
  await turn();
  assertEquals([first.peer.heard, second.peer.heard, second.peer.ends], [["q"], ["your turn\n"], 0]);
  assertEquals([notices.at(-1), operator.prompts.at(-1)], [`#2 ${HINT}`, "#2> "]);
});

Deno.test("talk ends a talk at q also where the client does not read", async () => {
  const { operator, come } = make();
  const { peer } = come(1);
  peer.full = true;
  operator.type("q");
  await turn();
  assertEquals([peer.sent, peer.ends], [[], 1]);
});

Deno.test("talk takes q for the end behind what is not seen, but not behind a blank", async () => {
  for (const typed of ["q", "\ufeffq", "\0q", "\x1b[Aq", "x\x7fq", "q ", "q\r"]) {
    const { operator, come } = make();
    const { peer, turn: served } = come(1);
    await served;
    operator.type(typed);
    await turn();
    assertEquals([peer.ends, peer.heard], [1, ["q\n"]], JSON.stringify(typed));
  }
  const { operator, come } = make();
  const { peer, turn: served } = come(1);
  await served;
  operator.type(" q", "quit", "qq");
  await turn();
  assertEquals([peer.ends, peer.heard], [0, [" q\n", "quit\n", "qq\n"]]);
});

Deno.test("talk takes telnet out of what a client sends, and nothing out of UTF-16", async () => {
  const { mode, come } = make();
  const { peer, turn: served } = come(1);
  await served;
  const utf16 = Uint8Array.fromHex("fffe2f006d000a00");
  assertEquals(mode.clean?.(peer, utf16).toHex(), utf16.toHex());
  assertEquals([mode.clean?.(peer, Uint8Array.fromHex("fffb1f61fff762")).toHex(), peer.sent[0]?.toHex()], [
    "6162",
    "fffe1f",
  ]);
});

Deno.test("talk takes the next client when the first leaves", async () => {
  const { mode, operator, come } = make();
  const [first, second] = [come(1), come(2)];
  await first.turn;
  mode.close?.(first.peer);
  await second.turn;
  operator.type("hello");
  await turn();
  assertEquals([first.peer.sent, second.peer.heard.at(-1)], [[], "hello\n"]);
});

Deno.test("talk passes over a client that leaves the line", async () => {
  const { mode, operator, come } = make();
  const [first, second, third] = [come(1), come(2), come(3)];
  mode.close?.(second.peer);
  await second.turn;
  operator.type("q");
  await turn();
  mode.close?.(first.peer);
  await third.turn;
  assertEquals(operator.prompts.filter((prompt) => prompt !== ""), ["#1> ", "#3> "]);
  assertEquals(first.peer.ends, 1);
});

Deno.test("talk ends an answer the way the client ends its messages", async () => {
  const { mode, operator, come } = make();
  const { peer, turn: served } = come(1);
  await served;
  for (const message of ["a\r\n", "b", "c\n"].map(bytesOf)) {
    await mode.data(peer, message);
    message.fill(0x58); // The server reads into the same buffer again.
    operator.type("ok");
    await turn();
  }
  assertEquals(peer.heard, ["ok\r\n", "ok", "ok\n"]);
});

Deno.test("talk does not send what a person types while nobody is there", async () => {
  const { operator, notices, come } = make();
  operator.type("hello?");
  await turn();
  assertEquals(notices, ["Nobody is here: not sent"]);
  const { peer } = come(1);
  await turn();
  assertEquals(peer.sent, []);
});

Deno.test("talk keeps a piped line for the next client", async () => {
  const { mode, operator, notices, come } = make({ interactive: false });
  operator.type("one", "q", "two");
  const first = come(1);
  await turn();
  assertEquals([first.peer.heard, first.peer.ends], [["one\n", "q\n"], 1]);
  mode.close?.(first.peer);
  await turn();
  const second = come(2);
  await turn();
  assertEquals([second.peer.heard, second.peer.ends], [["two\n"], 0]);
  assertEquals(notices, [`#1 ${HINT}`, `#2 ${HINT}`]);
});

Deno.test("talk drops a piped q when nobody is there", async () => {
  const { operator, come } = make({ interactive: false });
  operator.type("q", "hello");
  await turn();
  const { peer } = come(1);
  await turn();
  assertEquals([peer.heard, peer.ends], [["hello\n"], 0]);
});

Deno.test("talk encodes answers and the notice to who waits", async () => {
  const { operator, come } = make({ encoding: "gbk" });
  const { peer } = come(1);
  operator.type("你");
  await turn();
  assertEquals(peer.sent.map((bytes) => bytes.toHex()), ["c4e30a"]);
});

Deno.test("talk sends nothing of a line that the encoding lacks, and goes on", async () => {
  const { operator, notices, come } = make({ encoding: "gbk" });
  const { peer } = come(1);
  operator.type("a😀", "b");
  await turn();
  assertEquals(peer.heard, ["b\n"]);
  assertEquals(notices.slice(1), ['Not sent: Cannot encode "😀" (U+1F600) in gbk']);
});

Deno.test("talk tells when the client does not read", async () => {
  const { operator, notices, come } = make();
  const { peer } = come(1);
  peer.full = true;
  operator.type("hello");
  await turn();
  assertEquals(notices.slice(1), ["#1 Not sent: it does not read what was sent before"]);
});

Deno.test("talk lets a client go that has finished sending with nothing unanswered", async () => {
  const { mode, operator, notices, come, end } = make();
  const { peer } = come(1);
  assertEquals(await isSettled(end(peer)), true);
  await mode.data(peer, bytesOf("question\n"));
  operator.type("answer");
  await turn();
  assertEquals(await isSettled(end(peer)), true);
  assertEquals(notices, [`#1 ${HINT}`]);
});

Deno.test("talk keeps a client that has finished sending until it is answered and q is typed", async () => {
  const { mode, operator, notices, come, end } = make();
  const { peer } = come(1);
  await mode.data(peer, bytesOf("question\n"));
  const ended = end(peer);
  assertEquals(await isSettled(ended), false);
  assertEquals(notices[1], "#1 has finished sending; it may still read your answers, q ends the talk");
  operator.type("answer", "q");
  await ended;
  assertEquals([peer.heard, peer.ends], [["answer\n", "q\n"], 1]);
});

Deno.test("talk keeps waiting for the answer when it could not be sent", async () => {
  const { mode, operator, come, end } = make();
  const { peer } = come(1);
  await mode.data(peer, bytesOf("question\n"));
  peer.full = true;
  operator.type("answer");
  await turn();
  assertEquals(await isSettled(end(peer)), false);
});

Deno.test("talk lets the clients go when one leaves while its end is awaited", async () => {
  const { mode, come, end } = make();
  const { peer } = come(1);
  await mode.data(peer, bytesOf("question\n"));
  const ended = end(peer);
  mode.close?.(peer);
  await ended;
});

Deno.test("talk keeps nobody waiting when the operator's input ends", async () => {
  const { mode, operator, notices, come, end } = make();
  const [first, second] = [come(1), come(2)];
  await mode.data(first.peer, bytesOf("question\n"));
  const ended = end(first.peer);
  operator.leave();
  await ended;
  assertEquals(notices.at(-1), "Nobody can answer any more: the input has ended; Ctrl-C stops the server");
  await second.turn;
  const sorry = "Sorry, no replies can be typed: the input has ended\n";
  assertEquals([second.peer.heard.at(-1), second.peer.ends, first.peer.ends], [sorry, 1, 0]);
  await mode.data(second.peer, bytesOf("question\n"));
  await end(second.peer);
  mode.close?.(second.peer);
  mode.close?.(first.peer);
  const late = come(3);
  await late.turn;
  assertEquals([late.peer.heard, late.peer.ends], [[sorry], 1]);
  assertEquals(notices.length, 4);
});

Deno.test("talk says nothing about the end of the input when nobody is there", async () => {
  const { operator, notices } = make();
  operator.leave();
  await turn();
  assertEquals(notices, []);
});

Deno.test("talk knows the line end of utf-16", async () => {
  for (const encoding of ["utf-16le", "utf-16be"]) {
    const { mode, operator, come } = make({ encoding });
    const { peer } = come(1);
    await mode.data(peer, encodeText("hi\n", encoding));
    operator.type("ok");
    await turn();
    assertEquals(peer.sent[0]?.toHex(), encodeText("ok\n", encoding).toHex(), encoding);
  }
});

Deno.test("talk takes out of a stream what is no text, and refuses what telnet asks for", () => {
  for (const [encoding, text] of [["utf-8", "hi\r\n"], ["gbk", "hi\r\n"], ["latin1", undefined]] as const) {
    const { mode, come } = make({ encoding });
    const { peer } = come(1);
    const bytes = Uint8Array.of(0xff, 0xfb, 0x1f, 0xef, 0xbb, 0xbf, 0x68, 0x69, 0x0d, 0x00);
    const clean = mode.clean?.(peer, bytes);
    if (text === undefined) assertStrictEquals(clean, bytes);
    else assertEquals(clean, bytesOf(text));
    assertEquals(peer.sent.map((answer) => answer.toHex()), text === undefined ? [] : ["fffe1f"]);
  }
});

Deno.test("talk leaves messages as they are", () => {
  const { mode } = make();
  const peer = new FakePeer(1);
  peer.transport = "ws";
  void mode.open?.(peer);
  const bytes = Uint8Array.of(0xff, 0xfb, 0x1f);
  assertStrictEquals(mode.clean?.(peer, bytes), bytes);
});
