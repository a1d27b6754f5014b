import { assertEquals, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { chat } from "../../lib/chat/chat.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { LINE_LIMIT } from "../../lib/text/lines.ts";
import { FakeClock } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { singles } from "../text/random.ts";
import { Client, makeChat, newsOf } from "./helpers.ts";
import { FakePeer, makeContext } from "../support/modes.ts";

Deno.test("chat lets a line wait until its end comes", async () => {
  using _clock = new FakeClock();
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  for (const byte of singles(bytesOf("你好"))) await one.says(byte);
  await two.says("hm\n");
  assertEquals(newsOf(one, two), ["<user2> hm\n", ""]);
  await one.says("!\nand");
  assertEquals([texts(), two.news()], [["<user2> hm", "<user1> 你好!"], "<user1> 你好!\n"]);
});

Deno.test("chat says the last line without an end when the client leaves, before it is gone", async () => {
  for (const go of [(one: Client) => one.ends(), (one: Client) => one.breaks()]) {
    const { people, texts } = makeChat();
    const [one, two] = people(2);
    await one.says("hi\nbye");
    await go(one);
    assertEquals(texts(), ["<user1> hi", "<user1> bye", "*** user1 left"]);
    assertEquals(two.news(), "<user1> hi\n<user1> bye\n*** user1 left\n");
  }
});

Deno.test("chat obeys a command without an end when the client leaves", async () => {
  for (const last of ["/nick bob", "/quit bye"]) {
    const { people, texts } = makeChat();
    const [one] = people(2);
    await one.says(last);
    await one.ends();
    const isQuit = last.startsWith("/quit");
    assertEquals(texts(), isQuit ? ["*** user1 left: bye"] : ["*** user1 is bob now", "*** bob left"]);
  }
});

Deno.test("chat takes nothing from a client that has left", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  await one.ends();
  await one.says("ghost\n");
  one.breaks();
  assertEquals([texts(), two.news()], [["*** user1 left"], "*** user1 left\n"]);
});

Deno.test("chat says a line over 64 KiB in pieces, of which none is taken for a command", async () => {
  const line = "x".repeat(LINE_LIMIT) + "/quit " + "y".repeat(LINE_LIMIT - 6) + "/nick bob";
  for (const cut of [line.length, LINE_LIMIT + 3]) {
    const { people, texts } = makeChat();
    const [one, two] = people(2);
    await one.says(line.slice(0, cut));
    await one.says(`${line.slice(cut)}\n/me is here\n`);
    const pieces = texts();
    assertEquals(pieces.slice(0, -1).map((text) => text.slice("<user1> ".length)).join("") === line, true);
    assertEquals([pieces.length, ...pieces.slice(-2)], [4, "<user1> /nick bob", "* user1 is here"]);
    assertEquals(two.news() === pieces.map((text) => `${text}\n`).join(""), true);
  }
});

Deno.test("chat says the rest of a line over 64 KiB when the client leaves", async () => {
  const { people, texts } = makeChat();
  const [one] = people(1);
  await one.says("x".repeat(LINE_LIMIT) + "/quit");
  await one.ends();
  assertEquals(texts().slice(1), ["<user1> /quit", "*** user1 left"]);
});

Deno.test("chat lets no client forge a note or the line of another", async () => {
  const { people } = makeChat();
  const [one, two] = people(2);
  const left = ["", "\r", "\u2028", "\x0b"].map((before) => `${before}*** user2 left`);
  const forged = [...left, "<user2> hi", "* user2 waves", "[user2] psst"];
  for (const line of forged) await one.says(`${line}\n//me ${line}\n/me ${line}\n/msg user2 ${line}\n`);
  for (const line of two.news().split("\n").slice(0, -1)) {
    assertEquals(/^(<user1> |\* user1 |\[user1\] )/.test(line), true, line);
  }
});

Deno.test("chat speaks the server's encoding with clients that ask for no other", async () => {
  const { people, come } = makeChat({ encoding: "gbk", history: 1 });
  const [one, two] = people(2);
  await one.says("你\n/enc utf-8\n");
  assertEquals(two.peer.sent.at(-1)?.toHex(), encodeText("<user1> 你\n", "gbk").toHex());
  one.encoding = "utf-8";
  await one.says("안\n");
  assertEquals([two.news(), come(3).news().split("\n")[1]], ["<user1> 你\n<user1> \\uc548\n", "<user1> \\uc548"]);
});

Deno.test("chat refuses an encoding whose lines cannot be told apart", async () => {
  for (const encoding of ["utf-16le", "utf-16be"]) {
    const create = async () => await chat.create([], makeContext({ encoding }));
    const error = await assertRejects(create, SockeyeError, "the byte 0a");
    assertEquals(error.kind, "usage");
  }
});

Deno.test("chat takes a datagram for a line, with an end or without", async () => {
  const { mode, people, texts } = makeChat();
  const peer = new FakePeer(9);
  peer.transport = "udp";
  const datagrams = new Client(mode, peer, "utf-8");
  const [one] = people(1);
  for (const datagram of ["hi", "ho\n", "a\nb", ""]) await datagrams.says(datagram);
  assertEquals(texts(), ["<user9> hi", "<user9> ho", "<user9> a", "<user9> b"]);
  await one.says("yo\n");
  assertEquals(datagrams.news().split("\n").at(-2), "<user1> yo");
});

Deno.test("chat takes what comes before a pause for a line with --frame gap", async () => {
  using clock = new FakeClock();
  const { people, texts } = makeChat({ form: { frame: { by: "gap", ms: 50 } } });
  const [one, two] = people(2);
  void one.says("你好");
  await clock.advance(50);
  void one.says("in two");
  await clock.advance(49);
  void one.says(" parts\nand a line");
  await clock.advance(50);
  assertEquals(texts(), ["<user1> 你好", "<user1> in two parts", "<user1> and a line"]);
  assertEquals(two.news(), "<user1> 你好\n<user1> in two parts\n<user1> and a line\n");
  void one.says("/nick bob");
  await clock.advance(50);
  await one.says("bye");
  await one.ends();
  assertEquals(texts().slice(3), ["*** user1 is bob now", "<bob> bye", "*** bob left"]);
});

Deno.test("chat is the same with --frame line", async () => {
  const { people, texts } = makeChat({ form: { frame: { by: "line" } } });
  const [one] = people(1);
  await one.says("a\nb");
  await one.says("\n/me waves\nrest");
  await one.ends();
  assertEquals(texts(), ["<user1> a", "<user1> b", "* user1 waves", "<user1> rest", "*** user1 left"]);
});

Deno.test("a client that speaks TLS leaves, and nothing of it is said", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  await one.says("\x16 is fine\n");
  await two.says(Uint8Array.fromHex("16030100c8010000c40303410a420a"));
  await two.says("more\n");
  await two.ends();
  assertEquals(texts(), ["<user1> \\x16 is fine", "*** user2 left"]);
  assertEquals(two.peer.ends, 1);
});
