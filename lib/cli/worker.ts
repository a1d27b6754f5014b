/**
 * A worker of `server --workers`: a thread that runs the command line of the main thread once more. What its command writes
 * goes through the main thread, and so do the signals.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { SharedDesk } from "../server/connection_counter.ts";
import type { Output } from "../output/output.ts";
import { Sink, type Stream } from "../output/sink.ts";
import { dispatch } from "./dispatch.ts";
import type { Failure, FromWorker, Order, ToWorker } from "../server/worker_protocol.ts";
import { flush, toSockeyeError } from "./mod.ts";
import type { OutputStream, System } from "./system.ts";

/** The way to the main thread: the worker's global object. */
export interface WorkerScope {
  /** Hears the main thread. */
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** Speaks to it. */
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/**
 * Does a worker's work. Never rejects: the main thread is told how it ended.
 *
 * @param args the words after the program's name, as the main thread got them
 * @param scope the way to the main thread
 */
export async function work(args: readonly string[], scope: WorkerScope): Promise<void> {
  const line = new Line(scope);
  const order = await line.order;
  const system = makeSystem(line, order);
  const sink = new Sink(system);
  let output: Output | undefined;
  let failure: Failure | undefined;
  try {
    await dispatch(args, { system, sink, onOutput: (made) => output = made });
  } catch (thrown) {
    const { kind, message } = toSockeyeError(thrown);
    if (!line.stop.aborted) failure = { kind, message };
  }
  await flush(sink, line.stop.aborted);
  line.say({ say: "over", tally: output?.tally ?? { peers: 0, received: 0, sent: 0 }, failure });
}

/** What passes between this thread and the main one. */
class Line {
  /** What shall be done. */
  readonly order: Promise<Order>;
  /** Settles when all threads listen. */
  readonly serve: Promise<void>;
  readonly #scope: WorkerScope;
  readonly #stop = new AbortController();
  #written = () => {};

  constructor(scope: WorkerScope) {
    const order = Promise.withResolvers<Order>();
    const serve = Promise.withResolvers<void>();
    this.#scope = scope;
    this.order = order.promise;
    this.serve = serve.promise;
    scope.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
      if (data.say === "start") order.resolve(data.order);
      else if (data.say === "serve") serve.resolve();
      else if (data.say === "written") this.#written();
      else this.#stop.abort(new SockeyeError("terminate", "Stopped by the main thread"));
    });
    // What is said before somebody listens would be lost.
    this.say({ say: "here" });
  }

  /** Aborted when the work shall end. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  say(message: FromWorker, transfer: Transferable[] = []): void {
    this.#scope.postMessage(message, transfer);
  }

  /** Waits until the main thread can take more: its slow terminal slows the clients of this thread, too. */
  async write(stream: Stream, content: Uint8Array): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#written = resolve; // A sink writes one thing after the other.
    const bytes = content.slice();
    this.say({ say: "write", stream, bytes }, [bytes.buffer]);
    await promise;
    return content.length;
  }
}

function makeSystem(line: Line, { address, credentials, memory, terminal, noColor }: Order): System {
  const stream = (name: Stream): OutputStream => ({
    isTerminal: () => terminal[name],
    write: (bytes) => line.write(name, bytes),
  });
  return {
    stdin: { read: () => Promise.resolve(null), isTerminal: () => false, setRaw: () => {} },
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    signal: line.stop,
    noColor,
    interrupt: () => {},
    columns: () => 80, // Nothing is drawn from here.
    startWorker: () => {
      throw new Error("A worker starts no others");
    },
    duty: {
      address,
      credentials,
      desk: new SharedDesk(memory),
      ready: () => {
        line.say({ say: "ready" });
        return line.serve;
      },
    },
  };
}
