import { assertEquals } from "@std/assert";
import { Recent, type Words } from "../../../lib/chat/bus/recent.ts";
import type { Home } from "../../../lib/chat/bus/contract.ts";
import type { Person } from "../../../lib/chat/member.ts";
import { FakeClock } from "../../support/clock.ts";

/** What is remembered in a room whose people keep their notes. */
function make() {
  const notes: string[] = [];
  const home: Partial<Home> = {
    tell: ({ name }, text) => void notes.push(`${name}: ${text}`),
    announce: (text) => void notes.push(text),
  };
  const recent = new Recent(home as Home);
  const [ann, bob] = ["ann", "bob"].map((name): Person => ({ name, hear: () => true }));
  const say = (n: number, who: Person | undefined, text: string, given: Partial<Words> = {}) =>
    recent.add({ n, at: performance.now(), size: 100, line: n, who: who!, texts: [text], ...given });
  return { recent, notes, ann, bob, say };
}

const MISSED = "Another server was out of reach and did not hear";

Deno.test("Recent tells each what of theirs was missed in a row, once", () => {
  const { recent, notes, ann, bob, say } = make();
  say(1, ann, "one", { line: 0 });
  say(2, bob, "two", { line: 0 });
  say(4, ann, "three", { line: 1 });
  say(5, ann, "four", { line: 2 });
  say(6, ann, "five", { line: 3 });
  recent.regret(4, 5);
  recent.regret(4, 5);
  assertEquals(notes.splice(0), [`ann: ${MISSED} "three" and 1 more`]);
  recent.regret(1, 9);
  assertEquals(notes, [`ann: ${MISSED} "one"`, `bob: ${MISSED} "two"`, `ann: ${MISSED} "five"`]);
});

Deno.test("Recent forgets after half a minute, but knows that there was something", async () => {
  using clock = new FakeClock();
  const { recent, notes, ann, say } = make();
  say(1, ann, "old");
  await clock.advance(20_000);
  say(2, ann, "new");
  await clock.advance(15_000);
  recent.trim();
  recent.regret(2, 2);
  assertEquals(notes.splice(0), [`ann: ${MISSED} "new"`]);
  for (let i = 0; i < 2; i++) recent.regret(1, 2);
  assertEquals(notes, [`${MISSED} all that was said here a moment ago`]);
});

Deno.test("Recent tells all when more was missed than it remembers", () => {
  const { recent, notes, ann, say } = make();
  for (let n = 1; n <= 5; n++) say(n, ann, String(n), { size: 1024 * 1024 });
  recent.regret(3, 3);
  assertEquals(notes.splice(0), [`ann: ${MISSED} "3"`]);
  for (let i = 0; i < 2; i++) recent.regret(1, 4);
  assertEquals(notes, [`ann: ${MISSED} "4"`, `${MISSED} all that was said here a moment ago`]);
});
