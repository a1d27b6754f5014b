/**
 * Formats the results as text: a table for each load, then the targets, then the contestants that were left out.
 *
 * @module
 */

import { bestPeerOf, ratio, summarize, yardstickOf } from "./stats.ts";
import type { Verdict } from "./targets.ts";
import type { Load, Series } from "./types.ts";

/** A contestant that cannot run here. */
export interface Absence {
  /** Name of the contestant. */
  readonly name: string;
  /** The reason. */
  readonly why: string;
}

/** Formats a number with at least three significant digits and separated thousands: `141,230`, `48.3`, `0.652`. */
export function shortNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Formats all results. */
export function showAll(all: readonly Series[], verdicts: readonly Verdict[], absent: readonly Absence[]): string {
  const loads = [...new Set(all.map(({ load }) => load))];
  const ran = (load: Load) => all.some((one) => one.load === load && one.samples.length + one.failures.length > 0);
  const parts = loads.filter(ran).map((load) => showLoad(load, all));
  const late = loads.filter((load) => !ran(load)).map(({ id }) => id);
  if (late.length > 0) parts.push(`There was no time left for ${late.join(", ")}`);
  if (verdicts.length > 0) parts.push(showTargets(verdicts));
  if (absent.length > 0) parts.push(["Left out", ...absent.map(({ name, why }) => `  ${name}: ${why}`)].join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** Formats the table of one load. */
export function showLoad(load: Load, all: readonly Series[]): string {
  const ofLoad = all.filter((one) => one.load === load);
  const best = bestPeerOf(all, load.id);
  const head = [
    ...["", "median", "spread", "x c", best ? `x ${best.contestant.name}` : "x best peer"],
    ...[`CPU us/${load.work}`, "peak MiB", ""],
  ];
  const rows = ofLoad.map((one) => rowOf(one, yardstickOf(all, load.id), best));
  return [`${load.title} (${load.unit}${load.better === "less" ? ", less is better" : ""})`, ...align([head, ...rows])]
    .join("\n");
}

function rowOf(one: Series, yardstick: Series | undefined, best: Series | undefined): string[] {
  const summary = summarize(one);
  const name = one.contestant.name;
  if (!summary) return [name, "-", "", "", "", "", "", one.failures[0] ?? "there was no time left"];
  const { median, low, high, cpuMicros, peakMb, extra } = summary;
  const to = (other: Series | undefined) => {
    const times = other && ratio(one, other);
    return times === undefined ? "-" : times.toFixed(2);
  };
  const notes = [extrasOf(extra), one.failures[0] && `failed ${one.failures.length} times: ${one.failures[0]}`].filter(
    Boolean,
  ).join("; ");
  const spread = low === high ? "" : `${shortNumber(low)} - ${shortNumber(high)}`;
  return [
    name,
    shortNumber(median),
    spread,
    to(yardstick),
    to(best),
    shortNumber(cpuMicros),
    shortNumber(peakMb),
    notes,
  ];
}

function extrasOf({ p50, p99, silent, lost, share, kbPerConnection, kept }: Readonly<Record<string, number>>): string {
  return [
    p50 !== undefined && p99 !== undefined && `p50 ${shortNumber(p50)} us, p99 ${shortNumber(p99)} us`,
    silent !== undefined && silent > 0 && `${silent} connections were never served`,
    lost !== undefined && lost > 0 && `about ${lost} datagrams were lost`,
    share !== undefined && share < 1 && `${Math.round(share * 100)} % came in time`,
    kbPerConnection !== undefined && `${shortNumber(kbPerConnection)} KiB a connection`,
    kept !== undefined && `${Math.round(kept * 100)} % of it stays`,
  ].filter((note) => typeof note === "string").join(", ");
}

/** Formats the targets and whether they were met. */
export function showTargets(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ contestant, load, text, bound, wanted, got, met }) => [
    ...[met === undefined ? "?" : met ? "met" : "MISSED", load, contestant],
    got === undefined ? "-" : got.toFixed(2),
    `${text} (${bound} ${wanted})`,
  ]);
  return ["Targets", ...align(rows, [0, 1, 2, 4])].join("\n");
}

/** Pads the columns to the same width; the columns in `left` are aligned to the left, all others to the right. */
function align(rows: readonly (readonly string[])[], left: readonly number[] = [0, 7]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${
      row.map((cell, column) =>
        left.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
      )
        .join("  ")
    }`.trimEnd()
  );
}
