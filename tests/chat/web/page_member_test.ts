/** A page as a member: what it is sent, in which order, and what becomes of it when it breaks off or comes back. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { OUTBOX_LIMIT } from "../../../lib/server/limits.ts";
import { FakeClock } from "../../support/clock.ts";
import { LateBus } from "../late_bus.ts";
import { makePages, type Page } from "./pages.ts";
import { greets, type Heard, is, notes } from "./room.ts";

/** Messages without what differs from run to run. */
function bare(messages: readonly Heard[]): object[] {
  return messages.map(({ t: _time, run: _run, ...rest }) => rest);
}

/** What each message is, with its number, and whether it is old. */
function outline(messages: readonly Heard[]): string {
  const outlined = messages.map(({ kind, code, text, n = "", old }) =>
    `${code ?? (kind === "say" ? text : kind)} ${n}${old ? "old" : ""}`.trimEnd()
  );
  return outlined.join(", ");
}

Deno.test("a page is welcome, ready and greeted, then it is sent the history", async () => {
  const { people, enter } = makePages({ history: 2 });
  const [one] = people(1);
  await one.says("one\ntwo\nthree\n");
  const page = await enter(2, { name: " Ann " });
  assertEquals(bare(page.news()), [
    { kind: "welcome", back: false, gap: false, here: ["user1", "Ann"] },
    { kind: "ready", n: 5 },
    { kind: "note", code: "hello-one", args: ["Ann"], text: "You are Ann; 1 other is here. /help lists the commands" },
    { kind: "say", name: "user1", text: "two", old: true },
    { kind: "say", name: "user1", text: "three", old: true },
  ]);
});

Deno.test("events have numbers, a page's own events are marked, and what it alone is sent has no number", async () => {
  const { people, enter } = makePages();
  const [one] = people(1);
  const page = await enter(2, { name: "Ann" });
  page.news();
  await one.says("hello\n/me waves\n/msg Ann psst\n/nick Bob\n");
  await page.sends({ say: "hi" });
  await page.sends({ say: "/nick Bea" });
  await one.ends();
  const { t } = page.peer.heard.map((text) => JSON.parse(text)).find(is("say"));
  assertLess(Math.abs(t - Date.now()), 60_000);
  assertEquals(bare(page.news()), [
    { n: 3, kind: "say", name: "user1", text: "hello" },
    { n: 4, kind: "act", name: "user1", text: "waves" },
    { kind: "private", name: "user1", text: "psst" },
    { n: 5, kind: "rename", name: "user1", to: "Bob", text: "user1 is Bob now" },
    { n: 6, kind: "say", name: "Ann", text: "hi", own: true },
    { n: 7, kind: "rename", name: "Ann", to: "Bea", text: "Ann is Bea now", own: true },
    { kind: "note", code: "you", args: ["Bea"], text: "You are Bea now" },
    { n: 8, kind: "leave", name: "Bob", how: "left", text: "Bob left" },
  ]);
});

Deno.test("what others say until a new page has joined reaches it once, behind the history", async () => {
  const bus = new LateBus();
  const { people, enter } = makePages({ history: 10, bus });
  const [one] = people(1);
  bus.deliver();
  await one.says("before\n");
  bus.deliver();
  await one.says("under way\n");
  const page = await enter(2, { name: "Ann" });
  await one.says("behind\n");
  assertEquals(page.news(), []);
  bus.deliver(1);
  assertEquals(page.news(), [], "nothing comes before the welcome");
  bus.deliver();
  const messages = page.news();
  assertEquals(outline(messages), "welcome, ready 4, hello-one, before old, under way old, behind 5");
  assertEquals(messages[0]?.here, ["user1-k3f9", "Ann"]);
});

Deno.test("what others say until a page that comes back has joined reaches it once, in its order", async () => {
  const bus = new LateBus();
  const { people, enter } = makePages({ history: 10, bus });
  const [one] = people(1);
  bus.deliver();
  const before = await enter(2, { name: "Ann", session: "secret" });
  bus.deliver();
  const run = before.news()[0]?.run;
  before.breaks();
  bus.deliver();
  await one.says("missed\n");
  bus.deliver();
  await one.says("under way\n");
  const page = await enter(3, { name: "Ann", session: "secret", run, last: 2 });
  await one.says("behind\n");
  bus.deliver();
  const expected = "welcome, leave 3, missed 4, under way 5, ready 6, hello-one, behind 7";
  assertEquals(outline(page.news()), expected);
});

Deno.test("a page that was in another run gets all of this one, and hears of a gap where others went on", async () => {
  for (const shared of [false, true]) {
    for (const run of ["another", undefined, "this"]) {
      const bus = shared ? new LateBus() : undefined;
      const { people, enter } = makePages({ history: 1, ...(bus && { bus }) });
      const [one] = people(1);
      await one.says("one\ntwo\n");
      bus?.deliver();
      const first = await enter(2);
      bus?.deliver();
      const page = await enter(3, { run: run === "this" ? first.news()[0]?.run : run, last: 0 });
      bus?.deliver();
      const messages = page.news();
      assertEquals([messages[0]?.back, messages[0]?.gap], [true, shared && run !== "this"], `${shared} ${run}`);
      assertEquals(messages.filter(is("say")).map(({ text }) => text), ["one", "two"]);
    }
  }
});

