/**
 * Measures sockeye and other programs that do the same jobs, and compares them with minimal C programs. Everything runs
 * on loopback, in rounds. The results are ratios within a round, because absolute speeds depend on the machine.
 *
 * `deno task bench --help` lists the options; Linux only. Exit code 2 for a wrong command line, 1 when nothing ran.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { build, installWs } from "./bench/build.ts";
import { drawChart } from "./bench/chart.ts";
import { CONTESTANTS, whatIsMissing } from "./bench/contestants.ts";
import { FULL, LOADS, QUICK } from "./bench/loads.ts";
import { endAll } from "./bench/program.ts";
import { reportJson } from "./bench/report.ts";
import { runAll } from "./bench/run.ts";
import { type Absence, showAll } from "./bench/table.ts";
import { judge } from "./bench/targets.ts";
import type { Contestant, Load, Tools } from "./bench/types.ts";

/** Milliseconds after which no further load is started. */
const BUDGET_MS = 330_000;
const QUICK_BUDGET_MS = 50_000;

/** Default and largest number of rounds. */
const ROUNDS = 3;
const MAX_ROUNDS = 99;

/** Exit code after Ctrl-C. */
const INTERRUPTED = 130;

const USAGE = `Usage: deno task bench [OPTION…]
      --loads LIST   only these loads (${LOADS.map(({ id }) => id).join(",")})
      --only LIST    only these contestants (${CONTESTANTS.map(({ name }) => name).join(",")})
      --rounds N     times that each load runs (${ROUNDS}; with --quick 1)
      --minutes N    time after which nothing more is begun (5.5; with --quick 0.8)
      --quick        short runs, and none that takes long: to see that all works, not to quote
      --dir DIR      where large downloads go (/dev/shm, where a compiled sockeye may not write, else the temporary folder)
      --json         the results as JSON instead of tables
      --svg FILE     a bar chart as well
      --help         this help
`;

/** Settings from the command line. */
export interface Settings {
  /** Loads to run, in the order of the table. */
  readonly loads: readonly Load[];
  /** Contestants to measure, in the order of the table. */
  readonly contestants: readonly Contestant[];
  /** Number of rounds. */
  readonly rounds: number;
  /** Milliseconds after which no further load is started. */
  readonly budgetMs: number;
  /** True for short runs. */
  readonly quick: boolean;
  /** Folder for large downloads. */
  readonly dir?: string | undefined;
  /** True to print JSON. */
  readonly json: boolean;
  /** File for the chart. */
  readonly svg?: string | undefined;
  /** True to print only the help. */
  readonly help: boolean;
}

const OPTIONS = {
  loads: { type: "string" },
  only: { type: "string" },
  rounds: { type: "string" },
  minutes: { type: "string" },
  dir: { type: "string" },
  svg: { type: "string" },
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/**
 * Parses the command line.
 *
 * @throws {Error} for an unknown option or a bad value; the message names it
 */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { quick, json, help, dir, svg } = values;
  const minutes = values.minutes === undefined ? undefined : readNumber("minutes", values.minutes, 60);
  return {
    ...{ quick, json, help, dir, svg },
    loads: choose(LOADS, ({ id }) => id, values.loads, "load") ??
      LOADS.filter(({ onRequest, slow }) => !onRequest && !(quick && slow)),
    contestants: choose(CONTESTANTS, ({ name }) => name, values.only, "contestant") ?? CONTESTANTS,
    rounds: readNumber("rounds", values.rounds ?? (quick ? "1" : String(ROUNDS)), MAX_ROUNDS),
    budgetMs: minutes === undefined ? (quick ? QUICK_BUDGET_MS : BUDGET_MS) : minutes * 60_000,
  };
}

function choose<T>(all: readonly T[], nameOf: (one: T) => string, list: string | undefined, what: string) {
  const names = list?.split(",").map((name) => name.trim());
  const unknown = names?.find((name) => !all.some((one) => nameOf(one) === name));
  if (unknown !== undefined) throw new Error(`No such ${what}: "${unknown}"; there are ${all.map(nameOf).join(", ")}`);
  return names && all.filter((one) => names.includes(nameOf(one)));
}

