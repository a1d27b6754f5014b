/**
 * Performance targets of sockeye. A target is a ratio to another program in the same rounds, or a figure that does not
 * depend on the speed of the machine.
 *
 * @module
 */

import { ratio, summarize } from "./stats.ts";
import type { Series } from "./types.ts";

/** A performance target. */
export interface Target {
  /** Id of the load. */
  readonly load: string;
  /** Description of the comparison, for the table. */
  readonly text: string;
  /** Direction of the bound. */
  readonly bound: "at least" | "at most";
  /** The bound. */
  readonly wanted: number;
  /**
   * Number of threads of the contestants that the target is for. Default 1. With more the load also needs its own core.
   */
  readonly threads?: number;
  /** The contestant whose value is 1, or the figure to compare. */
  readonly of: { readonly ratioTo: string } | { readonly figure: "peakMb" | "kbPerConnection" | "kept" };
}

/** A target and its result. */
export interface Verdict extends Target {
  /** Name of the contestant that was judged. */
  readonly contestant: string;
  /** The figure; undefined if it could not be measured. */
  readonly got?: number | undefined;
  /** True if the figure is within the bound; undefined if it could not be measured. */
  readonly met?: boolean | undefined;
}

const faster = (load: string, ratioTo: string, wanted: number): Target => ({
  load,
  text: `x ${ratioTo}`,
  bound: "at least",
  wanted,
  of: { ratioTo },
});

const sooner = (load: string, ratioTo: string, wanted: number): Target => ({
  ...faster(load, ratioTo, wanted),
  text: `x the time of ${ratioTo}`,
  bound: "at most",
});

/** All targets. */
export const TARGETS: readonly Target[] = [
  faster("ping-64", "c", 0.65),
  { ...faster("ping-64", "c", 1), threads: 2 },
  faster("ping-64", "node", 1.1),
  faster("ping-64", "socat", 2),
  faster("ping-64", "ncat", 2),
  faster("ping-64", "python", 3),
  faster("stream-16", "c", 0.9),
  faster("stream-1", "c", 1),
  sooner("idle", "c", 10),
  {
    load: "idle",
    text: "KiB for each connection",
    bound: "at most",
    wanted: 13,
    of: { figure: "kbPerConnection" },
  },
  { load: "idle", text: "of it stays when they have gone", bound: "at most", wanted: 0.5, of: { figure: "kept" } },
  faster("udp", "node", 1),
  faster("tap-stream", "c", 0.6),
  faster("tap-stream", "socat", 2),
  faster("tap-ping-64", "c", 0.7),
  faster("tap-ping-64", "socat", 2),
  faster("tap-churn", "c", 0.3),
  faster("tap-churn", "socat", 5),
  faster("tap-udp", "python", 0.8),
  {
    load: "tap-idle",
    text: "KiB for each pair",
    bound: "at most",
    wanted: 100,
    of: { figure: "kbPerConnection" },
  },
  sooner("fetch", "curl", 0.8),
  sooner("fetch", "wget", 0.8),
  { load: "fetch", text: "MiB at the most", bound: "at most", wanted: 100, of: { figure: "peakMb" } },
  sooner("page", "curl", 5),
];

/** Judges each variant of sockeye that ran by the targets of the loads that ran. */
export function judge(all: readonly Series[]): Verdict[] {
  return all.filter(({ contestant }) => contestant.role === "ours").flatMap((ours) =>
    TARGETS.filter((target) => isFor(target, ours) && takesPart(target, all)).map((target): Verdict => {
      const got = figureOf(target, ours, all);
      const met = got === undefined
        ? undefined
        : target.bound === "at least"
        ? got >= target.wanted
        : got <= target.wanted;
      return { ...target, contestant: ours.contestant.name, got, met };
    })
  );
}

/** Tests whether a target applies to a contestant and this machine has the cores that it needs. */
function isFor({ load, threads = 1 }: Target, ours: Series): boolean {
  const cores = threads === 1 ? 1 : threads + 1;
  return load === ours.load.id && threads === (ours.contestant.threads ?? 1) && navigator.hardwareConcurrency >= cores;
}

/** Tests whether the contestant that a target compares with is part of this run. */
function takesPart({ of, load }: Target, all: readonly Series[]): boolean {
  return !("ratioTo" in of) || all.some((one) => one.load.id === load && one.contestant.name === of.ratioTo);
}

function figureOf({ of, load }: Target, ours: Series, all: readonly Series[]): number | undefined {
  if ("ratioTo" in of) {
    const other = all.find((one) => one.load.id === load && one.contestant.name === of.ratioTo);
    return other && ratio(ours, other);
  }
  const summary = summarize(ours);
  return of.figure === "peakMb" ? summary?.peakMb : summary?.extra[of.figure];
}
