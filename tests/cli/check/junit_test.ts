import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { junitXml } from "../../../lib/cli/check/junit.ts";
import { caseReport } from "../../../lib/cli/check/report.ts";
import type { CaseResult } from "../../../lib/check/run.ts";
import { needs, tool } from "../../support/harness.ts";
import { utf8 } from "../helpers.ts";
import { CUT, entryOf, PLAIN, resultOf, suiteOf } from "./results.ts";

const SUITE = suiteOf("echo", ["1", "4", "5", "6", "7"]);

/** Bytes, reasons and titles that no XML can hold as they are. */
const HOSTILE = `]]><x a="1">&\x00\x1b\ud800\ufffe'\r\n\t你好😀`;

const RESULTS: readonly CaseResult[] = [
  resultOf({ verdict: "ok" }, "1"),
  resultOf({ ...CUT, evidence: { steps: [], received: utf8(HOSTILE), end: "open" } }),
  resultOf({ verdict: "weak", reason: { en: HOSTILE, zh: HOSTILE } }, "5"),
  resultOf({ verdict: "unknown", reason: { en: HOSTILE, zh: HOSTILE } }, "6"),
];

function xml(strict = false): string {
  return junitXml({
    selection: { entry: entryOf(SUITE), suite: SUITE, cases: SUITE.cases },
    results: RESULTS,
    report: (result) => caseReport(result, PLAIN, [[HOSTILE]]),
    language: "en",
    strict,
    ms: 1_500,
    reason: "Stopped by a signal",
  });
}

Deno.test("junitXml() has an element for each case, also for those that did not run", () => {
  const text = xml();
  assertMatch(text, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites /);
  const totals = 'tests="5" failures="1" errors="1" skipped="1" time="1.500"';
  assertStringIncludes(text, `<testsuite name="sockeye check echo" ${totals}>`);
  assertStringIncludes(text, '<testcase classname="echo" name="echo/1 case 1" time="0.012"/>');
  assertStringIncludes(text, '<error message="Stopped by a signal" type="not run"/>');
  assertMatch(text, /name="echo\/5 case 5" time="0.012"><system-out>/);
  assertMatch(text, /name="echo\/6 case 6" time="0.012"><skipped message="/);
});

Deno.test("junitXml() counts a weak case as a failure with --strict", () => {
  assertStringIncludes(xml(true), 'failures="2"');
  assertMatch(xml(true), /name="echo\/5 case 5" time="0.012"><failure message="[^"]*" type="weak">/);
});

Deno.test("junitXml() has no character that XML forbids", () => {
  // deno-lint-ignore no-control-regex -- control characters are what it is about
  assert(!/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u.test(xml()));
  assertEquals(xml().match(/<x /), null);
});

Deno.test("a parser reads the file of junitXml()", needs(["python3"]), async () => {
  const script = `import sys, xml.etree.ElementTree as t
root = t.fromstring(sys.stdin.buffer.read())
print(len(root.findall("./testsuite/testcase")), root.find(".//failure").get("type"))
print(repr(root.find(".//skipped").get("message")))`;
  const { stdout } = await tool("python3", ["-c", script], { stdin: { content: xml() }, env: { PYTHONUTF8: "1" } })
    .ends(0);
  const said = String.raw`5 fail` + "\n" + String.raw`']]><x a="1">&\\u0000\\u001b\\ud800\\ufffe\'\r\n\t你好😀'` + "\n";
  assertEquals(stdout, said);
});
