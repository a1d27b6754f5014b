/**
 * Formats the results as JSON, for other programs and for comparing runs.
 *
 * @module
 */

import { bestPeerOf, ratio, summarize, yardstickOf } from "./stats.ts";
import type { Absence } from "./table.ts";
import type { Verdict } from "./targets.ts";
import type { Series } from "./types.ts";

/**
 * Formats all results: each run, and the medians.
 *
 * @param settings settings of the benchmark
 * @returns JSON and a line end
 */
export async function reportJson(
  all: readonly Series[],
  verdicts: readonly Verdict[],
  absent: readonly Absence[],
  settings: { readonly quick: boolean; readonly rounds: number },
): Promise<string> {
  const machine = {
    processors: navigator.hardwareConcurrency,
    load: Deno.loadavg(),
    kernel: Deno.osRelease(),
    deno: Deno.version.deno,
    processor: /model name\s*: (.*)/.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1],
  };
  const { quick, rounds } = settings;
  const results = all.map((one) => describe(one, all));
  return `${JSON.stringify({ machine, quick, rounds, results, targets: verdicts, leftOut: absent }, null, 2)}\n`;
}

function describe(one: Series, all: readonly Series[]): Record<string, unknown> {
  const { load: { id, title, unit, better, work }, contestant, samples, failures } = one;
  const [yardstick, best] = [yardstickOf(all, id), bestPeerOf(all, id)];
  return {
    load: id,
    ...{ title, unit, better, work },
    contestant: contestant.name,
    role: contestant.role,
    ...summarize(one),
    toYardstick: yardstick && ratio(one, yardstick),
    toBestPeer: best && ratio(one, best),
    bestPeer: best?.contestant.name,
    samples,
    failures,
  };
}
