/** The room as pages see it: names, numbers, coming back; and what holds for them as for everybody. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Chatter } from "../../support/chatter.ts";
import { FakeOperator } from "../../support/modes.ts";
import { acks, greets, is, notes, TestPage, TestRoom } from "./room.ts";

Deno.test("a page that cannot have its name gets another one, and hears why", async () => {
  await using room = await TestRoom.open();
  await using first = await TestPage.join(room.port, { name: "Ann" });
  await using page = await TestPage.join(room.port, { name: "ANN" });
  const [given] = (await page.hears(greets())).args;
  assertMatch(given, /^user\d+$/);
  await page.hears(is("note", 'Not "ANN": somebody else has that name'));
  assertEquals((await first.hears(is("join"))).name, given);
  await using strange = await TestPage.join(room.port, { name: "\ud800\u202e\n" });
  assertMatch((await strange.hears(notes("name-letters"))).text, /^Not "\\ud800\\u202e": a name is made of/);
});

Deno.test("a page hears what it says at its place among the others, then that it arrived", async () => {
  await using room = await TestRoom.open();
  await using page = await TestPage.join(room.port);
  await using other = await Chatter.join(room.port);
  for (let id = 1; id <= 20; id++) {
    page.send({ say: `page ${id}`, id });
    await other.say(`other ${id}`);
  }
  await page.has(acks(20));
  await page.has(is("say", "other 20"));
  const own = page.heard.filter(({ own }) => own).map(({ text }) => text);
  assertEquals(own.filter((text) => text.startsWith("page")).length, 20);
  const numbers = page.heard.filter(({ n, kind }) => n !== undefined && kind !== "ready").map(({ n }) => n);
  assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  assertEquals(new Set(numbers).size, numbers.length);
  for (const [id, at] of [1, 10, 20].map((id) => [id, page.heard.findIndex(is("say", `page ${id}`))])) {
    assert(Number(at) < page.heard.findIndex(acks(Number(id))));
  }
});

Deno.test("a page in a GBK room reads and writes all there is", async () => {
  await using room = await TestRoom.open({ encoding: "gbk" });
  await using one = await TestPage.join(room.port);
  await using two = await TestPage.join(room.port);
  one.send({ say: "你好 😀" });
  await two.hears(is("say", "你好 😀"));
  one.send({ say: "/enc gbk" });
  await one.hears(is("note", "Pages read and write utf-8"));
  two.send({ say: "再见" });
  await one.hears(is("say", "再见"));
});

Deno.test("a message of several lines stays one for pages and is lines for others, and what is too long is cut", async () => {
  await using room = await TestRoom.open();
  await using other = await Chatter.join(room.port);
  await using page = await TestPage.join(room.port);
  page.send({ say: "one\r\n/quit\n*** two\n" });
  for (const line of ["one", "/quit", "*** two"]) {
    assertEquals((await other.hears(/^<user2>/)).input, `<user2> ${line}`);
  }
  assertEquals((await page.hears(({ kind }) => kind === "say")).text, "one\n/quit\n*** two");
  page.send({ say: `/msg ${other.name} psst\n*** forged` });
  for (const line of ["psst", "*** forged"]) {
    assertEquals((await other.hears(/^\[user2\]/)).input, `[user2] ${line}`);
  }
  page.send({ say: "y\n".repeat(201) });
  for (const count of [200, 1]) {
    const { text } = await page.hears(({ kind }) => kind === "say");
    assertEquals(text.split("\n").length, count);
  }
  page.send({ say: "x".repeat(100_000) });
  const { input } = await other.hears(/x{1000}$/);
  assertEquals(input.replace(/^\S+ /, "").length, 65_536);
  assertEquals((await other.hears(/x{1000}$/)).input.replace(/^\S+ /, "").length, 100_000 - 65_536);
});

Deno.test("a message that is too long ends the talk before it is whole", async () => {
  await using room = await TestRoom.open();
  const page = await TestPage.join(room.port);
  page.send({ say: "x".repeat(2 * 1024 * 1024) });
  assertEquals(await page.closed, 1009);
  const { received } = await room.recorder.until("close");
  assertEquals(received, '{"join":{}}'.length);
});

Deno.test("a page that is sent away or quits hears so, and a stop is another matter", async () => {
  const operator = new FakeOperator();
  const room = await TestRoom.open({ operator });
  await using leaving = await TestPage.join(room.port);
  leaving.send({ say: "/quit bye" });
  assertEquals(await leaving.closed, 1000);
  await using removed = await TestPage.join(room.port, { name: "Ann" });
  operator.type("/kick Ann");
  assertEquals((await removed.has(notes("removed"))).text, "You were removed by the operator");
  assertEquals(await removed.closed, 1000);
  await using staying = await TestPage.join(room.port);
  await room[Symbol.asyncDispose]();
  assertEquals(await staying.closed, 1001);
  const { n, t: _time, ...last } = staying.heard.at(-1) ?? { kind: "" };
  assertEquals([n, last], [staying.last, { kind: "note", code: "stop", args: [], text: "The server stops. Goodbye" }]);
});

Deno.test("an idle page is dropped as others are", async () => {
  await using room = await TestRoom.open({ limits: { idle: 100 } });
  await using page = await TestPage.join(room.port);
  assertEquals(await page.closed, 1000);
  assertEquals((await room.recorder.until("close")).reason, "idle for 0.1 s");
});
