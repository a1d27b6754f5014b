import { assertEquals } from "@std/assert";
import { Announcements } from "../../lib/chat/announcements.ts";
import type { Participant } from "../../lib/chat/contract.ts";
import { type LeaveCode, lineOf } from "../../lib/chat/events.ts";
import { FakeClock } from "../support/clock.ts";

/** Announcements that are made at once before they are joined; milliseconds between two from then on. */
const AT_ONCE = 10, PAUSE_MS = 100;

/** Announcements, and the lines that they have become. */
function make() {
  const lines: string[] = [];
  const announcements = new Announcements((event) => void lines.push(lineOf(event)));
  const participant = (name: string): Participant => ({ name, send: () => true });
  const join = (from: Participant) => announcements.add(from, { kind: "join", name: from.name });
  const leave = (from: Participant, { how = "left", ...words }: { how?: LeaveCode; words?: string } = {}) =>
    announcements.add(from, { kind: "leave", name: from.name, how, ...words });
  const many = (count: number, first = 1) => Array.from({ length: count }, (_, at) => participant(`u${first + at}`));
  const take = () => lines.splice(0);
  return { announcements, participant, many, join, leave, take };
}

/** The same in a room that is busy: the next announcement waits. */
function makeBusy() {
  const room = make();
  for (const one of room.many(AT_ONCE, 900)) room.join(one);
  room.take();
  return room;
}

Deno.test("Announcements names each member of a quiet room at once", () => {
  const { many, join, take } = make();
  for (const one of many(AT_ONCE)) join(one);
  assertEquals(take(), Array.from({ length: AT_ONCE }, (_, at) => `*** u${at + 1} joined`));
});

Deno.test("Announcements joins many into one line after a moment", async () => {
  using clock = new FakeClock();
  const { many, join, leave, take } = makeBusy();
  const all = many(50);
  for (const one of all) join(one);
  assertEquals(take(), []);
  await clock.advance(PAUSE_MS);
  assertEquals(take(), ["*** u1, u2, u3 and 47 more joined"]);
  for (const one of all) leave(one, { how: "server" });
  await clock.advance(2 * PAUSE_MS);
  assertEquals(take(), ["*** u1, u2, u3 and 47 more left with their server"]);
  assertEquals(clock.pending, 0);
});

Deno.test("Announcements names a few one by one, in the order of their coming", async () => {
  using clock = new FakeClock();
  const { many, join, leave, take } = makeBusy();
  const all = many(7);
  const four = all.splice(3);
  for (const one of all) join(one);
  for (const one of four) leave(one);
  await clock.advance(PAUSE_MS);
  assertEquals(take(), ["*** u1 joined", "*** u2 joined", "*** u3 joined", "*** u4, u5, u6 and 1 more left"]);
});

Deno.test("Announcements says nothing of a member that goes before it was announced, but its words and why it must go", async () => {
  using clock = new FakeClock();
  const { many, join, leave, take } = makeBusy();
  const [one, two, three] = many(3) as [Participant, Participant, Participant];
  for (const all of [one, two, three]) join(all);
  leave(one);
  leave(two, { how: "removed" });
  leave(three, { words: "bye" });
  assertEquals(take(), ["*** u2 joined", "*** u3 joined", "*** u2 was removed by the operator", "*** u3 left: bye"]);
  await clock.advance(10 * PAUSE_MS);
  assertEquals(take(), []);
});

Deno.test("Announcements keeps the order of what is said about one name", async () => {
  using clock = new FakeClock();
  const { participant, join, leave, take } = makeBusy();
  const [before, after] = [participant("u"), participant("u")];
  leave(before);
  join(after);
  await clock.advance(10 * PAUSE_MS);
  assertEquals(take(), ["*** u left", "*** u joined"]);
});

Deno.test("Announcements.settle() announces a member before what it does", async () => {
  using clock = new FakeClock();
  const { announcements, participant, join, take } = makeBusy();
  const [one, other] = [participant("one"), participant("other")];
  join(one);
  announcements.settle(other);
  assertEquals(take(), []);
  announcements.settle(one);
  assertEquals(take(), ["*** one joined"]);
  await clock.advance(10 * PAUSE_MS);
  assertEquals(take(), []);
});
