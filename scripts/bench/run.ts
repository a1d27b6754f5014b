/**
 * Runs the loads. Each run starts a new server, loads it, measures it and ends it.
 *
 * @module
 */

import { memoryOf, processorSeconds } from "./measure.ts";
import { freePort, LoadProgram, Running } from "./program.ts";
import type { Contestant, Load, RunSize, Sample, Series, Tools } from "./types.ts";

const KIB_PER_MIB = 1024;

/** Failures of a contestant in a load after which it is skipped. One failure may be the fault of a busy machine. */
const MAX_FAILURES = 2;

/** KiB per connection below which the memory is lost in the noise, so that its release cannot be measured. */
const MEASURABLE_KIB = 0.5;

/**
 * Milliseconds between two measurements of memory, and the shortest pause as a multiple of a measurement's duration.
 */
const MEASURE_MS = 100;
const PAUSE_FACTOR = 20;

/** Milliseconds after which connections count as idle: by then the garbage of opening them is collected. */
const REST_MS = 1_500;

/** Bytes from which the folder of a download matters. */
const LARGE = 1_000_000;

/** Share of the memory at which the measurement of its release ends early. */
const RELEASED_SHARE = 0.2;

/** Tools and sizes of a run. */
export interface RunContext {
  /** Folders and programs. */
  readonly tools: Tools;
  /** Durations and amounts. */
  readonly size: RunSize;
}

/** The runs of a benchmark. */
export interface Plan extends RunContext {
  /** Loads, in the order of the table. */
  readonly loads: readonly Load[];
  /** Contestants, in the order of the table. */
  readonly contestants: readonly Contestant[];
  /** Number of rounds. */
  readonly rounds: number;
  /** Milliseconds after which no further run is started. */
  readonly budgetMs: number;
  /** When it aborts, no further run is started. */
  readonly signal: AbortSignal;
  /** Called before each run. */
  readonly progress: (text: string) => void;
}

/**
 * Runs all rounds. Each round has all loads, and each load all contestants, so that contestants that are compared run
 * one after the other. Each round begins with another contestant.
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
      const ofLoad = all.filter((one) => one.load === load);
      // Sockeye is the last of the list and the yardstick the first: the first round begins with the two.
      const first = (ofLoad.length - round % (ofLoad.length || 1)) % (ofLoad.length || 1);
      for (const series of [...ofLoad.slice(first), ...ofLoad.slice(0, first)]) {
        if (series.failures.length >= MAX_FAILURES) continue;
        if (performance.now() - start > plan.budgetMs || plan.signal.aborted) return all;
        plan.progress(`round ${round} of ${plan.rounds}: ${load.id}, ${series.contestant.name}`);
        await runOnce(series, round, plan);
      }
    }
  }
  return all;
}

async function runOnce(series: Series, round: number, context: RunContext): Promise<void> {
  const { load, contestant: { maxConnections = Infinity } } = series;
  try {
    if (load.connections(context.size) > maxConnections) throw new Error(`serves ${maxConnections} at most`);
    series.samples.push({ round, ...await (load.job === "fetch" ? runFetch : runServer)(series, context) });
  } catch (error) {
    series.failures.push(error instanceof Error ? error.message : String(error));
  }
}

type Figures = Omit<Sample, "round">;

async function runServer({ load, contestant }: Series, { tools, size }: RunContext): Promise<Figures> {
  const port = freePort();
  const transport = load.job === "udp" || load.job === "relayUdp" ? "udp" : "tcp";
  const target = freePort();
  await using echo = isRelay(load) ? new Running(echoCommand(transport, target, tools), { piped: false }) : undefined;
  await echo?.untilListening(target, transport);
  await using server = new Running(commandOf(load, contestant, { port, target, tools }), { piped: false });
  await server.untilListening(port, transport);
  const empty = await memoryOf(server.pid);
  await using program = new LoadProgram([`${tools.bin}/load`, ...load.words(size, port).map(String)]);
  await using watch = new MemoryWatch(server.pid);
  await program.result(); // The line that says that the load has begun.
  const before = await processorSeconds(server.pid);
  const { value = NaN, work = NaN, ...extra } = await program.result();
  const processor = await processorSeconds(server.pid) - before;
  const peak = await watch.peak();
  const figures = { value, cpuMicros: processor / work * 1e6, peakMb: peak / KIB_PER_MIB, extra };
  return load.holdsConnections
    ? { ...figures, extra: await measureIdle(program, server, work, { empty: empty.now, seconds: size.release }) }
    : figures;
}

/** Tests whether a load goes through its contestant to an echo server. */
function isRelay({ job }: Load): boolean {
  return job === "relay" || job === "relayUdp";
}

