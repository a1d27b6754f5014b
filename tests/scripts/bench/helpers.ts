/** Makes loads, contestants and results of a benchmark for the tests. */

import type { Contestant, Load, Role, Sample, Series } from "../../../scripts/bench/types.ts";

export function load(id: string, better: Load["better"] = "more"): Load {
  const unit = better === "more" ? "messages/s" : "s";
  const constants = { job: "echo", work: "message", connections: () => 1, words: () => [] } as const;
  return { id, title: `<${id}>`, unit, better, ...constants };
}

export function contestant(name: string, role: Role): Contestant {
  return { name, role, needs: [] };
}

/** Makes a run with a value, and optionally other fields. */
export function sample(round: number, value: number, more: Partial<Sample> = {}): Sample {
  return { round, value, cpuMicros: 1, peakMb: 1, extra: {}, ...more };
}

export function series(of: Load, name: string, role: Role, values: readonly number[]): Series {
  const samples = values.map((value, i) => sample(i + 1, value));
  return { load: of, contestant: contestant(name, role), samples, failures: [] };
}
