import { assert, assertEquals } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { chooseCuts, countCuts } from "../../../lib/check/comparison/cuts.ts";
import {
  bytewise,
  cutOnce,
  gluedAll,
  gluedAt,
  halfClosing,
  heldAt,
  inHalves,
  type Plan,
  uncut,
} from "../../../lib/check/comparison/plans.ts";
import { randomOf } from "../../../lib/random.ts";
import { bytesOf } from "../../support/net.ts";

/** Random messages, some of a single byte. */
function* conversations(): Generator<Uint8Array[]> {
  const random = randomOf("conversations");
  for (let round = 0; round < 100; round++) {
    yield Array.from(
      { length: 1 + Math.floor(random() * 5) },
      () => Uint8Array.from({ length: 1 + Math.floor(random() ** 3 * 200) }, () => Math.floor(random() * 256)),
    );
  }
}

Deno.test("every cut is chosen where there are few", () => {
  assertEquals(chooseCuts([bytesOf("abc"), bytesOf("x"), bytesOf("de")], 3, randomOf("1")), [
    { message: 0, at: 1 },
    { message: 0, at: 2 },
    { message: 2, at: 1 },
  ]);
  assertEquals(chooseCuts([bytesOf("x")], 3, randomOf("1")), []);
});

Deno.test("chosen cuts are in order, different, within their messages, and repeated by the seed", () => {
  for (const messages of conversations()) {
    for (const max of [1, 16, 1000]) {
      const cuts = chooseCuts(messages, max, randomOf("7"));
      assertEquals(cuts.length, Math.min(max, countCuts(messages)));
      for (const [i, { message, at }] of cuts.entries()) {
        assert(at >= 1 && at < messages[message]!.length);
        const before = cuts[i - 1];
        if (before) assert(before.message < message || (before.message === message && before.at < at));
      }
      assertEquals(chooseCuts(messages, max, randomOf("7")), cuts);
    }
  }
});

Deno.test("of many cuts some are at the ends of lines and within characters", () => {
  const message = bytesOf(`${"a".repeat(5000)}\r\n${"b".repeat(5000)}你\n`);
  const cuts = chooseCuts([message], 20, randomOf("7"));
  const telling = [1, 5000, 5001, 5002, 10003, 10004, 10005];
  assertEquals(telling.filter((at) => !cuts.some((cut) => cut.at === at)), []);
});

Deno.test("every plan sends the same bytes, and waits for all answers", () => {
  for (const messages of conversations()) {
    const plans: Plan[] = [
      uncut(messages),
      ...chooseCuts(messages, 5, randomOf("3")).map((cut) => cutOnce(messages, cut, 5)),
      ...messages.slice(1).map((_, i) => gluedAt(messages, i)),
      gluedAll(messages),
      bytewise(messages, 100, 5),
      inHalves(messages, 100, 50),
      heldAt(messages, 0, 5),
      halfClosing(messages),
    ];
    for (const plan of plans) {
      assertEquals(concat(plan.flatMap(({ pieces }) => pieces)), concat(messages));
      assertEquals(plan.at(-1)?.said, messages.length);
      for (const [i, { said }] of plan.entries()) assert(said > (plan[i - 1]?.said ?? 0));
    }
  }
});
