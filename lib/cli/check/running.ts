/**
 * Runs a suite and reports it: cases as they are judged, the sum, and the file for other programs.
 *
 * @module
 */

import type { Case, CheckOptions, ProgramKind, Suite } from "../../check/case.ts";
import type { Verdict } from "../../check/finding.ts";
import type { CaseResult, RunRules } from "../../check/run.ts";
import { EXIT_CODES, messageOf } from "../../errors.ts";
import type { Output } from "../../output/output.ts";
import type { ReplacedFile } from "../../replaced_file.ts";
import type { Address } from "../../transport/address.ts";
import type { DialOptions } from "../../transport/transport.ts";
import type { Run } from "../command.ts";
import type { Command } from "./again.ts";
import { caseEvent } from "./events.ts";
import { fails, junitXml } from "./junit.ts";
import { CheckProgress } from "./progress.ts";
import { wrapProse } from "./prose.ts";
import { caseReport, hintLines, type ReportForm, summaryLine } from "./report.ts";
import { idOf, type Selection } from "./select.ts";
import { REPORT_WORDS } from "./words.ts";

/** The engine; tests have another one. */
export type RunSuite = (
  suite: Suite,
  cases: readonly Case[],
  address: Address,
  rules: RunRules,
) => AsyncGenerator<CaseResult, ProgramKind>;

/** What is run, and how it is told. */
export interface CheckPlan {
  /** What is run. */
  readonly selection: Selection;
  /** The program under test. */
  readonly address: Address;
  /** What the command line says about it. */
  readonly options: CheckOptions;
  /** How to connect to it. */
  readonly dial: DialOptions;
  /** Repeats the random choices. */
  readonly seed: number;
  /** How a report for people looks. */
  readonly form: ReportForm;
  /** Commands that show a case again. */
  readonly again: (result: CaseResult) => readonly Command[];
  /** The command that tells about a case. */
  readonly explain: (id: string) => Command;
  /** Whether a weak case fails. */
  readonly strict: boolean;
  /** Whether events are printed instead of a report. */
  readonly json: boolean;
  /** Whether only what fails is told. */
  readonly quiet: boolean;
  /** The open file for JUnit's XML. */
  readonly junit?: ReplacedFile | undefined;
}

/**
 * Runs it.
 *
 * @returns the exit code
 * @throws {SockeyeError} what ended the run; the results so far are reported then
 */
export async function runCases(plan: CheckPlan, runSuite: RunSuite, output: Output, run: Run): Promise<number> {
  const { selection: { suite, cases }, form, json, quiet, strict, seed } = plan;
  const { system, sink } = run;
  const words = REPORT_WORDS[form.language];
  const start = performance.now();
  const results: CaseResult[] = [];
  const begun = new Set<string>();
  const progress = system.stderr.isTerminal() && !json && !quiet
    ? new CheckProgress(sink, () => system.columns())
    : undefined;
  if (progress) output.bottomLine = progress;
  const tell = () => {
    const waited = cases.find((one) => begun.has(idOf(suite, one)));
    if (progress && waited) progress.text = words.progress(results.length, cases.length, waited.title[form.language]);
  };
  const generator = runSuite(suite, cases, plan.address, {
    options: plan.options,
    dial: plan.dial,
    seed,
    signal: system.signal,
    notice: (text) => {
      const message = text[form.language];
      const lines = system.stderr.isTerminal() && !json ? wrapProse(message, system.columns()) : [message];
      for (const line of lines) void output.report({ event: "notice", message: line });
    },
    started: (id) => {
      begun.add(id);
      tell();
    },
  });
  let failure: unknown;
  try {
    for await (const result of generator) {
      const before = results.at(-1);
      results.push(result);
      begun.delete(result.id);
      await report(plan, result, before, output);
      tell();
    }
  } catch (error) {
    failure = error;
  }
  if (progress) {
    progress.text = "";
    output.bottomLine = undefined;
  }
  const ms = Math.round(performance.now() - start);
  const counts = countVerdicts(results);
  if (!json && !quiet && results.length > 0) {
    const first = results.find(({ finding }) => fails(finding.verdict, strict)) ??
      results.find(({ finding }) => finding.verdict === "weak");
    const hint = first ? hintLines(plan.explain(first.id), form) : "";
    await output.print(`\n${summaryLine(counts, ms, form)}${hint}`);
  }
  await writeJunit(plan, results, ms, failure);
  if (failure !== undefined) throw failure;
  const code = results.some(({ finding }) => fails(finding.verdict, strict)) ? EXIT_CODES.expect : 0;
  await output.report({ event: "done", ...output.totals, verdicts: counts, seed, ms, code });
  return code;
}

async function report(
  plan: CheckPlan,
  result: CaseResult,
  before: CaseResult | undefined,
  output: Output,
): Promise<void> {
  const { form, json, quiet, strict } = plan;
  if (json) return await output.report(caseEvent(result, form, plan.again(result)));
  if (quiet && !fails(result.finding.verdict, strict)) return;
  await output.print(caseReport(result, form, plan.again(result), before));
}

function countVerdicts(results: readonly CaseResult[]): Record<Verdict, number> {
  const counts = { ok: 0, weak: 0, fail: 0, unknown: 0 };
  for (const { finding } of results) counts[finding.verdict]++;
  return counts;
}

/** Columns of the report in a file. */
const FILE_COLUMNS = 80;

async function writeJunit(
  { selection, form, again, strict, junit }: CheckPlan,
  results: readonly CaseResult[],
  ms: number,
  failure: unknown,
): Promise<void> {
  if (!junit) return;
  const plain: ReportForm = { ...form, columns: FILE_COLUMNS, terminal: false, paint: (_role, text) => text };
  const report = (result: CaseResult) => caseReport(result, plain, again(result));
  const reason = failure === undefined ? undefined : messageOf(failure);
  const xml = junitXml({ selection, results, report, language: form.language, strict, ms, reason });
  await junit.write(new TextEncoder().encode(xml));
  await junit.complete();
}
