/** Medians and ratios of a benchmark. */

import { assertEquals, assertThrows } from "@std/assert";
import { bestPeerOf, median, ratio, summarize, yardstickOf } from "../../../scripts/bench/stats.ts";
import { load, sample, series } from "./helpers.ts";

Deno.test("median() is the middle, whatever the order", () => {
  assertEquals([median([3, 100, 1]), median([4, 1, 3, 2]), median([7])], [3, 2.5, 7]);
  assertThrows(() => median([]), RangeError);
});

Deno.test("summarize() takes medians of figures and the peak of memory", () => {
  const samples = [
    sample(1, 10, { cpuMicros: 5, peakMb: 30, extra: { p50: 1 } }),
    sample(2, 30, { cpuMicros: 6, peakMb: 90, extra: { p50: 2 } }),
    sample(3, 20, { cpuMicros: 9, peakMb: 40, extra: { p50: 9 } }),
  ];
  assertEquals(summarize({ samples }), { median: 20, low: 10, high: 30, cpuMicros: 6, peakMb: 90, extra: { p50: 2 } });
  assertEquals(summarize({ samples: [] }), undefined);
});

Deno.test("ratio() compares within rounds: a machine that is slow for one of them changes nothing", () => {
  const one = { samples: [sample(1, 50), sample(2, 5), sample(3, 50)] };
  const other = { samples: [sample(1, 100), sample(2, 10), sample(3, 100)] };
  assertEquals(ratio(one, other), 0.5);
});

Deno.test("ratio() leaves out rounds that only one of them has", () => {
  const other = { samples: [sample(2, 10)] };
  assertEquals(ratio({ samples: [sample(1, 1000), sample(2, 20)] }, other), 2);
  assertEquals(ratio({ samples: [sample(1, 1000)] }, other), undefined);
  assertEquals(ratio({ samples: [] }, other), undefined);
});

Deno.test("bestPeerOf() is the fastest of the peers, for rates and for times", () => {
  for (const [better, best] of [["more", "quick"], ["less", "slow"]] as const) {
    const of = load("x", better);
    const all = [
      series(of, "c", "yardstick", [better === "more" ? 1000 : 1]),
      series(of, "sockeye", "ours", [better === "more" ? 900 : 2]),
      series(of, "slow", "peer", [10]),
      series(of, "failed", "peer", []),
      series(of, "quick", "peer", [20]),
    ];
    assertEquals(bestPeerOf(all, "x")?.contestant.name, best);
    assertEquals(yardstickOf(all, "x")?.contestant.name, "c");
    assertEquals(bestPeerOf(all, "y"), undefined);
  }
});
