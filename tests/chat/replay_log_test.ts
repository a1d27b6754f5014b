import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { textOf } from "../support/net.ts";
import { note, type NoteCode, type RoomEvent } from "../../lib/chat/events.ts";
import { ReplayLog } from "../../lib/chat/replay_log.ts";

/** Events and characters that a log keeps. */
const EVENTS_MAX = 10_000, BYTES_MAX = 768 * 1024;

function say(...texts: string[]): RoomEvent[] {
  return texts.map((text) => ({ kind: "say", name: "Ann", text }));
}

/** A log of a room with these people. */
function make(...names: string[]): ReplayLog {
  return new ReplayLog(() => names);
}

function textsAfter(log: ReplayLog, n: number): string[] {
  return log.after(n).events.map(({ event }) => "text" in event ? event.text ?? "" : "");
}

Deno.test("ReplayLog numbers events and knows which came after a number", () => {
  const log = make();
  assertEquals([log.last, log.after(0)], [0, { events: [], gap: false }]);
  log.add(say("one", "two"));
  log.add(say("three"));
  assertEquals(log.last, 3);
  assertEquals(log.after(0).events.map(({ n }) => n), [1, 2, 3]);
  assertEquals(textsAfter(log, 0), ["one", "two", "three"]);
  assertEquals([textsAfter(log, 2), textsAfter(log, 3), textsAfter(log, 9)], [["three"], [], []]);
  for (const n of [0, 2, 3, 9]) assertEquals(log.after(n).gap, false);
});

Deno.test("ReplayLog gives back the events that it logged, with number, time and message", () => {
  const log = make();
  const events: RoomEvent[] = [...say("hi"), { kind: "rename", name: "Ann", to: "Bea" }, note("stop")];
  const before = Date.now();
  const logged = log.add(events);
  assertEquals(logged, log.after(0).events);
  assertEquals(logged.map(({ event }) => event), events);
  const [{ t } = { t: 0 }] = logged;
  assert(before <= t && t <= Date.now());
  assertEquals(logged.map(({ message }) => JSON.parse(textOf(message))), [
    { n: 1, t, kind: "say", name: "Ann", text: "hi" },
    { n: 2, t, kind: "rename", name: "Ann", to: "Bea", text: "Ann is Bea now" },
    { n: 3, t, kind: "note", code: "stop", args: [], text: "The server stops. Goodbye" },
  ]);
});

Deno.test("ReplayLog forgets the oldest events, and says that it has", () => {
  const log = make();
  for (let n = 1; n <= EVENTS_MAX + 5; n++) log.add(say(String(n)));
  assertEquals([log.after(5).gap, log.after(5).events.length], [false, EVENTS_MAX]);
  assertEquals([log.after(4).gap, log.after(0).events[0]?.n, log.last], [true, 6, EVENTS_MAX + 5]);
});

Deno.test("ReplayLog forgets events when they have too many bytes", () => {
  const log = make();
  for (let n = 0; n < 100; n++) log.add(say("x".repeat(60_000)));
  const kept = log.after(0).events.reduce((sum, { message }) => sum + message.length, 0);
  assertLessOrEqual(kept, BYTES_MAX);
  assert(kept > 700_000);
  assertEquals([log.after(0).gap, log.last], [true, 100]);
  log.add(say("last"));
  assertEquals(textsAfter(log, 100), ["last"]);
});

Deno.test("ReplayLog keeps nothing of an event that is longer than all that it keeps, and says that it has", () => {
  const log = make();
  log.add(say("one", "x".repeat(BYTES_MAX)));
  assertEquals([log.last, log.after(0)], [2, { events: [], gap: true }]);
  assertEquals(log.after(2).gap, false);
  log.add(say("three"));
  assertEquals([log.after(2).gap, textsAfter(log, 2)], [false, ["three"]]);
});

/** Notes after which others are here than the events before say. */
const CHANGES: readonly NoteCode[] = ["bus-away", "bus-back"];

Deno.test("ReplayLog says who is here with the notes that change that, and with no other event", () => {
  let names = ["operator-k3f9", "Ann"];
  const log = new ReplayLog(() => names, true);
  const hereOf = (event: RoomEvent) => log.add([event]).map(({ message }) => JSON.parse(textOf(message)).here)[0];
  for (const code of CHANGES) {
    names = [...names, code];
    assertEquals(hereOf(note(code, "A, B, C", "1")), names, code);
  }
  const others: RoomEvent[] = [
    ...say("hello"),
    { kind: "act", name: "Ann", text: "waves" },
    { kind: "join", name: "Bob" },
    { kind: "rename", name: "Bob", to: "Rob" },
    { kind: "leave", name: "Rob", how: "server" },
    note("stop"),
    note("bus-missed"),
  ];
  for (const event of others) assertEquals(hereOf(event), undefined, event.kind);
});

Deno.test("ReplayLog of each run has a name of its own", () => {
  assert(make().run !== make().run);
});
