import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { CaseResult } from "../../../lib/check/run.ts";
import { type CheckPlan, runCases, type RunSuite } from "../../../lib/cli/check/running.ts";
import { SockeyeError } from "../../../lib/errors.ts";
import { makeColorize } from "../../../lib/output/colors.ts";
import { Output } from "../../../lib/output/output.ts";
import { loadTrafficView } from "../../../lib/output/traffic_view.ts";
import { ReplacedFile } from "../../../lib/replaced_file.ts";
import { Folder } from "../../fetch/helpers.ts";
import { FakeSystem, utf8 } from "../helpers.ts";
import { draw } from "../screen.ts";
import { CUT, entryOf, PLAIN, resultOf, suiteOf } from "./results.ts";

const SUITE = suiteOf("echo", ["1", "4", "5"]);
const WEAK = resultOf({ verdict: "weak", reason: { en: "It was reset.", zh: "连接被重置。" } }, "5");
const RESULTS = [resultOf({ verdict: "ok" }, "1"), resultOf(CUT), WEAK];

/** What a person is told, in more columns than the terminal has. */
const NOTICE = `Start the client now: ${"each case takes a connection, ".repeat(3)}or start it in a loop`;

/** An engine that knows the results, and may then fail. */
function engine(results: readonly CaseResult[], failure?: Error): RunSuite {
  return async function* (_suite, _cases, _address, { started, notice }) {
    for (const { id } of results) started?.(id);
    notice?.({ en: NOTICE, zh: "等待端口" });
    for (const result of results) yield await Promise.resolve(result);
    if (failure) throw failure;
    return "parallel";
  };
}

/** What a run prints, and its exit code. */
async function ran(run: RunSuite, plan: Partial<CheckPlan> = {}, terminal = false) {
  const system = new FakeSystem({ terminal });
  const sink = system.sink();
  const { json = false, quiet = false } = plan;
  const options = { encoding: "utf-8", terminal, raw: false, json, quiet };
  const colorize = makeColorize("never", { noColor: true, terminal: { stdout: terminal, stderr: terminal } });
  const output = new Output(sink, "check", options, colorize, await loadTrafficView("check", options));
  const whole: CheckPlan = {
    selection: { entry: entryOf(SUITE), suite: SUITE, cases: SUITE.cases },
    address: { transport: "tcp", host: "127.0.0.1", port: 9000 },
    options: { say: utf8("hello\n"), encoding: "utf-8" },
    dial: {},
    seed: 71,
    form: PLAIN,
    again: ({ id }) => [["sockeye", "check", id, "9000", "--seed", "71"]],
    explain: (id) => ["sockeye", "check", "--explain", id],
    strict: false,
    json,
    quiet,
    ...plan,
  };
  try {
    const code = await runCases(whole, run, output, { system, sink, given: [], operands: [], onOutput: () => {} });
    return { code, system };
  } finally {
    await sink.flush();
  }
}

Deno.test("a run prints each case, then the sum and where to read more", async () => {
  const { code, system: { stdout, stderr } } = await ran(engine(RESULTS));
  assertEquals(code, 10);
  assertEquals(stdout.lines[0], "  ok    echo/1   a message that arrives in two pieces");
  assertMatch(stdout.text, /^ {2}FAIL {2}echo\/4 [^]*^ {2}weak {2}echo\/5 /m);
  assertMatch(stdout.text, /\n\n1 ok, 1 failed, 1 weak in \d+ ms\nMore about it: sockeye check --explain echo\/4\n$/);
  assertEquals(stderr.text, `${NOTICE}\n`);
});

Deno.test("a weak case fails a strict run only", async () => {
  assertEquals((await ran(engine([WEAK]))).code, 0);
  assertEquals((await ran(engine([WEAK]), { strict: true })).code, 10);
  assertEquals((await ran(engine([resultOf({ verdict: "unknown" })]), { strict: true })).code, 0);
});

Deno.test("a quiet run tells only what fails", async () => {
  const { code, system: { stdout, stderr } } = await ran(engine(RESULTS), { quiet: true });
  assertEquals([code, stderr.text], [10, ""]);
  assertMatch(stdout.text, /^ {2}FAIL {2}echo\/4 [^]* --seed 71\n$/);
});

Deno.test("programs get an event for each case, and the sum at the end", async () => {
  const { system: { stdout, stderr } } = await ran(engine(RESULTS), { json: true });
  const events = stdout.events;
  assertEquals(events.map(({ event, id }) => id ?? event), ["notice", "echo/1", "echo/4", "echo/5", "done"]);
  const { verdicts, seed, code } = events.at(-1) ?? {};
  assertEquals([verdicts, seed, code], [{ ok: 1, weak: 1, fail: 1, unknown: 0 }, 71, 10]);
  assertEquals(stderr.text, "");
});

Deno.test("a terminal shows which case is waited for, and nothing of that in the end", async () => {
  const { system } = await ran(engine(RESULTS), {}, true);
  assertStringIncludes(system.stderr.text, "0 of 3 done; case 1");
  assertStringIncludes(system.stderr.text, "1 of 3 done; case 4");
  const rows = draw(system.log.map(([, text]) => text).join(""));
  assertEquals(rows.filter((row) => row.includes(" done; ")), []);
  assertEquals(rows[0], "Start the client now: each case takes a connection, each case takes a");
  assertEquals(rows.at(-1), "More about it: sockeye check --explain echo/4");
});

Deno.test({
  name: "a run that breaks off reports what it has, in the file as well",
  permissions: { read: true, write: true },
  fn: async () => {
    await using folder = await Folder.make();
    const junit = await ReplacedFile.open(folder.at("report.xml"));
    const failure = new SockeyeError("interrupt", "Stopped by a signal");
    const error = await assertRejects(() => ran(engine(RESULTS.slice(0, 1), failure), { junit }), SockeyeError);
    assertEquals(error, failure);
    const xml = await Deno.readTextFile(folder.at("report.xml"));
    assertMatch(xml, /tests="3" failures="0" errors="2"/);
    assertStringIncludes(xml, '<error message="Stopped by a signal" type="not run"/>');
  },
});
