/**
 * What is said about a series of runs: medians, spread, ratios. A ratio is taken within each round, where both ran one after
 * the other, and then the median of the rounds: a machine that is busy for a while then changes little.
 *
 * @module
 */

import type { Sample, Series } from "./types.ts";

/** What the table shows of a series. */
export interface Summary {
  /** Median of the values. */
  readonly median: number;
  /** The lowest value. */
  readonly low: number;
  /** The highest value. */
  readonly high: number;
  /** Median of the processor time for a piece of work, in microseconds. */
  readonly cpuMicros: number;
  /** The most memory of all rounds, in MiB. */
  readonly peakMb: number;
  /** Median of each of the extra figures. */
  readonly extra: Readonly<Record<string, number>>;
}

/**
 * The middle value; of an even number the mean of the two in the middle.
 *
 * @param values at least one
 * @throws {RangeError} there is none
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot take the median of nothing");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** Sums up a series; undefined when there was no run. */
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
 * How many times the value of another: the median of the rounds that both have.
 *
 * @param of what the ratio takes of a run; its value unless said otherwise
 * @returns undefined when they have no round in common
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

/** The yardstick's series of a load. */
export function yardstickOf(all: readonly Series[], load: string): Series | undefined {
  return all.find((one) => one.load.id === load && one.contestant.role === "yardstick");
}

/** The series of the best of the programs that do the same job; not this program, the yardstick or the bare runtime. */
export function bestPeerOf(all: readonly Series[], load: string): Series | undefined {
  const peers = all.filter((one) => one.load.id === load && one.contestant.role === "peer" && one.samples.length > 0);
  const figure = (one: Series) => (summarize(one)?.median ?? 0) * (one.load.better === "more" ? -1 : 1);
  return peers.toSorted((a, b) => figure(a) - figure(b))[0];
}
