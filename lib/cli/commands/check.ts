/**
 * `sockeye check`: tests a program that is being written, and says what is wrong with it and why.
 *
 * @module
 */

import { SUITES } from "../../check/suites.ts";
import { readDialOptions } from "../../client/connect.ts";
import { SockeyeError } from "../../errors.ts";
import { say } from "../../phrase.ts";
import type { Language } from "../../language.ts";
import { type ColorMode, makeColorize, type TextRole } from "../../output/colors.ts";
import type { Output } from "../../output/output.ts";
import { keepOnly } from "../../permissions.ts";
import { quoteAddress } from "../../printable.ts";
import { demandReplaced, ReplacedFile } from "../../replaced_file.ts";
import { type Address, formatAddress, parseAddress } from "../../transport/address.ts";
import { transportOf } from "../../transport/mod.ts";
import type { DialOptions } from "../../transport/transport.ts";
import { listed } from "../../wording.ts";
import { againCommands } from "../check/again.ts";
import {
  CHECK_DIAL,
  CHECK_OPTIONS,
  type CheckValues,
  readCheckOptions,
  refuseForeign,
  SUITE_WORDS,
} from "../check/options.ts";
import { explainPages, listPage, type PageForm } from "../check/pages.ts";
import type { ReportForm } from "../check/report.ts";
import { type CheckPlan, runCases } from "../check/running.ts";
import { idOf, selectCases, type Selection, selectSuite } from "../check/select.ts";
import { type CommandSpec, COMMON_OPTIONS, defineCommand, encodingOf, openOutput, type Run } from "../command.ts";
import { checkTransport, type TransportRules } from "../option_rules.ts";

/** The transports that options of a connection are for. */
const DIAL_RULES: TransportRules = [
  [({ connectionless }) => !connectionless, ["connect-timeout"]],
  [({ hasPort }) => hasPort, ["ipv4", "ipv6"]],
  [({ secured }) => secured, ["ca", "pin", "insecure", "server-name", "cert", "key"]],
];

/** The table entry. */
export const checkCommand: CommandSpec = defineCommand({
  name: "check",
  summary: "test a server or a client that you write",
  operands: "SUITE|ID… ADDRESS",
  about: `ADDRESS is that of your server, which check waits for up to 15 seconds and never starts: a port
of this machine or HOST:PORT, after tls:// if wanted, or unix:/PATH. In a client suite check
is the server: ADDRESS is where it listens, and your client is started once for each case.
ID is a case such as echo/4; chat/* are all of chat. A case is ok, weak (bad in the long run),
FAIL, or ? (could not be judged). The exit code is 10 when a case failed, else 0.`,
  words: { title: "Suites", list: SUITE_WORDS },
  options: CHECK_OPTIONS,
  examples: [
    ["check echo 9000", "is my echo server right?"],
    ["check echo/4 echo/5 9000 --seed 7", "two cases of it, with the same random choices"],
    ["check --list", "all cases"],
    ["check --explain echo/4", "what a case is about, with wrong and right code"],
  ],
  checks: ({ operands, given }) => {
    if (given.some(({ name }) => name === "list" || name === "explain")) return [];
    const { words, address: text } = readOperands(operands);
    const entry = SUITES.find(({ name }) => words.some((word) => word === name || word.startsWith(`${name}/`)));
    if (!entry) return [];
    const address = addressOf(text, entry);
    const { demandDial, demandListen } = transportOf(address);
    return [entry.tests === "client" ? () => demandListen(address) : () => demandDial(address, {})];
  },
  run: runCheck,
});

async function runCheck(values: CheckValues, run: Run): Promise<number | void> {
  if (values.list) return await list(values, run);
  if (values.explain !== undefined) return await explain(values, values.explain, run);
  const { words, address: text } = readOperands(run.operands);
  const selection = await selectSuite(words);
  const { entry, suite } = selection;
  refuseForeign(suite.name, run);
  const address = addressOf(text, entry);
  checkAddress(address, selection, run);
  const options = await readCheckOptions(suite.name, transportOf(address), values, run);
  const output = await openOutput("check", values, run);
  const { needs, demandDial, demandListen } = transportOf(address);
  const isClient = suite.tests === "client";
  if (isClient) demandListen(address);
  else demandDial(address, {});
  const fileNeeds = values.junit === undefined ? [] : demandReplaced(values.junit);
  const dial = isClient ? {} : await readDial(address, values, run, output);
  const junit = values.junit === undefined ? undefined : await ReplacedFile.open(values.junit);
  const { runSuite } = await import("../../check/run.ts");
  keepOnly([...isClient ? needs.serve : needs.dial, ...fileNeeds]);
  const seed = values.seed ?? Math.floor(Math.random() * 1_000_000);
  const table = { ...COMMON_OPTIONS, ...checkCommand.options };
  const context = { given: run.given, table, address: text, seed, dial: [...Object.keys(CHECK_DIAL), "encoding"] };
  const plan: CheckPlan = {
    selection,
    address,
    options,
    dial,
    seed,
    form: formOf(values, selection, run),
    again: (result) => againCommands(result, context),
    explain: (id) => ["sockeye", "check", "--explain", id, ...values.lang === undefined ? [] : ["--lang", values.lang]],
    strict: values.strict ?? false,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    junit,
  };
  return await runCases(plan, runSuite, output, run);
}