function readNumber(option: string, text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new Error(`Option --${option} takes a number from 1 to ${max}, not "${text}"`);
}

/** Runs the benchmark in a temporary folder and prints the results; returns the exit code. */
async function bench(settings: Settings, folder: string, signal: AbortSignal): Promise<number> {
  const downloads = await Deno.makeTempDir({ dir: settings.dir ?? memoryFolder(folder), prefix: "sockeye-bench-" });
  try {
    await build(folder);
    const noWs = needsWs(settings) ? await installWs(folder) : undefined;
    const tools: Tools = { bin: folder, folder, downloads, python: await pythonItself(), noWs };
    const absent = settings.contestants.flatMap((contestant): Absence[] => {
      const why = whatIsMissing(contestant);
      return why === undefined ? [] : [{ name: contestant.name, why }];
    });
    const contestants = settings.contestants.filter(({ name }) => !absent.some((one) => one.name === name));
    const size = settings.quick ? QUICK : FULL;
    if (settings.loads.some(({ bytes }) => bytes)) await fill(`${downloads}/fill`, size.bytes);
    const all = await runAll({ ...settings, contestants, tools, size, signal, progress });
    progress("");
    if (signal.aborted) return INTERRUPTED;
    const verdicts = judge(all);
    if (settings.svg !== undefined) await Deno.writeTextFile(settings.svg, drawChart(all));
    print(settings.json ? await reportJson(all, verdicts, absent, settings) : showAll(all, verdicts, absent));
    return all.some(({ samples }) => samples.length > 0) ? 0 : 1;
  } finally {
    await endAll();
    await Deno.remove(downloads, { recursive: true });
  }
}

/** Tests whether Node is measured with WebSockets. */
function needsWs({ loads, contestants }: Settings): boolean {
  return loads.some(({ job }) => job === "ws") && contestants.some(({ name, ws }) => name === "node" && ws);
}

/**
 * Writes and removes a file, so that the system allocates its memory now: otherwise the first download would pay for
 * it.
 */
async function fill(file: string, bytes: number): Promise<void> {
  const args = ["-c", 'head -c "$1" /dev/zero >"$2"; rm "$2"', "sh", String(bytes), file];
  await new Deno.Command("sh", { args, stdin: "null" }).output();
}

/** Returns a folder in memory, if there is one: the speed of a disk must not be measured. */
function memoryFolder(otherwise: string): string {
  try {
    return Deno.statSync("/dev/shm").isDirectory ? "/dev/shm" : otherwise;
  } catch {
    return otherwise; // /dev/shm does not exist on every system.
  }
}

/**
 * Finds the real Python interpreter: `python3` may be the wrapper of a version manager, which would be measured too.
 */
async function pythonItself(): Promise<string> {
  try {
    const { stdout } = await new Deno.Command("python3", { args: ["-c", "import sys; print(sys.executable)"] })
      .output();
    return new TextDecoder().decode(stdout).trim();
  } catch {
    return "python3"; // Python is not installed; the contestant is left out for that reason.
  }
}

/** Shows the progress on a terminal, on one line that is overwritten. */
function progress(text: string): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}

function print(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  let settings;
  try {
    settings = readSettings(args);
  } catch (error) {
    Deno.stderr.writeSync(new TextEncoder().encode(`bench: ${(error as Error).message}\n`));
    return 2;
  }
  if (settings.help) {
    print(USAGE);
    return 0;
  }
  const folder = await Deno.makeTempDir({ prefix: "sockeye-bench-" });
  try {
    return await bench(settings, folder, signal);
  } catch (error) {
    Deno.stderr.writeSync(new TextEncoder().encode(`bench: ${(error as Error).message}\n`));
    return 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const stop = new AbortController();
  // Ends running programs and starts no further load; the temporary folders are removed on the way out.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      if (stop.signal.aborted) Deno.exit(INTERRUPTED);
      stop.abort();
      void endAll();
    });
  }
  Deno.exit(await main(Deno.args, stop.signal));
}
