/**
 * The report of a check as JUnit's XML, which systems for continuous integration read.
 *
 * @module
 */

import type { Verdict } from "../../check/finding.ts";
import type { CaseResult } from "../../check/run.ts";
import type { Language } from "../../language.ts";
import { idOf, type Selection } from "./select.ts";

/** What the file is made from. */
export interface JunitContext {
  /** What was to run. */
  readonly selection: Selection;
  /** What ran; fewer cases where the run was given up. */
  readonly results: readonly CaseResult[];
  /** The report of a case for people, without colours. */
  readonly report: (result: CaseResult) => string;
  /** The language of titles and reasons. */
  readonly language: Language;
  /** Whether `weak` fails as well. */
  readonly strict: boolean;
  /** Milliseconds of the run. */
  readonly ms: number;
  /** Why cases that did not run did not. */
  readonly reason?: string | undefined;
}

/** Writes the file. A case that could not be judged is skipped, one that did not run is an error. */
export function junitXml({ selection, results, report, language, strict, ms, reason }: JunitContext): string {
  const { suite, cases } = selection;
  const counts = { failures: 0, errors: 0, skipped: 0 };
  const elements = cases.map((one) => {
    const id = idOf(suite, one);
    const result = results.find((known) => known.id === id);
    const title = `${id} ${one.title[language]}`;
    const head = `<testcase${attributes({ classname: suite.name, name: title, time: seconds(result?.ms ?? 0) })}`;
    if (!result) {
      counts.errors++;
      return `${head}><error${attributes({ message: reason ?? "The run was given up", type: "not run" })}/></testcase>`;
    }
    const { verdict, reason: why } = result.finding;
    const told = { message: why?.[language] ?? "", type: verdict };
    if (fails(verdict, strict)) {
      counts.failures++;
      return `${head}><failure${attributes(told)}>${escapeXml(report(result))}</failure></testcase>`;
    }
    if (verdict === "unknown") {
      counts.skipped++;
      return `${head}><skipped${attributes({ message: told.message })}/></testcase>`;
    }
    return verdict === "weak"
      ? `${head}><system-out>${escapeXml(report(result))}</system-out></testcase>`
      : `${head}/>`;
  });
  const totals = attributes({
    name: `sockeye check ${suite.name}`,
    tests: String(cases.length),
    failures: String(counts.failures),
    errors: String(counts.errors),
    skipped: String(counts.skipped),
    time: seconds(ms),
  });
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites${totals}>`,
    `<testsuite${totals}>`,
    ...elements,
    "</testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

/** Whether a verdict makes the run fail. */
export function fails(verdict: Verdict, strict: boolean): boolean {
  return verdict === "fail" || (strict && verdict === "weak");
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => {
    // A reader makes blanks of line ends in an attribute.
    const text = escapeXml(value).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
    return ` ${name}="${text}"`;
  }).join("");
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** What XML 1.0 (section 2.2) cannot hold, not even as a reference. */
const IMPOSSIBLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Escapes text for XML; characters that it cannot hold are shown by their numbers. */
function escapeXml(text: string): string {
  return text
    .replace(IMPOSSIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;");
}