Deno.test("a page that claims to have more of this run than there is hears of a gap", async () => {
  const { enter } = makePages();
  const first = await enter(1);
  const run = first.news()[0]?.run;
  for (const [id, last, gap] of [[2, 1, false], [3, 3, true], [4, 1_000_000, true]] as const) {
    const [welcome] = (await enter(id, { run, last })).news();
    assertEquals([welcome?.back, welcome?.gap], [true, gap], String(last));
  }
});

Deno.test("what a page missed fits into its outbox, however much it was", async () => {
  const { people, enter } = makePages();
  const [one] = people(1);
  const before = await enter(2, { session: "secret" });
  const run = before.news()[0]?.run;
  before.breaks();
  for (let line = 0; line < 200; line++) await one.says(`${"汉".repeat(5_000)} ${line}\n`);
  const page = await enter(3, { session: "secret", run, last: 2 });
  const bytes = page.peer.sent.reduce((sum, { length }) => sum + length, 0);
  assertLess(bytes, OUTBOX_LIMIT);
  const messages = page.news();
  assertEquals(messages[0]?.gap, true);
  const lines = messages.filter(is("say")).map(({ text }) => Number(text.slice(5_001)));
  assertEquals(lines, Array.from(lines, (_, at) => 200 - lines.length + at));
  assert(lines.length > 40, `${lines.length} lines`);
});

Deno.test("a page that is removed before it has joined is sent the reason", async () => {
  const bus = new LateBus();
  const { enter, operator } = makePages({ bus, interactive: true });
  const page = await enter(1, { name: "Ann" });
  operator.type("/kick Ann");
  using clock = new FakeClock();
  await clock.advance(0);
  const messages = page.news();
  assert(messages.some(notes("removed")), JSON.stringify(messages));
  assertEquals([page.peer.code, messages.some(is("welcome"))], [1000, false]);
  page.breaks();
});

Deno.test("a new connection of a page ends the old one, which is sent nothing more", async () => {
  const { enter } = makePages();
  const old = await enter(1, { name: "Ann", session: "secret" });
  old.news();
  const page = await enter(2, { name: "Ann", session: "secret" });
  assertEquals(old.peer.code, 4001);
  await old.sends({ say: "too late", id: 1 });
  await page.sends({ say: "hello", id: 2 });
  assertEquals(old.news(), []);
  const messages = page.news();
  assert(messages.some(greets("Ann")), "it keeps its name");
  assertEquals(messages.filter(is("say")).map(({ text }) => text), ["hello"]);
  old.breaks();
});

Deno.test("a page whose connection ends while its old one leaves is sent nothing", async () => {
  const bus = new LateBus();
  const { enter, texts } = makePages({ bus });
  const old = await enter(1, { session: "secret" });
  bus.deliver();
  const page = await enter(2, { session: "secret" });
  page.breaks();
  bus.deliver();
  assertEquals(page.news(), []);
  assertEquals(texts().slice(1), ["*** user1-k3f9 left", "*** user2-k3f9 joined", "*** user2-k3f9 left"]);
  old.breaks();
});

Deno.test("a message that was said is acknowledged and not said again, whichever connection brings it", async () => {
  const { people, enter } = makePages();
  const [one] = people(1);
  const first = await enter(2, { name: "Ann", session: "secret" });
  await first.sends({ say: "zero", id: 0 });
  await first.sends({ say: "once", id: 1 });
  await first.sends({ say: "once", id: 1 });
  assertEquals(first.news().filter(is("ack")).map(({ id }) => id), [0, 1, 1]);
  first.breaks();
  const again = await enter(3, { name: "Ann", session: "secret" });
  for (const id of [0, 1]) await again.sends({ say: "once", id });
  await again.sends({ say: "twice", id: 2 });
  assertEquals(again.news().filter(is("ack")).map(({ id }) => id), [0, 1, 2]);
  const stranger = await enter(4, { name: "Bob", session: "other" });
  await stranger.sends({ say: "hello", id: 1 });
  const lines = one.news().split("\n").filter((line) => line.startsWith("<"));
  assertEquals(lines, ["<Ann> zero", "<Ann> once", "<Ann> twice", "<Bob> hello"]);
});

