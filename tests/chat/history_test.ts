import { assert, assertEquals } from "@std/assert";
import type { RoomEvent } from "../../lib/chat/events.ts";
import { History, type StoredEvent } from "../../lib/chat/history.ts";

/** Characters of names and texts that a history keeps. */
const LIMIT = 64 * 1024;

/** A line of a member without a name, so that only the text counts. */
function say(text: string): RoomEvent {
  return { kind: "say", name: "", text };
}

function textsOf({ events }: History): string[] {
  return events.map(({ event }) => "text" in event ? event.text ?? "" : "");
}

/** The texts that a history has after some were added, in so many calls. */
function keep(limit: number, ...calls: string[][]): string[] {
  const history = new History(limit, []);
  for (const texts of calls) history.add(texts.map(say));
  return textsOf(history);
}

Deno.test("History keeps the last events, the oldest first", () => {
  assertEquals(keep(3), []);
  assertEquals(keep(3, ["a", "b"]), ["a", "b"]);
  assertEquals(keep(3, ["a"], ["b", "c"], ["d"]), ["b", "c", "d"]);
  assertEquals(keep(3, ["a", "b", "c", "d", "e"]), ["c", "d", "e"]);
  assertEquals(keep(3, [], ["", "", "", ""]), ["", "", ""]);
  assertEquals(keep(0, ["a"], ["b"]), []);
});

Deno.test("History keeps each event as it is, with its time", () => {
  const history = new History(3, []);
  const events: RoomEvent[] = [{ kind: "say", name: "Ann", text: "hi" }, { kind: "act", name: "Bob", text: "waves" }];
  const before = Date.now();
  history.add(events);
  assertEquals(history.events.map(({ event }) => event), events);
  for (const { t } of history.events) assert(before <= t && t <= Date.now());
});

Deno.test("History keeps a limited number of characters", () => {
  const [half, quarter] = ["x".repeat(LIMIT / 2), "y".repeat(LIMIT / 4)];
  assertEquals(keep(10, [half, half]), [half, half]);
  assertEquals(keep(10, [half, half], ["z"]), [half, "z"]);
  assertEquals(keep(10, [half, quarter, quarter, quarter]), [quarter, quarter, quarter]);
});

Deno.test("History counts the characters of names, too", () => {
  const history = new History(10, []);
  const [name, text] = ["n".repeat(32), "x".repeat(LIMIT / 2 - 32)];
  for (let i = 0; i < 2; i++) history.add([{ kind: "say", name, text }]);
  assertEquals(history.events.length, 2);
  history.add([{ kind: "act", name: "n", text: "" }]);
  assertEquals(history.events.length, 2);
});

Deno.test("History passes over an event that is over the limit alone", () => {
  assertEquals(keep(10, ["a", "x".repeat(LIMIT)]), ["x".repeat(LIMIT)]);
  assertEquals(keep(10, ["a", "x".repeat(LIMIT + 1)]), ["a"]);
  assertEquals(keep(10, ["x".repeat(LIMIT + 1), "b"]), ["b"]);
});

Deno.test("History stays within its limits however much is said", () => {
  const history = new History(100, []);
  for (let i = 0; i < 5000; i++) history.add([say(`${i} `.repeat(i % 400))]);
  const texts = textsOf(history);
  assertEquals(texts.at(-1), "4999 ".repeat(4999 % 400));
  assertEquals([texts.length <= 100, texts.join("").length <= LIMIT, texts.length > 20], [true, true, true]);
});

Deno.test("History begins with the events of its store, and gives it all that is said", () => {
  const kept: StoredEvent[][] = [];
  const stored = ["a", "b", "c"].map((text, at) => ({ t: at, event: say(text) }));
  const store = {
    last: (count: number) => stored.slice(-count),
    add: (events: readonly StoredEvent[]) => void kept.push([...events]),
  };
  const history = new History(2, store.last(2), store);
  assertEquals([history.events, kept], [stored.slice(1), []]);
  history.add([say("d"), say("e")]);
  assertEquals([textsOf(history), kept], [["d", "e"], [[...history.events]]]);
  const none = new History(0, [], store);
  none.add([say("f")]);
  assertEquals([none.events, kept.at(-1)?.map(({ event }) => event)], [[], [say("f")]]);
});
