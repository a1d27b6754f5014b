/**
 * Runs loads: a server is started, loaded, measured and ended, each time a new one.
 *
 * @module
 */

import { memoryOf, processorSeconds } from "./measure.ts";
import { freePort, LoadProgram, Running } from "./program.ts";
import type { Contestant, Load, Pace, Sample, Series, Tools } from "./types.ts";

const KIB_PER_MIB = 1024;

/** After so many failures a contestant is not asked again: one may be the fault of a machine that is out of something. */
const FAILURES = 2;

/** Memory of a connection in KiB below which it is lost in what a program does anyway, and cannot be seen to go back. */
const SEEN_KIB = 0.5;

/** Milliseconds between two looks at memory, and how many times longer than a look the pause is at least. */
const LOOK_MS = 100;
const PAUSE = 20;

/** Milliseconds after which connections are idle: what opening them took is over, and what it left is collected. */
const REST_MS = 1_500;

/** Bytes from which on it matters where a download is written. */
const LARGE = 1_000_000;

/** What share of memory may stay for us to look no longer. */
const BACK_SHARE = 0.2;

/** Where and how much. */
export interface Stage {
  /** Where everything is. */
  readonly tools: Tools;
  /** How long and how much. */
  readonly pace: Pace;
}

/** What to run. */
export interface Plan extends Stage {
  /** In the order of the table. */
  readonly loads: readonly Load[];
  /** In the order of the table. */
  readonly contestants: readonly Contestant[];
  /** How many times. */
  readonly rounds: number;
  /** Milliseconds after which no further round is begun, and those under way leave out what is left. */
  readonly budgetMs: number;
  /** After it nothing more is begun. */
  readonly signal: AbortSignal;
  /** Told before each run. */
  readonly progress: (text: string) => void;
}

/**
 * Runs everything in turn: each round has every load, and each load every contestant, so that those who are compared run
 * one after the other. From round to round another contestant begins.
 *
 * @returns a series for each load and each contestant that can do it
 */
export async function runAll(plan: Plan): Promise<Series[]> {
  const all = plan.loads.flatMap((load) =>
    plan.contestants.filter(({ [load.job]: does }) => does !== undefined)
      .map((contestant): Series => ({ load, contestant, samples: [], failures: [] }))
  );
  const start = performance.now();
  for (let round = 1; round <= plan.rounds; round++) {
    for (const load of plan.loads) {
      const those = all.filter((one) => one.load === load);
      // The last of the list is sockeye, the first the yardstick: from the start they run one after the other.
      const first = (those.length - round % (those.length || 1)) % (those.length || 1);
      for (const series of [...those.slice(first), ...those.slice(0, first)]) {
        if (series.failures.length >= FAILURES) continue;
        if (performance.now() - start > plan.budgetMs || plan.signal.aborted) return all;
        plan.progress(`round ${round} of ${plan.rounds}: ${load.id}, ${series.contestant.name}`);
        await runOnce(series, round, plan);
      }
    }
  }
  return all;
}

async function runOnce(series: Series, round: number, stage: Stage): Promise<void> {
  const { load, contestant: { most = Infinity } } = series;
  try {
    if (load.connections(stage.pace) > most) throw new Error(`serves ${most} at most`);
    series.samples.push({ round, ...await (load.job === "fetch" ? runFetch : runServer)(series, stage) });
  } catch (error) {
    series.failures.push(error instanceof Error ? error.message : String(error));
  }
}

type Figures = Omit<Sample, "round">;

async function runServer({ load, contestant }: Series, { tools, pace }: Stage): Promise<Figures> {
  const port = freePort();
  const command = load.job === "fetch" ? undefined : contestant[load.job];
  await using server = new Running(command?.(port, tools) ?? [], { talks: false });
  await server.listens(port, load.job === "udp" ? "udp" : "tcp");
  const empty = await memoryOf(server.pid);
  await using program = new LoadProgram([`${tools.bin}/load`, ...load.words(pace, port).map(String)]);
  await using watch = new Watch(server.pid);
  await program.result(); // It has begun.
  const before = await processorSeconds(server.pid);
  const { value = NaN, work = NaN, ...extra } = await program.result();
  const processor = await processorSeconds(server.pid) - before;
  const peak = await watch.peak();
  const figures = { value, cpuMicros: processor / work * 1e6, peakMb: peak / KIB_PER_MIB, extra };
  return load.stays
    ? { ...figures, extra: await stay(program, server, { count: work, empty: empty.now, back: pace.back }) }
    : figures;
}

/** What connections cost that do nothing, and what is left of it when they have gone. */
async function stay(
  program: LoadProgram,
  server: Running,
  { count, empty, back }: { readonly count: number; readonly empty: number; readonly back: number },
) {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const full = (await memoryOf(server.pid)).now - empty;
  await program.goOn();
  await program.result();
  let left = full;
  for (const start = performance.now(); performance.now() - start < back * 1000 && left > full * BACK_SHARE;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    left = (await memoryOf(server.pid)).now - empty;
  }
  return { kbPerConnection: full / count, kept: full > count * SEEN_KIB ? left / full : 0 };
}

async function runFetch({ load, contestant }: Series, { tools, pace }: Stage): Promise<Figures> {
  const bytes = load.bytes?.(pace) ?? 0;
  const port = freePort();
  const file = `${bytes < LARGE ? tools.folder : tools.downloads}/download`;
  const command = contestant.fetch?.({ port, bytes, file }, tools) ?? [];
  await using server = new Running([`${tools.bin}/http_server`, String(port)], { talks: false });
  await server.listens(port, "tcp");
  const words = [...load.words(pace, port), bytes, file].map(String);
  await using program = new LoadProgram([`${tools.bin}/load`, ...words, ...command]);
  const { value = NaN, work = NaN, cpu = NaN, peak = NaN } = await program.result();
  return { value, cpuMicros: cpu / work * 1e6, peakMb: peak / KIB_PER_MIB, extra: {} };
}

/** Keeps an eye on memory: what a program started may be gone when the load is over. */
class Watch implements AsyncDisposable {
  readonly #pid: number;
  readonly #work: Promise<void>;
  #wake = Promise.withResolvers<void>();
  #over = false;
  #peak = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#work = this.#watch();
  }

  /** The most until now, in KiB. */
  async peak(): Promise<number> {
    await this.#look();
    return this.#peak;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    this.#wake.resolve();
    await this.#work;
  }

  async #watch(): Promise<void> {
    while (!this.#over) {
      const start = performance.now();
      await this.#look();
      // Looking at a thousand processes must not become a load of its own.
      const pause = Math.max(LOOK_MS, (performance.now() - start) * PAUSE);
      const timer = setTimeout(this.#wake.resolve, pause);
      await this.#wake.promise;
      clearTimeout(timer);
      if (!this.#over) this.#wake = Promise.withResolvers();
    }
  }

  async #look(): Promise<void> {
    const { peak } = await memoryOf(this.#pid);
    this.#peak = Math.max(this.#peak, peak);
  }
}
