/**
 * The workers of `server --workers`, as the main thread sees them; it is the first of them itself. Every worker listens on the
 * same address, and the kernel spreads the connections. One that dies is replaced, one that hangs holds up no stop.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Totals } from "../events.ts";
import { unlessAborted, wait } from "../wait.ts";
import { plural } from "../wording.ts";
import { ConnectionCounter } from "./connection_counter.ts";
import { WORKER_DEATHS, WORKER_PAUSE_MS } from "./limits.ts";
import { PooledWorker, type PooledWorkerOptions } from "./pooled_worker.ts";
import type { Thread, WorkerConfig } from "./worker_protocol.ts";

/** How to run workers. */
export interface WorkerPoolOptions extends Pick<PooledWorkerOptions, "write"> {
  /** Workers to start, without the main thread; 1 or more. */
  readonly size: number;
  /** What all of them are given. */
  readonly config: Omit<WorkerConfig, "memory" | "thread">;
  /** Starts one. */
  start(): Thread;
  /** Takes the message when one has died or was ended, and the server goes on. */
  onLoss(message: string): void;
  /** Stops all. */
  readonly signal: AbortSignal;
}

/** The workers of one server. Those that still run end with its scope. */
export class WorkerPool implements Disposable {
  /** Counts the connections of all workers and the main thread. */
  readonly counter: ConnectionCounter = new ConnectionCounter();
  /** Aborted when the server has to stop: by its signal, or because workers die again and again. */
  readonly signal: AbortSignal;
  readonly #options: WorkerPoolOptions;
  /** By their number, less one: the main thread has number 0. */
  readonly #workers: PooledWorker[];
  readonly #broken = new AbortController();
  /** When workers died, in milliseconds of `performance.now()`; as far as it counts. */
  #deaths: number[] = [];
  /** All listen: a worker that fails from now on is replaced. */
  #serving = false;
  /** The totals of each worker, once they are told to stop. */
  #ends: Promise<Totals[]> | undefined;

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.signal = AbortSignal.any([options.signal, this.#broken.signal]);
    this.#workers = Array.from({ length: options.size }, (_, i) => this.#start(i + 1));
    this.signal.addEventListener("abort", () => void this.end(), { once: true });
  }

  /**
   * Starts workers; they listen when the promise settles.
   *
   * @throws {SockeyeError} the error that kept one from listening, or the signal's reason
   */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    try {
      await unlessAborted(Promise.all(pool.#workers.map(({ listening }) => listening)), pool.signal);
    } catch (error) {
      pool[Symbol.dispose]();
      throw error;
    }
    pool.#serving = true;
    for (const worker of pool.#workers) worker.post({ type: "serve" });
    return pool;
  }

  /** Stops all workers, waits for them, and returns the totals of each. */
  end(): Promise<Totals[]> {
    this.#ends ??= Promise.all(this.#workers.map((worker, i) => this.#endOne(worker, i + 1)));
    return this.#ends;
  }

  /**
   * Checks that no worker broke the server.
   *
   * @throws {SockeyeError} `session` when one did
   */
  throwIfBroken(): void {
    this.#broken.signal.throwIfAborted();
  }

  /** Ends all of them at once. */
  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }

  #start(thread: number): PooledWorker {
    const { config, start, write } = this.#options;
    const onEnd = (failure: SockeyeError) => void this.#replace(thread, failure);
    return new PooledWorker(start(), { config: { ...config, memory: this.counter.memory, thread }, write, onEnd });
  }

  async #endOne(worker: PooledWorker, thread: number): Promise<Totals> {
    if (!await worker.stop() && this.#serving) {
      this.#options.onLoss(`Worker ${thread + 1} did not answer and was ended; ${this.#lost(thread)}`);
    }
    return await worker.ended;
  }

  /** Starts another worker in place of one that has died, unless the server stops. */
  async #replace(thread: number, failure: SockeyeError): Promise<void> {
    if (this.#ends || this.signal.aborted) return;
    if (!this.#serving) return this.#broken.abort(failure);
    const lost = this.#lost(thread);
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < WORKER_DEATHS.withinMs), now];
    if (this.#deaths.length > WORKER_DEATHS.most) {
      const often = `workers died ${this.#deaths.length} times in a minute`;
      return this.#broken.abort(
        new SockeyeError("session", `The server stops: ${often}, the last: ${failure.message}`),
      );
    }
    this.#options.onLoss(`${failure.message}; ${lost}, and another worker takes its place`);
    await wait(WORKER_PAUSE_MS, this.signal).catch(() => {});
    if (this.#ends || this.signal.aborted) return;
    const worker = this.#start(thread);
    this.#workers[thread - 1] = worker;
    void worker.listening.then(() => worker.post({ type: "serve" }));
  }

  /** Frees the slots of a worker that has died, and says how many. */
  #lost(thread: number): string {
    const count = this.counter.leaveAll(thread);
    return `${plural(count, "connection")} ${count === 1 ? "is" : "are"} lost`;
  }
}
