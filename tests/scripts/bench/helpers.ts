/** Runs that nobody had to wait for. */

import type { Contestant, Load, Role, Sample, Series } from "../../../scripts/bench/types.ts";

/** A load of the table's first kind. */
export function load(id: string, better: Load["better"] = "more"): Load {
  return {
    id,
    title: `<${id}>`,
    unit: better === "more" ? "messages/s" : "s",
    better,
    job: "echo",
    work: "message",
    connections: () => 1,
    words: () => [],
  };
}

/** A contestant that does nothing. */
export function contestant(name: string, role: Role): Contestant {
  return { name, role, needs: [] };
}

/** A run with a value; all else may be given too. */
export function sample(round: number, value: number, more: Partial<Sample> = {}): Sample {
  return { round, value, cpuMicros: 1, peakMb: 1, extra: {}, ...more };
}

/** A series with a value for each round. */
export function series(of: Load, name: string, role: Role, values: readonly number[]): Series {
  return {
    load: of,
    contestant: contestant(name, role),
    samples: values.map((value, i) => sample(i + 1, value)),
    failures: [],
  };
}
