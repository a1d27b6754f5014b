import { assert, assertEquals } from "@std/assert";
import { Clock, isBefore, Waiting } from "../../../lib/chat/bus/order.ts";

Deno.test("Clock is always later than before, and than what was heard", () => {
  const clock = new Clock();
  const first = clock.next();
  assert(clock.next() > first);
  const heard = first + 60_000_000;
  clock.hear(heard);
  assertEquals([clock.believes(heard), clock.next(), clock.next()], [true, heard + 1, heard + 2]);
  clock.hear(first);
  assertEquals(clock.next(), heard + 3);
});

Deno.test("Clock begins with the time of day and believes no time that is days ahead", () => {
  const clock = new Clock();
  const before = Date.now() * 1_000;
  const now = clock.next();
  assert(now >= before && now <= Date.now() * 1_000);
  assertEquals([clock.believes(Number.MAX_SAFE_INTEGER), clock.believes(now + 2 * 24 * 3_600_000_000)], [false, false]);
});

Deno.test("Waiting gives the earliest first, of one time the server with the smaller id", () => {
  const waiting = new Waiting();
  const run = () => {};
  const turns = [[5, "b"], [3, "a"], [9, "a"], [5, "a"], [1, "c"]] as const;
  for (const [at, server] of turns) waiting.add({ at, server, size: at, run });
  assertEquals(waiting.size, 23);
  const taken: string[] = [];
  for (let turn; (turn = waiting.take());) taken.push(`${turn.at}${turn.server}`);
  assertEquals([taken, waiting.first, waiting.size], [["1c", "3a", "5a", "5b", "9a"], undefined, 0]);
});

Deno.test("isBefore() orders any two different things, and nothing before itself", () => {
  const [one, two] = [{ at: 1, server: "a" }, { at: 1, server: "b" }];
  assertEquals([isBefore(one, two), isBefore(two, one), isBefore(one, one)], [true, false, false]);
});
