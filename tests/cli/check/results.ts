/** Results of cases, and a suite, for tests of what is told about them. */

import type { Case, Suite } from "../../../lib/check/case.ts";
import type { Finding } from "../../../lib/check/finding.ts";
import type { CaseResult } from "../../../lib/check/run.ts";
import type { SuiteEntry } from "../../../lib/check/suites.ts";
import type { ReportForm } from "../../../lib/cli/check/report.ts";
import { utf8 } from "../helpers.ts";

export const PLAIN: ReportForm = {
  language: "en",
  encoding: "utf-8",
  hex: false,
  columns: 80,
  terminal: false,
  idColumns: 7,
  paint: (_role, text) => text,
};

/** A message that was cut, and answered before its end had come. */
export const CUT: Finding = {
  verdict: "fail",
  reason: {
    en: 'recv() returns what has arrived, not what was sent. Read until the newline, or until b"".',
    zh: 'recv() 返回的是已到达的数据，不是对方一次发送的数据。请循环读取，直到收到换行符或 b"" 为止。',
  },
  evidence: {
    steps: [
      { does: "send", bytes: utf8("hello wor") },
      { does: "pause", ms: 50 },
      { does: "send", bytes: utf8("ld 你好\n") },
    ],
    expected: utf8("hello world 你好\n"),
    received: utf8("hello wor"),
    at: 9,
    end: "fin",
  },
  tries: { failed: 18, of: 18, what: "cuts" },
  again: ["client", "--send", "hello world 你好\\n", "--escapes", "--cut", "9"],
};

export function resultOf(finding: Finding, name = "4"): CaseResult {
  const title = { en: "a message that arrives in two pieces", zh: "分两次到达的消息" };
  return { id: `echo/${name}`, title, finding, ms: 12 };
}

/** A suite whose cases do nothing. */
export function suiteOf(name: string, names: readonly string[]): Suite {
  const cases = names.map((one): Case => ({
    name: one,
    title: { en: `case ${one}`, zh: `第 ${one} 项` },
    run: () => Promise.resolve({ verdict: "ok" }),
  }));
  return { name, title: { en: `the ${name} suite`, zh: `${name} 测试` }, tests: "server", cases };
}

export function entryOf(suite: Suite): SuiteEntry {
  return {
    name: suite.name,
    summary: suite.title.en,
    tests: suite.tests,
    load: () => Promise.resolve(suite),
    explanations: () => Promise.resolve({}),
  };
}
