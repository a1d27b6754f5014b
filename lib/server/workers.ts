/**
 * The workers of `server --workers`, as the main thread sees them; it is the first of them itself. Every worker listens on the
 * same address, and the kernel spreads the connections.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Totals } from "../events.ts";
import type { Address } from "../transport/address.ts";
import type { Credentials } from "../transport/transport.ts";
import { unlessAborted } from "../wait.ts";
import { ConnectionCounter } from "./connection_counter.ts";

/** A standard stream that a worker writes to by way of the main thread. */
export type WorkerStream = "stdout" | "stderr";

/** What a worker has to know besides the command line. */
export interface WorkerConfig {
  /** Where all listen, with the real port. */
  readonly address: Address;
  /** What a TLS server shows. */
  readonly credentials?: Credentials | undefined;
  /** Memory of the counter that all share. */
  readonly memory: SharedArrayBuffer;
  /** Which streams are terminals. */
  readonly terminal: Readonly<Record<WorkerStream, boolean>>;
  /** Whether NO_COLOR is set. */
  readonly noColor: boolean;
}

/** What the server command gets when it runs in a worker. */
export interface WorkerRole extends Pick<WorkerConfig, "address" | "credentials"> {
  /** Shared with the other workers. */
  readonly counter: ConnectionCounter;
  /** Says that this worker listens; settles when all do. */
  ready(): Promise<void>;
}

/** A message to a worker. */
export type ToWorker =
  | { readonly type: "start"; readonly config: WorkerConfig }
  /** All workers listen. */
  | { readonly type: "serve" }
  /** The last write was taken: the worker may write more. */
  | { readonly type: "written" }
  | { readonly type: "stop" };

/** A message of a worker. */
export type FromWorker =
  /** It receives messages. A message that came earlier would be lost. */
  | { readonly type: "started" }
  | { readonly type: "listening" }
  | { readonly type: "write"; readonly stream: WorkerStream; readonly bytes: Uint8Array }
  | { readonly type: "ended"; readonly totals: Totals; readonly failure?: WorkerFailure | undefined };

/** A SockeyeError on its way between threads. */
export type WorkerFailure = Pick<SockeyeError, "kind" | "message">;

/** A thread of the process; it runs the same command line. */
export type Thread = Pick<Worker, "addEventListener" | "postMessage" | "terminate">;

/** How to run workers. */
export interface WorkerPoolOptions {
  /** Workers to start, without the main thread; 1 or more. */
  readonly size: number;
  /** What all of them are given. */
  readonly config: Omit<WorkerConfig, "memory">;
  /** Starts one. */
  start(): Thread;
  /** Takes what one writes; a promise when output waits to be read. */
  write(stream: WorkerStream, bytes: Uint8Array): void | Promise<void>;
  /** Stops all. */
  readonly signal: AbortSignal;
}

/** The workers of one server. Those that still run end with its scope. */
export class WorkerPool implements Disposable {
  /** Counts the connections of all workers and the main thread. */
  readonly counter: ConnectionCounter = new ConnectionCounter();
  /** Aborted when the server has to stop: by its signal, or because a worker died. */
  readonly signal: AbortSignal;
  readonly #workers: readonly PooledWorker[];
  readonly #broken = new AbortController();

  private constructor({ size, config, start, write, signal }: WorkerPoolOptions) {
    this.signal = AbortSignal.any([signal, this.#broken.signal]);
    const onEnd = (failure: SockeyeError) => this.signal.aborted || this.#broken.abort(failure);
    const shared = { config: { ...config, memory: this.counter.memory }, write, onEnd };
    this.#workers = Array.from({ length: size }, (_, i) => new PooledWorker(`worker ${i + 2}`, start(), shared));
    this.signal.addEventListener("abort", () => this.#post({ type: "stop" }), { once: true });
  }

  /**
   * Starts workers; they listen when the promise settles.
   *
   * @throws {SockeyeError} what kept one from listening, or the signal's reason
   */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    try {
      await unlessAborted(Promise.all(pool.#workers.map(({ listening }) => listening.promise)), pool.signal);
    } catch (error) {
      pool[Symbol.dispose]();
      throw error;
    }
    pool.#post({ type: "serve" });
    return pool;
  }

  /** Stops all workers, waits for them, and tells what each of them did. */
  async end(): Promise<Totals[]> {
    this.#post({ type: "stop" });
    return await Promise.all(this.#workers.map(({ ended }) => ended.promise));
  }

  /**
   * Checks that no worker died.
   *
   * @throws {SockeyeError} `session` when one did
   */
  throwIfBroken(): void {
    this.#broken.signal.throwIfAborted();
  }

  /** Ends all of them at once. */
  [Symbol.dispose](): void {
    for (const { thread } of this.#workers) thread.terminate();
  }

  #post(message: ToWorker): void {
    for (const worker of this.#workers) worker.post(message);
  }
}

/** What every worker of a pool is given. */
interface PooledWorkerOptions extends Pick<WorkerPoolOptions, "write"> {
  readonly config: WorkerConfig;
  /** Called when the worker has ended; the failure counts unless it was told to end. */
  readonly onEnd: (failure: SockeyeError) => void;
}

/** One worker. */
class PooledWorker {
  readonly thread: Thread;
  readonly listening = Promise.withResolvers<void>();
  /** Settles when it has ended; a worker that died has no totals. */
  readonly ended = Promise.withResolvers<Totals>();
  readonly #name: string;
  readonly #options: PooledWorkerOptions;
  #listens = false;

  constructor(name: string, thread: Thread, options: PooledWorkerOptions) {
    this.#name = name;
    this.#options = options;
    this.thread = thread;
    thread.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      this.#finish({ peers: 0, received: 0, sent: 0 }, this.#died(messageOf(event.message)));
    });
  }

  post(message: ToWorker): void {
    this.thread.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "started":
        return this.post({ type: "start", config: this.#options.config });
      case "listening":
        this.#listens = true;
        return this.listening.resolve();
      case "write":
        return void this.#write(message.stream, message.bytes);
      case "ended":
        return this.#finish(message.totals, message.failure && this.#explain(message.failure));
    }
  }

  async #write(stream: WorkerStream, bytes: Uint8Array): Promise<void> {
    await this.#options.write(stream, bytes);
    this.post({ type: "written" });
  }

  #finish(totals: Totals, failure = this.#died("it ended by itself")): void {
    this.ended.resolve(totals);
    this.#options.onEnd(failure);
  }

  /** Before a worker listens, its error is reported unchanged, with its exit code. */
  #explain({ kind, message }: WorkerFailure): SockeyeError {
    return this.#listens ? this.#died(message) : new SockeyeError(kind, message);
  }

  #died(why: string): SockeyeError {
    return new SockeyeError("session", `The server stops: ${this.#name} died: ${why}`);
  }
}
