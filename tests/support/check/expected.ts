/** What `check` must say about the programs beside this file, and whether it does. */

import type { Verdict } from "../../../lib/check/finding.ts";
import { type Judged, judgeFile } from "./learner.ts";

/**
 * What must be said about a program: names of cases with spaces between them. A case that stands nowhere must be `ok`.
 */
export interface Expected {
  readonly fail?: string;
  readonly weak?: string;
  readonly unknown?: string;
  /** Cases in which the same mistake may show or not, such as how much of a megabyte arrived: any verdict is right. */
  readonly any?: string;
}

/** A program with one mistake. */
export interface Wrong extends Expected {
  /** Its file in `wrong/`. */
  readonly file: string;
  readonly suite: string;
  /** What stands behind the address on the command line. */
  readonly args?: readonly string[];
}

/** How many checks run at the same time in one process of tests. */
const AT_ONCE = 5;

/** What was said that is not expected: one line for each case. */
export function misjudged(what: string, { verdicts, reasons }: Judged, expected: Expected): string[] {
  const verdict = new Map<string, Verdict>();
  for (const kind of ["fail", "weak", "unknown"] as const) {
    for (const name of words(expected[kind])) verdict.set(name, kind);
  }
  const any = words(expected.any);
  const named = [...verdict.keys(), ...any].filter((name) => !verdicts.has(name)).map((name) =>
    `${what}: no case ${name}`
  );
  const wrong = [...verdicts].filter(([name, is]) => !any.includes(name) && is !== (verdict.get(name) ?? "ok"));
  const line = ([name, is]: [string, Verdict]) =>
    `${what}: case ${name} is ${is}, not ${verdict.get(name) ?? "ok"}: ${reasons.get(name)}`;
  return [...named, ...wrong.map(line)];
}

/** Judges wrong programs, some at the same time; gives what was said that is not expected. */
export async function misjudgedOf(programs: readonly Wrong[]): Promise<string[]> {
  return (await mapAtOnce(programs, async (wrong) => {
    const { file, suite, args } = wrong;
    return misjudged(file, await judgeFile(suite, `wrong/${file}`, args), wrong);
  })).flat();
}

/** Acts on all, some at the same time; what is thrown ends up in the list, too. */
export async function mapAtOnce<T>(all: readonly T[], act: (one: T) => Promise<string[]>): Promise<string[][]> {
  const results: string[][] = [];
  const left = [...all.entries()];
  const work = async () => {
    for (let next; (next = left.shift());) {
      const [index, one] = next;
      results[index] = await act(one).catch((error) => [String(error)]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

function words(text = ""): string[] {
  return text.split(" ").filter((word) => word !== "");
}
