/**
 * A worker of `server --workers`: a thread that runs the command line of the main thread once more. What its command
 * writes goes through the main thread, and so do the signals.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Output } from "../output/output.ts";
import { type OutputStream, Sink, type Stream } from "../output/sink.ts";
import { ConnectionCounter } from "../server/connection_counter.ts";
import type { FromWorker, ToWorker, WorkerConfig, WorkerFailure } from "../server/worker_protocol.ts";
import { dispatch } from "./dispatch.ts";
import { flush, toSockeyeError } from "./mod.ts";
import type { System } from "./system.ts";

/** The worker's global object: messages from and to the main thread. */
export interface WorkerScope {
  /** Receives. */
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** Sends. */
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/** Runs a worker. Never rejects: a message to the main thread says how it ended. */
export async function work(args: readonly string[], scope: WorkerScope): Promise<void> {
  const port = openPort(scope);
  const system = makeSystem(port, await port.config);
  const sink = new Sink(system);
  let output: Output | undefined;
  let failure: WorkerFailure | undefined;
  try {
    await dispatch(args, { system, sink, onOutput: (made) => output = made });
  } catch (thrown) {
    const { kind, message } = toSockeyeError(thrown);
    if (!port.stop.aborted) failure = { kind, message };
  }
  await flush(sink, port.stop);
  port.post({ type: "ended", totals: output?.totals ?? { peers: 0, received: 0, sent: 0 }, failure });
}

/** The worker's end of the message channel. */
export interface WorkerPort {
  /** Comes with the first message. */
  readonly config: Promise<WorkerConfig>;
  /** Settles when all workers listen. */
  readonly serve: Promise<void>;
  /** Aborted when the main thread stops the worker. */
  readonly stop: AbortSignal;
  /** Sends a message. */
  post(message: FromWorker, transfer?: Transferable[]): void;
  /** Writes to a stream; settles when the main thread can take more, so that a slow terminal slows this worker's clients, too. */
  write(stream: Stream, content: Uint8Array): Promise<number>;
}

/** Opens the message channel to the main thread. */
export function openPort(scope: WorkerScope): WorkerPort {
  const config = Promise.withResolvers<WorkerConfig>();
  const serve = Promise.withResolvers<void>();
  const stop = new AbortController();
  const written: Partial<Record<Stream, () => void>> = {};
  const post = (message: FromWorker, transfer: Transferable[] = []) => scope.postMessage(message, transfer);
  scope.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === "start") config.resolve(data.config);
    else if (data.type === "serve") serve.resolve();
    else if (data.type === "written") written[data.stream]?.();
    else {
      post({ type: "stopping" });
      stop.abort(new SockeyeError("terminate", "Stopped by the main thread"));
    }
  });
  const write = async (stream: Stream, content: Uint8Array): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    written[stream] = resolve; // A sink makes one write to a stream after the other, but may write to both at once.
    const bytes = content.slice();
    post({ type: "write", stream, bytes }, [bytes.buffer]);
    await promise;
    return content.length;
  };
  post({ type: "started" });
  return { config: config.promise, serve: serve.promise, stop: stop.signal, post, write };
}

function makeSystem(
  port: WorkerPort,
  { address, credentials, memory, thread, needs, terminal, noColor, language }: WorkerConfig,
): System {
  const stream = (name: Stream): OutputStream => ({
    isTerminal: () => terminal[name],
    write: (bytes) => port.write(name, bytes),
  });
  return {
    stdin: { read: () => Promise.resolve(null), isTerminal: () => false, setRaw: () => {} },
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    signal: port.stop,
    noColor,
    language: () => language,
    interrupt: () => {},
    // The terminal is the main thread's.
    inForeground: () => Promise.resolve(false),
    onContinue: () => () => {},
    onHangup: () => () => {},
    columns: () => 80, // Nothing is drawn from here.
    rows: () => 24,
    startWorker: () => {
      throw new Error("A worker starts no others");
    },
    worker: {
      address,
      credentials,
      needs,
      counter: new ConnectionCounter(memory, thread),
      ready: () => {
        port.post({ type: "listening" });
        return port.serve;
      },
    },
  };
}
