import { assertEquals } from "@std/assert";
import { History } from "../../lib/chat/history.ts";

/** Characters that a history keeps. */
const LIMIT = 64 * 1024;

/** The lines that a history has after some were added, in so many calls. */
function keep(limit: number, ...calls: string[][]): readonly string[] {
  const history = new History(limit);
  for (const lines of calls) history.add(lines);
  return history.lines;
}

Deno.test("History keeps the last lines, the oldest first", () => {
  assertEquals(keep(3), []);
  assertEquals(keep(3, ["a", "b"]), ["a", "b"]);
  assertEquals(keep(3, ["a"], ["b", "c"], ["d"]), ["b", "c", "d"]);
  assertEquals(keep(3, ["a", "b", "c", "d", "e"]), ["c", "d", "e"]);
  assertEquals(keep(3, [], ["", "", "", ""]), ["", "", ""]);
});

Deno.test("History of 0 lines keeps nothing", () => {
  assertEquals(keep(0, ["a"], ["b"]), []);
});

Deno.test("History keeps a limited number of characters", () => {
  const [half, quarter] = ["x".repeat(LIMIT / 2), "y".repeat(LIMIT / 4)];
  assertEquals(keep(10, [half, half]), [half, half]);
  assertEquals(keep(10, [half, half], ["z"]), [half, "z"]);
  assertEquals(keep(10, [half, quarter, quarter, quarter]), [quarter, quarter, quarter]);
});

Deno.test("History passes over a line that is over the limit alone", () => {
  assertEquals(keep(10, ["a", "x".repeat(LIMIT)]), ["x".repeat(LIMIT)]);
  assertEquals(keep(10, ["a", "x".repeat(LIMIT + 1)]), ["a"]);
  assertEquals(keep(10, ["x".repeat(LIMIT + 1), "b"]), ["b"]);
});

Deno.test("History stays within its limits however much was said", () => {
  const history = new History(100);
  for (let i = 0; i < 5000; i++) history.add([`${i} `.repeat(i % 400)]);
  const { lines } = history;
  assertEquals(lines.at(-1), "4999 ".repeat(4999 % 400));
  assertEquals([lines.length <= 100, lines.join("").length <= LIMIT, lines.length > 20], [true, true, true]);
});

Deno.test("History begins with what its store has, and gives it all that is said", () => {
  const kept: string[][] = [];
  const store = {
    last: (count: number) => ["a", "b", "c"].slice(-count),
    add: (lines: readonly string[]) => void kept.push([...lines]),
  };
  const history = new History(2, store);
  assertEquals([history.lines, kept], [["b", "c"], []]);
  history.add(["d", "e"]);
  assertEquals([history.lines, kept], [["d", "e"], [["d", "e"]]]);
  const none = new History(0, store);
  none.add(["f"]);
  assertEquals([none.lines, kept.at(-1)], [[], ["f"]]);
});
