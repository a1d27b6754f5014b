/** Clients whose lines do not end as lines of a chat do. */

import { assertEquals } from "@std/assert";
import { FakeClock } from "../support/clock.ts";
import { makeChat } from "./helpers.ts";

const UNHEARD = "*** Nobody hears you yet: a line ends with a line feed, \\n, and none has come\n";

for (const [how, text] of [["no end", "hello"], ["CR alone", "hello\r"], ["NULs", "hello\0\0\0"]] as const) {
  Deno.test(`chat tells a client whose lines have ${how} after 2 s, once, and the operator which option serves it`, async () => {
    using clock = new FakeClock();
    const { people, mode, notices } = makeChat();
    const [one, two] = people(2);
    await one.says(text);
    await clock.advance(1_999);
    assertEquals([one.news(), notices], ["", []]);
    await clock.advance(1);
    assertEquals([one.news(), two.news()], [UNHEARD, ""]);
    const told = ["#1 sends no line ends, so its text reaches no other client: --frame gap:50ms serves such clients"];
    assertEquals(notices, told);
    await one.says(text);
    await two.says(text);
    await clock.advance(10_000);
    assertEquals([one.news(), two.news(), notices], ["", UNHEARD, told]);
    for (const { peer } of [one, two]) mode.close?.(peer);
    assertEquals(clock.pending, 0);
  });
}

Deno.test("chat tells nothing to a client that ends its line in time, presses keys, pads with NULs, or leaves", async () => {
  using clock = new FakeClock();
  const { people, come, notices } = makeChat();
  const [one, typing, leaving, listening] = people(4);
  await one.says("hel");
  await leaving.says("bye");
  await clock.advance(1_500);
  await one.says("lo\n\0\0\0");
  leaving.breaks();
  for (const key of "slowly") {
    await typing.says(key);
    await clock.advance(1_500);
  }
  await typing.says("\n");
  await clock.advance(5_000);
  assertEquals(listening.news(), "<user1> hello\n<user3> bye\n*** user3 left\n<user2> slowly\n");
  assertEquals([one.news().includes("Nobody"), typing.news().includes("Nobody"), notices], [false, false, []]);
  const ending = come(5);
  await ending.says("the end");
  await ending.ends();
  assertEquals(clock.pending, 0);
});

Deno.test("chat drops NULs beside the ends of lines, keeps those inside, and obeys a command between them", async () => {
  const { people } = makeChat();
  const [one, two] = people(2);
  for (const piece of ["one\0\0\n\0\0\0two\n\0", "\0a\0b\0\r\n\0\0/me waves\0\n", "last\0\0"]) await one.says(piece);
  await one.ends();
  assertEquals(two.news(), "<user1> one\n<user1> two\n<user1> a\\x00b\n* user1 waves\n<user1> last\n*** user1 left\n");
});

Deno.test("chat with --frame gap serves clients that end lines by CR alone, pad with NULs, or end nothing", async () => {
  using clock = new FakeClock();
  const { people } = makeChat({ form: { frame: { by: "gap", ms: 50 } } });
  const [one, two] = people(2);
  for (const text of ["one\r", "two\0\0\0", "three", "four\n", "\0\0"]) {
    void one.says(text);
    await clock.advance(3_000);
  }
  assertEquals(two.news(), "<user1> one\n<user1> two\n<user1> three\n<user1> four\n");
});