Deno.test("a message that is still held when its page breaks off is not acknowledged, and said when it comes again", async () => {
  using clock = new FakeClock();
  const { enter, texts } = makePages({ rate: { perSecond: 1, burst: 1 } });
  const first = await enter(1, { name: "Ann", session: "secret" });
  await first.sends({ say: "one", id: 1 });
  const held = first.sends({ say: "two", id: 2 });
  await clock.advance(10);
  const again = await enter(2, { name: "Ann", session: "secret" });
  await held;
  for (const [at, say] of ["one", "two"].entries()) await again.sends({ say, id: at + 1 });
  assertEquals(texts().filter((text) => text.startsWith("<")), ["<Ann> one", "<Ann> two"]);
  assertEquals([first, again].map((page) => page.news().filter(is("ack")).map(({ id }) => id)), [[1], [1, 2]]);
  assert(first.peer.heard.some((text) => text.includes("Slow down: 1 messages a second are let through")));
  first.breaks();
});

Deno.test("a page has ten seconds to join", async () => {
  using clock = new FakeClock();
  const { connect, people, enter } = makePages();
  const [one] = people(1);
  const silent = connect(2);
  const joined = await enter(3);
  await clock.advance(9_999);
  assertEquals(silent.peer.code, undefined);
  await clock.advance(1);
  assertEquals([silent.peer.code, silent.peer.reason, joined.peer.code], [3008, "sent no join within 10 s", undefined]);
  assertEquals(one.news(), "*** user3 joined\n", "it was never in the room");
});

const STRANGE = "sent what is no join, say or ping in JSON";

/** Messages that end a connection: before it has joined, or whenever they come. */
const FAULTS: readonly (readonly [message: object | string, joins: boolean, why: string])[] = [
  ["hello", false, STRANGE],
  ["[]", false, STRANGE],
  ["{}", false, STRANGE],
  [{ say: "hello" }, false, "sent something else before its join"],
  [{ ping: true }, false, "sent something else before its join"],
  [{ join: null }, false, STRANGE],
  ["hello", true, STRANGE],
  [{ say: 3 }, true, STRANGE],
  [{ ping: false }, true, STRANGE],
  [{ join: {} }, true, "sent a second join"],
];

Deno.test("a message that is not understood ends a page, whether it reads or not", async () => {
  using clock = new FakeClock();
  for (const [message, joins, why] of FAULTS) {
    const { connect, enter } = makePages();
    const page: Page = joins ? await enter(1) : connect(1);
    await page.sends(message);
    assertEquals([page.peer.code, page.peer.reason, page.peer.kicks], [1008, why, []], JSON.stringify(message));
    await clock.advance(1_000);
    assertEquals(page.peer.kicks, [why]);
  }
});

Deno.test("a page gets earlier lines than those of its history, as far as there are any", async () => {
  const asked: number[][] = [];
  const store = {
    last: () => [],
    add: () => {},
    before: (t: number, skip: number, count: number) => {
      asked.push([t, skip, count]);
      const events = ["x".repeat(70_000), "two", "three\nlines"].map((text, at) => ({
        t: at,
        event: { kind: "say", name: "Ann", text } as const,
      }));
      return t > 5 ? events : [];
    },
  };
  const { enter, connect } = makePages({ store, history: 20 });
  const page = await enter(1);
  page.news();
  await page.sends({ older: { t: 9, skip: 2 } });
  await page.sends({ older: { t: 5, skip: 0 } });
  assertEquals(asked, [[9, 2, 100], [5, 0, 100]]);
  const [some, none] = page.news();
  assertEquals(some?.events.map(({ t, text }: Heard) => [t, text.slice(0, 11)]), [
    [0, "xxxxxxxxxxx"],
    [1, "two"],
    [2, "three\nlines"],
  ]);
  assertEquals(none, { kind: "older", events: [] });
  const outside = connect(2);
  await outside.sends({ older: { t: 9, skip: 0 } });
  assertEquals(outside.peer.code, 1008);
  outside.breaks();
  const { enter: enterOther } = makePages({ store, history: 0 });
  const stranger = await enterOther(1);
  stranger.news();
  await stranger.sends({ older: { t: 9, skip: 0 } });
  assertEquals(stranger.news(), [{ kind: "older", events: [] }], "where newcomers get no history, nobody does");
});

Deno.test("a page that asks is answered, and leaves the room with its connection", async () => {
  const { enter, people } = makePages();
  const [one] = people(1);
  const page = await enter(2, { name: "Ann" });
  page.news();
  await page.sends({ ping: true });
  assertEquals(page.news(), [{ kind: "pong" }]);
  page.breaks();
  assertEquals(one.news(), "*** Ann joined\n*** Ann left\n");
});

Deno.test("the rest of a command of a page that is too long for one line is lost", async () => {
  const { enter, people, texts } = makePages();
  const [one] = people(1);
  const page = await enter(2, { name: "Ann" });
  await page.sends({ say: `/msg user1 ${"x".repeat(65_536)}secret` });
  await page.sends({ say: "hello" });
  assertEquals(texts().slice(-2), ["*** Ann joined", "<Ann> hello"]);
  assert(!one.news().includes("secret"));
});
