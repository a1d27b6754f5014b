/** What the page makes of the lines: groups, days, those who come and go, and the mark before what is new. */

import { assertEquals } from "@std/assert";
import type { Line } from "../../../lib/chat/web/page/line.js";
import { nameOfDay } from "../../../lib/chat/web/page/times.js";
import { Transcript } from "../../../lib/chat/web/page/transcript.js";

const MINUTE = 60_000;
const NOON = new Date(2026, 10, 30, 12).getTime();
const DAY = 24 * 60 * MINUTE;

/** As much of a list as a transcript needs. */
class FakeList {
  lines: Line[] = [];
  get first() {
    return this.lines[0];
  }
  get last() {
    return this.lines.at(-1);
  }
  add(line: Line) {
    this.lines.push(line);
  }
  pop() {
    return this.lines.pop();
  }
  remove(line: Line) {
    this.lines = this.lines.filter((one) => one !== line);
  }
  prepend(lines: readonly Line[]) {
    this.lines.unshift(...lines);
  }
  clear() {
    this.lines = [];
  }
}

function make() {
  const list = new FakeList();
  const transcript = new Transcript(list as unknown as ConstructorParameters<typeof Transcript>[0]);
  const say = (name: string, text: string, t: number, more: Partial<Line> = {}) =>
    transcript.add({ kind: "say", name, text, t, own: false, ...more });
  const outline = () =>
    list.lines.map(({ kind, text, head }) => kind === "say" ? `${head ? "> " : ""}${text}` : text || kind);
  return { list, transcript, say, outline };
}

Deno.test("what one person says in a row is a group, for five minutes and not over midnight", () => {
  const { say, outline } = make();
  say("Ann", "one", NOON);
  say("Ann", "two", NOON + 4 * MINUTE);
  say("Ann", "three", NOON + 6 * MINUTE);
  say("Bob", "four", NOON + 6 * MINUTE);
  say("Ann", "five", NOON + 7 * MINUTE);
  say("Ann", "six", NOON + 7 * MINUTE, { own: true });
  say("Ann", "seven", NOON + DAY, { own: true });
  assertEquals(outline(), ["day", "> one", "two", "> three", "> four", "> five", "> six", "day", "> seven"]);
});

Deno.test("those who come and go are one line between two messages", () => {
  const { transcript, say, outline, list } = make();
  const move = (way: "came" | "went", name: string, t = NOON) =>
    transcript.addMove({ way, names: [name], text: `${name} ${way}`, t });
  move("came", "Ann");
  assertEquals(outline(), ["day", "Ann came"]);
  for (const name of ["Bob", "Cid", "Dan", "Eve"]) move("came", name);
  move("went", "Ann");
  move("went", "Old");
  move("came", "Old");
  assertEquals(outline(), ["day", "Bob, Cid, Dan and 1 more joined; Ann came and went; Old left and came back"]);
  assertEquals(list.last?.moves?.length, 8);
  say("Bob", "hi", NOON);
  move("went", "Bob");
  assertEquals(outline().slice(2), ["> hi", "Bob went"]);
});

Deno.test("one mark stands before what is new, and the greeting behind what was said before", () => {
  const { transcript, say, outline } = make();
  transcript.greet({ kind: "note", text: "hello" });
  say("Ann", "read", NOON, { old: true });
  transcript.mark(true);
  say("Ann", "new", NOON, { old: true });
  assertEquals(outline(), ["day", "> read", "new", "> new", "hello"]);
  say("Ann", "now", NOON);
  transcript.mark(false);
  say("Ann", "later", NOON);
  assertEquals(outline(), ["day", "> read", "> new", "hello", "> now", "new", "> later"]);
});

Deno.test("earlier lines come before the others, each day once", () => {
  const { transcript, say, outline } = make();
  say("Ann", "three", NOON);
  say("Ann", "four", NOON);
  assertEquals(transcript.oldest, { t: NOON, skip: 2 });
  const line = (text: string, t: number): Line => ({ kind: "say", name: "Ann", text, t, own: false, old: true });
  transcript.prepend([line("one", NOON - DAY), line("two", NOON - 1)]);
  assertEquals(outline(), ["day", "> one", "day", "> two", "> three", "four"]);
  assertEquals(transcript.oldest, { t: NOON - DAY, skip: 1 });
  transcript.prepend([]);
  assertEquals(outline().length, 6);
});

Deno.test("nameOfDay() is short for the last days, and whole for those before", () => {
  const name = (ago: number) => nameOfDay(NOON - ago * DAY, NOON);
  assertEquals([name(0), name(1)], ["Today", "Yesterday"]);
  assertEquals(new Set([2, 3, 4, 5, 6].map(name)).size, 5);
  for (const ago of [2, 6]) assertEquals(/day/.test(name(ago)), true, name(ago));
  assertEquals([name(7), name(400)].map((text) => /day/.test(text)), [false, false]);
  assertEquals(/2025/.test(name(400)), true);
});
