/**
 * Statistics of a series of runs: medians, spread, ratios. A ratio is computed within each round, where both
 * contestants ran one after the other, and the result is the median over the rounds: a machine that is busy for a while
 * changes it little.
 *
 * @module
 */

import type { Sample, Series } from "./types.ts";

/** Summary of a series, as the table shows it. */
export interface Summary {
  /** Median of the values. */
  readonly median: number;
  /** The lowest value. */
  readonly low: number;
  /** The highest value. */
  readonly high: number;
  /** Median of the processor time per unit of work, in microseconds. */
  readonly cpuMicros: number;
  /** Peak memory over all rounds, in MiB. */
  readonly peakMb: number;
  /** Median of each extra figure. */
  readonly extra: Readonly<Record<string, number>>;
}

/**
 * Returns the middle value; for an even number of values the mean of the two in the middle.
 *
 * @param values at least one value
 * @throws {RangeError} if there is none
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot take the median of nothing");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** Summarizes a series; undefined if it has no run. */
export function summarize({ samples }: Pick<Series, "samples">): Summary | undefined {
  if (samples.length === 0) return undefined;
  const values = samples.map(({ value }) => value);
  const names = Object.keys(samples[0]?.extra ?? {});
  return {
    median: median(values),
    low: Math.min(...values),
    high: Math.max(...values),
    cpuMicros: median(samples.map(({ cpuMicros }) => cpuMicros)),
    peakMb: Math.max(...samples.map(({ peakMb }) => peakMb)),
    extra: Object.fromEntries(names.map((name) => [name, median(samples.map(({ extra }) => extra[name] ?? 0))])),
  };
}

/**
 * Returns the ratio of one series to another: the median over the rounds that both have.
 *
 * @param of selects the figure of a run. Default: its value
 * @returns undefined if the series have no round in common
 */
export function ratio(
  one: Pick<Series, "samples">,
  other: Pick<Series, "samples">,
  of: (sample: Sample) => number = ({ value }) => value,
): number | undefined {
  const pairs = one.samples.flatMap((sample) => {
    const partner = other.samples.find(({ round }) => round === sample.round);
    return partner && of(partner) > 0 ? [of(sample) / of(partner)] : [];
  });
  return pairs.length === 0 ? undefined : median(pairs);
}

/** Returns the yardstick's series of a load. */
export function yardstickOf(all: readonly Series[], load: string): Series | undefined {
  return all.find((one) => one.load.id === load && one.contestant.role === "yardstick");
}

/** Returns the best series of a load among other programs; sockeye, the yardstick and the bare runtime do not count. */
export function bestPeerOf(all: readonly Series[], load: string): Series | undefined {
  const peers = all.filter((one) => one.load.id === load && one.contestant.role === "peer" && one.samples.length > 0);
  const figure = (one: Series) => (summarize(one)?.median ?? 0) * (one.load.better === "more" ? -1 : 1);
  return peers.toSorted((a, b) => figure(a) - figure(b))[0];
}
