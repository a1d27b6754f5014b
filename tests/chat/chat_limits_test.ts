import { assertEquals } from "@std/assert";
import { encodeText } from "../../lib/text/encode.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { makeChat, newsOf } from "./helpers.ts";

const SLOW_DOWN = "*** Slow down: 1 messages a second are let through\n";

Deno.test("chat drops a client that does not read, with a note after the line, and serves the others", async () => {
  const { people, texts } = makeChat();
  const [one, two, three] = people(3);
  two.peer.full = true;
  await one.says("a\n");
  await three.says("b\n");
  const order = ["<user1> a", "*** user2 was dropped: it does not read", "<user3> b"];
  assertEquals(texts(), order);
  assertEquals(newsOf(one, two, three), [`${order[1]}\n${order[2]}\n`, "", `${order[0]}\n${order[1]}\n`]);
  assertEquals([two.peer.kicks, two.peer.ends], [["does not read what it is sent"], 0]);
});

Deno.test("chat says the unfinished line of no client that it drops", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  await two.says("unfinished");
  two.peer.full = true;
  await one.says("a\n");
  assertEquals(texts(), ["<user1> a", "*** user2 was dropped: it does not read"]);
});

Deno.test("chat does not drop a client that is already leaving", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  two.peer.open = false;
  await one.says("a\n");
  assertEquals([two.peer.kicks, texts()], [[], ["<user1> a"]]);
  await two.ends();
  assertEquals(one.news(), "*** user2 left\n");
});

Deno.test("chat obeys no command of a client that was dropped by what it said before", async () => {
  const { people, texts } = makeChat();
  const [one, two, three] = people(3);
  for (const { peer } of [one, two]) peer.full = true;
  await one.says("a\n/nick ghost\n/msg user3 boo\nb\n");
  const dropped = [2, 1].map((id) => `*** user${id} was dropped: it does not read`);
  assertEquals(texts(), ["<user1> a", ...dropped]);
  assertEquals(three.news(), ["<user1> a", ...dropped, ""].join("\n"));
});

Deno.test("chat says no line of a client that is dropped by the hint about it", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  one.peer.full = true;
  for (let i = 0; i < 3; i++) await one.says(encodeText("你好，今天天气很好，我们去公园散步吧\n", "gbk"));
  assertEquals(texts().at(-1), "*** user1 was dropped: it does not read");
  assertEquals(two.news(), texts().map((text) => `${text}\n`).join(""));
});

Deno.test("chat holds with --rate only the client that is too fast, in order, and warns once", async () => {
  using clock = new FakeClock();
  const { people, texts } = makeChat({ rate: { perSecond: 1, burst: 2 } });
  const [one, two] = people(2);
  const flood = one.says("a\nb\nc\nd\ne\n");
  await turn();
  assertEquals([texts(), one.news(), await isSettled(flood)], [["<user1> a", "<user1> b"], SLOW_DOWN, false]);
  await two.says("hi\n");
  assertEquals(one.news(), "<user2> hi\n");
  await clock.advance(999);
  assertEquals(texts().length, 3);
  await clock.advance(1);
  assertEquals(texts().at(-1), "<user1> c");
  await clock.advance(2000);
  await flood;
  assertEquals(texts().slice(-2), ["<user1> d", "<user1> e"]);
  assertEquals([one.news(), clock.pending], ["", 0]);
  assertEquals(two.news(), "<user1> a\n<user1> b\n<user1> c\n<user1> d\n<user1> e\n");
});

Deno.test("chat warns a client again that kept to the rate and is too fast again", async () => {
  using clock = new FakeClock();
  const { people } = makeChat({ rate: { perSecond: 1, burst: 1 } });
  const [one] = people(1);
  for (let i = 0; i < 2; i++) {
    const flood = one.says("a\nb\n");
    await clock.advance(3000);
    await flood;
  }
  assertEquals(one.news(), SLOW_DOWN.repeat(2));
});

Deno.test("chat counts commands and unfinished messages in the rate", async () => {
  using clock = new FakeClock();
  const { people, texts } = makeChat({ rate: { perSecond: 1, burst: 1 } });
  const [one] = people(1);
  const flood = one.says("/me a\n/me b\n\n");
  await turn();
  assertEquals(texts(), ["* user1 a"]);
  await clock.advance(1000);
  assertEquals(texts(), ["* user1 a", "* user1 b"]);
  await clock.advance(1000);
  await flood;
  assertEquals(texts().at(-1), "<user1> ");
});

Deno.test("chat stops holding a client that has left, and neither says nor obeys anything more of it", async () => {
  for (const rest of ["b\nc\n", "/nick bob\n", "b\nc"]) {
    using clock = new FakeClock();
    const { people, texts } = makeChat({ rate: { perSecond: 1, burst: 1 } });
    const [one, two] = people(2);
    const flood = one.says(`a\n${rest}`);
    await turn();
    one.breaks();
    await flood;
    assertEquals([texts(), clock.pending], [["<user1> a", "*** user1 left"], 0]);
    two.news();
    await two.says("/nick bob\n");
    assertEquals(two.news(), "*** You are bob now\n");
  }
});

Deno.test("chat says goodbye to all when the server stops, after their unfinished lines, and nothing afterwards", async () => {
  const { mode, people, texts, come } = makeChat();
  const [one, two] = people(2);
  await one.says("by the w");
  await two.says("/me nods");
  mode.stop?.();
  const order = ["<user1> by the w", "* user2 nods", "*** The server stops. Goodbye"];
  assertEquals(texts(), order);
  assertEquals(newsOf(one, two), [`${order[1]}\n${order[2]}\n`, `${order[0]}\n${order[2]}\n`]);
  await one.says("wait\n");
  await one.ends();
  two.breaks();
  come(3).breaks();
  assertEquals([texts(), one.news(), two.news()], [order, "", ""]);
});

Deno.test("chat stops quietly when no client is there", () => {
  const { mode, texts } = makeChat();
  mode.stop?.();
  assertEquals(texts(), ["*** The server stops. Goodbye"]);
});

Deno.test("chat obeys nothing after it has stopped that was held before", async () => {
  using clock = new FakeClock();
  const { mode, people, texts } = makeChat({ rate: { perSecond: 1, burst: 1 } });
  const [one, two] = people(2);
  const flood = one.says("a\n/list\n/msg user2 psst\n/nick bob\n");
  await turn();
  mode.stop?.();
  await flood;
  assertEquals(texts(), ["<user1> a", "*** The server stops. Goodbye"]);
  assertEquals(newsOf(one, two), [
    `${SLOW_DOWN}*** The server stops. Goodbye\n`,
    "<user1> a\n*** The server stops. Goodbye\n",
  ]);
  assertEquals(clock.pending, 0);
});
