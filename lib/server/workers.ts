/**
 * The workers of `server --workers`, seen from the main thread, which is the first of them. All listen on the same address,
 * and the kernel shares the connections out.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { messageOf, SockeyeError } from "../errors.ts";
import type { ModeSpec } from "./mode_spec.ts";
import type { Transport } from "../transport/address.ts";
import { SharedDesk } from "./connection_counter.ts";
import { plural } from "../output/format.ts";
import type { Output, Tally } from "../output/output.ts";
import type { Sink } from "../output/sink.ts";
import { demand } from "../permissions.ts";
import { unlessAborted } from "../wait.ts";
import type { FromWorker, Order, ToWorker } from "./worker_protocol.ts";
import type { OpenListener } from "./open.ts";
import type { System, Thread } from "../cli/system.ts";
import { refuseOtherTransports } from "../cli/transports.ts";

/** What several workers cannot do together: each would count for itself. */
const APART_ONLY = ["once", "max-per-host"] as const;

/** What is served. */
export interface Work {
  /** The mode. */
  readonly mode: ModeSpec;
  /** What is listened on. */
  readonly transport: Transport;
  /** Long names of the options that were given. */
  readonly options: readonly string[];
}

/**
 * Checks that several workers can do the work.
 *
 * @param work what is served
 * @param modes all modes, for the message
 * @throws {SockeyeError} `usage`, naming what does not go together; `permission`
 */
export function demandWorkers({ mode, transport, options }: Work, modes: readonly ModeSpec[]): void {
  if (!mode.apart) {
    const fit = modes.filter(({ apart }) => apart).map(({ name }) => name).join(", ");
    throw new SockeyeError("usage", `Option --workers is for ${fit}, not for ${mode.name}`);
  }
  refuseOtherTransports({ workers: ["tcp", "tls"] }, ["workers"], transport);
  const wrong = APART_ONLY.find((name) => options.includes(name));
  if (wrong) {
    throw new SockeyeError("usage", `Options --workers and --${wrong} do not go together: each worker counts alone`);
  }
  if (Deno.build.os !== "linux") {
    throw new SockeyeError("usage", "Option --workers needs Linux: elsewhere the system shares no port out");
  }
  // A compiled program has its modules inside.
  if (Deno.build.standalone || !Deno.mainModule.startsWith("file:")) return;
  demand("read", fileURLToPath(new URL(".", Deno.mainModule)), "start workers, which load the program again");
}

/** What the workers of one server need. */
export interface CrewOptions {
  /** How many, with the main thread; 2 or more. */
  readonly size: number;
  /** The main thread's; they listen where it does. */
  readonly listener: OpenListener;
  /** The process. */
  readonly system: System;
  /** Where they write. */
  readonly sink: Sink;
  /** Told how many connections each served, and the sums. */
  readonly output: Output;
}

/** The workers of one server. Those that are still there end with its scope. */
export class Crew implements Disposable {
  /** Counts for all of them. */
  readonly desk: SharedDesk = new SharedDesk();
  /** Aborted when the server shall stop: by a signal, or because a worker died. */
  readonly signal: AbortSignal;
  readonly #output: Output;
  readonly #members: readonly Member[];
  readonly #broken = new AbortController();

  private constructor({ size, listener, system, sink, output }: CrewOptions) {
    this.#output = output;
    this.signal = AbortSignal.any([system.signal, this.#broken.signal]);
    const { stdout, stderr, noColor } = system;
    const terminal = { stdout: stdout.isTerminal(), stderr: stderr.isTerminal() };
    const { address, credentials } = listener;
    const order: Order = { address, credentials, memory: this.desk.memory, terminal, noColor };
    const onEnd = (member: Member) => this.signal.aborted || this.#broken.abort(member.whyItEnded());
    this.#members = Array.from(
      { length: size - 1 },
      (_, i) => new Member(`worker ${i + 2}`, system.startWorker(), { order, sink, onEnd }),
    );
    this.signal.addEventListener("abort", () => this.#tell({ say: "stop" }), { once: true });
  }

  /**
   * Starts workers; they listen when the promise settles.
   *
   * @param options how many, and what they need
   * @returns the crew
   * @throws {SockeyeError} what kept one from listening, or the signal's reason
   */
  static async start(options: CrewOptions): Promise<Crew> {
    const crew = new Crew(options);
    try {
      await unlessAborted(Promise.all(crew.#members.map(({ ready }) => ready)), crew.signal);
    } catch (error) {
      crew[Symbol.dispose]();
      throw error;
    }
    crew.#tell({ say: "serve" });
    return crew;
  }

  /**
   * Stops all workers and waits for them; their sums become the output's.
   *
   * @param own connections that the main thread served
   * @throws {SockeyeError} `session` when one had died
   */
  async end(own: number): Promise<void> {
    this.#tell({ say: "stop" });
    const tallies = await Promise.all(this.#members.map(({ over }) => over));
    for (const tally of tallies) this.#output.count(tally);
    for (const [i, peers] of [own, ...tallies.map(({ peers }) => peers)].entries()) {
      void this.#output.report({
        event: "notice",
        message: `Worker ${i + 1} served ${plural(peers, "connection")}`,
        detail: true,
      });
    }
    this.#broken.signal.throwIfAborted();
  }

  /** Ends all of them at once. */
  [Symbol.dispose](): void {
    for (const { thread } of this.#members) thread.terminate();
  }

  #tell(message: ToWorker): void {
    for (const { thread } of this.#members) thread.postMessage(message);
  }
}

/** What a member of a crew is given. */
interface MemberOptions {
  readonly order: Order;
  readonly sink: Sink;
  /** Called when its work is over, for whatever reason. */
  readonly onEnd: (member: Member) => void;
}

/** One worker. */
class Member {
  readonly thread: Thread;
  /** Settles when it listens. */
  readonly ready: Promise<void>;
  /** Settles when its work is over; a worker that died leaves nothing to count. */
  readonly over: Promise<Tally>;
  readonly #name: string;
  #failure: SockeyeError | undefined;

  constructor(name: string, thread: Thread, { order, sink, onEnd }: MemberOptions) {
    const ready = Promise.withResolvers<void>();
    const over = Promise.withResolvers<Tally>();
    const tell = (message: ToWorker) => thread.postMessage(message);
    const end = (tally: Tally) => {
      over.resolve(tally);
      onEnd(this);
    };
    this.#name = name;
    this.thread = thread;
    this.ready = ready.promise;
    this.over = over.promise;
    let listens = false;
    thread.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (data.say === "here") return tell({ say: "start", order });
      if (data.say === "write") {
        const shown = sink.write(data.stream, data.bytes);
        return shown ? void shown.then(() => tell({ say: "written" })) : tell({ say: "written" });
      }
      if (data.say === "ready") {
        listens = true;
        return ready.resolve();
      }
      const { failure } = data;
      // What keeps it from listening is what the person must hear, with its own exit code.
      if (failure) {
        this.#failure = listens ? this.#died(failure.message) : new SockeyeError(failure.kind, failure.message);
      }
      end(data.tally);
    });
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      this.#failure = this.#died(messageOf(event.message));
      end({ peers: 0, received: 0, sent: 0 });
    });
  }

  whyItEnded(): SockeyeError {
    return this.#failure ?? this.#died("it ended by itself");
  }

  #died(why: string): SockeyeError {
    return new SockeyeError("session", `The server stops: ${this.#name} died: ${why}`);
  }
}