function echoCommand(transport: "tcp" | "udp", port: number, { bin }: Tools): string[] {
  return [`${bin}/${transport === "udp" ? "echo_udp" : "echo_epoll"}`, String(port)];
}

/** The ports and tools that a command is made of. */
interface Places {
  readonly port: number;
  readonly target: number;
  readonly tools: Tools;
}

function commandOf({ job }: Load, contestant: Contestant, { port, target, tools }: Places): string[] {
  if (job === "fetch") return [];
  if (job === "relay" || job === "relayUdp") return contestant[job]?.(port, target, tools) ?? [];
  return contestant[job]?.(port, tools) ?? [];
}

/** Measures the memory of idle connections, and the share of it that the server keeps after they are closed. */
async function measureIdle(
  program: LoadProgram,
  server: Running,
  connections: number,
  { empty, seconds }: { readonly empty: number; readonly seconds: number },
) {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const full = (await memoryOf(server.pid)).now - empty;
  await program.resume();
  await program.result();
  let left = full;
  for (const start = performance.now(); performance.now() - start < seconds * 1000 && left > full * RELEASED_SHARE;) {
    await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
    left = (await memoryOf(server.pid)).now - empty;
  }
  return { kbPerConnection: full / connections, kept: full > connections * MEASURABLE_KIB ? left / full : 0 };
}

async function runFetch({ load, contestant }: Series, { tools, size }: RunContext): Promise<Figures> {
  const bytes = load.bytes?.(size) ?? 0;
  const port = freePort();
  const file = `${bytes < LARGE ? tools.folder : tools.downloads}/download`;
  const command = contestant.fetch?.({ port, bytes, file }, tools) ?? [];
  await using server = new Running([`${tools.bin}/http_server`, String(port)], { piped: false });
  await server.untilListening(port, "tcp");
  const words = [...load.words(size, port), bytes, file].map(String);
  await using program = new LoadProgram([`${tools.bin}/load`, ...words, ...command]);
  const { value = NaN, work = NaN, cpu = NaN, peak = NaN } = await program.result();
  return { value, cpuMicros: cpu / work * 1e6, peakMb: peak / KIB_PER_MIB, extra: {} };
}

/** Measures memory during a run: a server's child processes may have exited when the load is over. */
class MemoryWatch implements AsyncDisposable {
  readonly #pid: number;
  readonly #work: Promise<void>;
  #wake = Promise.withResolvers<void>();
  #over = false;
  #peak = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#work = this.#watch();
  }

  /** Returns the peak so far, in KiB. */
  async peak(): Promise<number> {
    await this.#measure();
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
      await this.#measure();
      // Reading a thousand processes must not become a load itself.
      const pause = Math.max(MEASURE_MS, (performance.now() - start) * PAUSE_FACTOR);
      const timer = setTimeout(this.#wake.resolve, pause);
      await this.#wake.promise;
      clearTimeout(timer);
      if (!this.#over) this.#wake = Promise.withResolvers();
    }
  }

  async #measure(): Promise<void> {
    const { peak } = await memoryOf(this.#pid);
    this.#peak = Math.max(this.#peak, peak);
  }
}
