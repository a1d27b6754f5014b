import { assertEquals } from "@std/assert";
import { Gaps } from "../../../lib/chat/bus/gaps.ts";
import { type Body, type Gap, GAPS_MAX } from "../../../lib/chat/bus/wire.ts";
import { FakeClock } from "../../support/clock.ts";

/** Gaps and what was told of them. */
function make() {
  const told: (readonly Gap[])[] = [];
  const gaps = new Gaps((body: Body) => void (body.k === "missed" && told.push(body.gaps)));
  return { gaps, told };
}

Deno.test("Gaps makes one of those that follow each other, server by server", () => {
  const { gaps, told } = make();
  gaps.note("a", 1, 3);
  for (let n = 4; n <= 5_000; n++) {
    gaps.note("a", n, n);
    if (n % 2 === 0) gaps.note("b", n, n + 1);
  }
  gaps.note("a", 6_000, 6_000);
  gaps.pay();
  assertEquals(told, [[["a", 1, 5_000], ["b", 4, 5_001], ["a", 6_000, 6_000]]]);
});

Deno.test("Gaps tells too much rather than too little when there are too many", () => {
  const { gaps, told } = make();
  const last = 4 * GAPS_MAX;
  for (let n = 2; n <= last; n += 2) gaps.note("a", n, n);
  gaps.pay();
  const isTold = (n: number) => told[0]?.some(([, first, end]) => n >= first && n <= end);
  assertEquals([told[0]?.length, isTold(2), isTold(GAPS_MAX), isTold(last)], [GAPS_MAX, true, true, true]);
});

Deno.test("Gaps tells once what is new, again when it is asked, and forgets after a minute", async () => {
  using clock = new FakeClock();
  const { gaps, told } = make();
  gaps.note("a", 1, 1);
  for (let i = 0; i < 2; i++) gaps.pay();
  assertEquals(told.splice(0), [[["a", 1, 1]]]);
  await clock.advance(50_000);
  gaps.owe();
  gaps.pay();
  assertEquals(told.splice(0), [[["a", 1, 1]]]);
  await clock.advance(20_000);
  gaps.tell();
  assertEquals(told, []);
});
