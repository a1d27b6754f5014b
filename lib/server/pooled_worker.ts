/**
 * One worker of `server --workers`, as the main thread sees it.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Totals } from "../events.ts";
import { settledWithin } from "../wait.ts";
import { WORKER_ANSWER_MS } from "./limits.ts";
import type { FromWorker, Thread, ToWorker, WorkerConfig, WorkerFailure, WorkerStream } from "./worker_protocol.ts";

/** What every worker of a pool is given. */
export interface PooledWorkerOptions {
  /** What the worker has to know. */
  readonly config: WorkerConfig;
  /** Receives its output; returns a promise while output waits to be read. */
  write(stream: WorkerStream, bytes: Uint8Array): void | Promise<void>;
  /** Called once when the worker has ended; the failure counts unless it was told to end. */
  onEnd(failure: SockeyeError): void;
}

/** What a worker that died has done is not known. */
const UNKNOWN: Totals = { peers: 0, received: 0, sent: 0 };

/** A worker from its start to its end. */
export class PooledWorker {
  /** Settles when it listens; never if it ends before. */
  readonly listening: Promise<void>;
  /** Settles when it has ended. */
  readonly ended: Promise<Totals>;
  readonly #thread: Thread;
  readonly #options: PooledWorkerOptions;
  readonly #onListening: () => void;
  readonly #onEnded: (totals: Totals) => void;
  #listens = false;
  #hasEnded = false;
  #terminated = false;
  /** Called with the next answer to `stop`. */
  #onAnswer = () => {};

  /** Takes a thread that has just been started. */
  constructor(thread: Thread, options: PooledWorkerOptions) {
    this.#thread = thread;
    this.#options = options;
    ({ promise: this.listening, resolve: this.#onListening } = Promise.withResolvers<void>());
    ({ promise: this.ended, resolve: this.#onEnded } = Promise.withResolvers<Totals>());
    thread.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      this.#finish(UNKNOWN, this.#died(messageOf(event.message)));
    });
  }

  /** Sends a message. */
  post(message: ToWorker): void {
    if (!this.#hasEnded) this.#thread.postMessage(message);
  }

  /**
   * Tells it to stop and waits until it has ended. One that does not answer is ended at once.
   *
   * @returns whether it answered
   */
  async stop(): Promise<boolean> {
    while (!this.#hasEnded) {
      const answer = Promise.withResolvers<void>();
      this.#onAnswer = answer.resolve;
      this.post({ type: "stop" });
      if (!await settledWithin(Promise.race([answer.promise, this.ended]), WORKER_ANSWER_MS)) {
        this.#finish(UNKNOWN);
        return false;
      }
      await settledWithin(this.ended, WORKER_ANSWER_MS);
    }
    return true;
  }

  /** Ends it at once, if it has not ended. */
  terminate(): void {
    if (this.#terminated) return;
    this.#terminated = true;
    this.#thread.terminate();
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "started":
        return this.post({ type: "start", config: this.#options.config });
      case "listening":
        this.#listens = true;
        return this.#onListening();
      case "write":
        return void this.#write(message.stream, message.bytes);
      case "stopping":
        return this.#onAnswer();
      case "ended":
        return this.#finish(message.totals, message.failure && this.#explain(message.failure));
    }
  }

  async #write(stream: WorkerStream, bytes: Uint8Array): Promise<void> {
    await this.#options.write(stream, bytes);
    this.post({ type: "written", stream });
  }

  #finish(totals: Totals, failure = this.#died("it ended by itself")): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.terminate();
    this.#onEnded(totals);
    this.#options.onEnd(failure);
  }

  /** Before a worker listens, its error is reported unchanged, with its exit code. */
  #explain({ kind, message }: WorkerFailure): SockeyeError {
    return this.#listens ? this.#died(message) : new SockeyeError(kind, message);
  }

  #died(why: string): SockeyeError {
    return new SockeyeError("session", `Worker ${this.#options.config.thread + 1} died: ${why}`);
  }
}
