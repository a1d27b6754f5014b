/** How results of the benchmark are shown and judged. */

import { assertEquals } from "@std/assert";
import { shortNumber, showLoad } from "../../../scripts/bench/table.ts";
import { judge } from "../../../scripts/bench/targets.ts";
import { load, sample, series } from "./helpers.ts";

const PING = load("ping-64");

const ALL = [
  series(PING, "c", "yardstick", [1000, 1200, 1100]),
  series(PING, "node", "peer", [500, 600, 550]),
  { ...series(PING, "nc", "peer", []), failures: ["serves 1 at most"] },
  series(PING, "sockeye", "ours", [800, 960, 880]),
];

Deno.test("shortNumber() shows what means something", () => {
  assertEquals([141_230.4, 48.26, 6.5, 0.6523].map(shortNumber), ["141,230", "48.3", "6.50", "0.652"]);
});

Deno.test("showLoad() has a line for each contestant, and the reason of one that failed", () => {
  assertEquals(
    showLoad(PING, ALL),
    `\
<ping-64> (messages/s)
           median         spread   x c  x node  CPU us/message  peak MiB
  c         1,100  1,000 - 1,200  1.00    2.00            1.00      1.00
  node        550      500 - 600  0.50    1.00            1.00      1.00
  nc            -                                                         serves 1 at most
  sockeye     880      800 - 960  0.80    1.60            1.00      1.00`,
  );
});

Deno.test("judge() takes ratios and figures, and says so when there is none", () => {
  const idle = load("idle", "less");
  const ours = series(idle, "sockeye", "ours", []);
  ours.samples.push(sample(1, 12, { extra: { kbPerConnection: 12.9, kept: 0.9 } }));
  const verdicts = judge([series(idle, "c", "yardstick", [1]), ours]);
  assertEquals(verdicts.map(({ got, met }) => [got, met]), [[12, false], [12.9, true], [0.9, false]]);
  const failed = judge([series(PING, "c", "yardstick", []), series(PING, "sockeye", "ours", [1])]);
  assertEquals(failed.map(({ got, met }) => [got, met]), [[undefined, undefined]]);
  assertEquals(judge(ALL).map(({ text }) => text), ["x c", "x node"], "only the contestants of this run");
});