/** Whether a word is an address: a port, or something with a colon. */
function isAddress(word: string): boolean {
  return /^\d+$|:/.test(word);
}

/** The words that name cases, and the address behind them. */
function readOperands(operands: readonly string[]): { words: readonly string[]; address: string } {
  const words = operands.slice(0, -1);
  const last = operands.at(-1);
  const host = words.at(-1) ?? "";
  const suites = SUITES.map(({ name }) => name).join(", ");
  if (last === undefined) {
    throw new SockeyeError("usage", say("missing-suite")`Missing suite: check takes SUITE ADDRESS (suites: ${suites})`);
  }
  const early = words.find(isAddress);
  if (early !== undefined) {
    throw new SockeyeError("usage", `Unexpected ${quoteAddress(early)}: check takes SUITE ADDRESS, and one address`);
  }
  if (!isAddress(last)) {
    throw new SockeyeError(
      "usage",
      say("missing-check")`Missing address: check takes SUITE ADDRESS, as in check ${last} 9000`,
    );
  }
  if (words.length > 1 && /^(?:localhost$|[\w-]+\.[\w.-]+$)/.test(host)) {
    const advice = `write host and port in one, ${quoteAddress(`${host}:${last}`)}`;
    throw new SockeyeError("usage", `Unknown suite ${quoteAddress(host)}: ${advice}`);
  }
  if (words.length === 0) {
    throw new SockeyeError("usage", say("missing-suite")`Missing suite: check takes SUITE ADDRESS (suites: ${suites})`);
  }
  return { words, address: last };
}

/** Reads the address; a suite of datagrams needs no scheme. */
function addressOf(text: string, { datagrams }: Selection["entry"]): Address {
  return parseAddress(datagrams && !text.includes("://") ? `udp://${text}` : text);
}

/** Checks that the suite can be run there, and the options with it. */
function checkAddress(address: Address, { entry, suite }: Selection, run: Run): void {
  const transport = transportOf(address);
  const fits = entry.datagrams ? transport.connectionless : !transport.messageBoundaries;
  if (!fits) {
    const names = entry.datagrams ? ["udp"] : ["tcp", "tls", "unix"];
    const all = listed(names, "and");
    throw new SockeyeError(
      "usage",
      say("suite-transport")`Suite ${suite.name} is for ${all}, not for ${transport.name}`,
    );
  }
  checkTransport(transport, DIAL_RULES, run.given, "utf-8");
  if (suite.tests === "server" && "port" in address && address.port === 0) {
    throw new SockeyeError("usage", `Cannot connect to ${formatAddress(address)}: port 0 is not a real port`);
  }
}

async function readDial(address: Address, values: CheckValues, run: Run, output: Output): Promise<DialOptions> {
  return await readDialOptions(address, {
    values,
    needs: [],
    verbose: false,
    interactive: false,
    signal: run.system.signal,
    report: output.report,
  });
}

/** The language of the report: programs get English, unless they ask for another one. */
function reportLanguage({ lang, json }: CheckValues, { system }: Run): Language {
  return lang ?? (json ? "en" : system.language());
}

function painter({ color = "auto" }: CheckValues, { system }: Run): (role: TextRole, text: string) => string {
  const terminal = { stdout: system.stdout.isTerminal(), stderr: system.stderr.isTerminal() };
  const colorize = makeColorize(color as ColorMode, { noColor: system.noColor, terminal });
  return (role, text) => colorize("stdout", role, text);
}

function formOf(values: CheckValues, { suite, cases }: Selection, run: Run): ReportForm {
  return {
    language: reportLanguage(values, run),
    encoding: encodingOf(values),
    hex: values.hex ?? false,
    times: values.verbose ?? false,
    columns: run.system.columns(),
    terminal: run.system.stdout.isTerminal(),
    idColumns: Math.max(...cases.map((one) => idOf(suite, one).length)),
    paint: painter(values, run),
  };
}

async function list(values: CheckValues, run: Run): Promise<void> {
  const words = run.operands.filter((word) => !isAddress(word));
  const selections = await selectCases(words);
  if (!values.json) return void run.sink.write("stdout", listPage(selections, pageForm(values, run)));
  const output = await openOutput("check", values, run);
  for (const { suite, cases } of selections) {
    for (const one of cases) {
      await output.report({ event: "case", id: idOf(suite, one), title: one.title[reportLanguage(values, run)] });
    }
  }
}

async function explain(values: CheckValues, word: string, run: Run): Promise<void> {
  const [extra] = run.operands;
  if (extra !== undefined) {
    throw new SockeyeError("usage", `Unexpected argument ${quoteAddress(extra)}: --explain ID tests nothing`);
  }
  if (values.json) throw new SockeyeError("usage", "Option --json is not for --explain, which prints a page to read");
  const selections = await selectCases([word]);
  await run.sink.write("stdout", await explainPages(selections, pageForm(values, run)));
}

function pageForm(values: CheckValues, run: Run): PageForm {
  const paint = painter(values, run);
  return {
    language: reportLanguage(values, run),
    columns: run.system.columns(),
    heading: (text) => paint("heading", text),
  };
}
