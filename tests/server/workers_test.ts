/** Workers in this very thread: what a worker hears and says goes through a message channel, so that the test can play it. */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import type { FromWorker, Thread, ToWorker } from "../../lib/server/worker_protocol.ts";
import { ConnectionCounter } from "../../lib/server/connection_counter.ts";
import { WORKER_DEATHS } from "../../lib/server/limits.ts";
import { main } from "../../lib/cli/mod.ts";
import type { WorkerScope } from "../../lib/cli/worker.ts";
import { FakeSystem, within } from "../cli/helpers.ts";
import { test } from "../cli/running.ts";

/** A process whose threads are played by the test. */
class ThreadedSystem extends FakeSystem {
  /** What each worker was told, in order. */
  readonly told: ToWorker["type"][][] = [];
  /** The main thread's ends of them. */
  readonly threads: EventTarget[] = [];
  /** The ends of the workers. */
  readonly scopes: WorkerScope[] = [];
  /** Workers that were ended. */
  terminated = 0;
  #onTold = () => {};

  /** A worker plays with its scope. */
  constructor(private readonly play: (scope: WorkerScope) => void) {
    super();
  }

  override startWorker(): Thread {
    const { port1, port2 } = new MessageChannel();
    const told: ToWorker["type"][] = [];
    this.told.push(told);
    port2.addEventListener("message", ({ data }) => {
      told.push(data.type);
      this.#onTold();
    });
    for (const port of [port1, port2]) port.start();
    this.scopes.push(port2);
    this.play(port2);
    this.threads.push(port1);
    return Object.assign(port1 as unknown as Thread, {
      terminate: () => {
        this.terminated++;
        port1.close();
        port2.close();
      },
    });
  }

  /** Settles when a worker, the first by default, was told so many things. */
  async heard(count: number, worker = 0): Promise<void> {
    while ((this.told[worker]?.length ?? 0) < count) {
      await within(new Promise<void>((resolve) => this.#onTold = resolve), () => JSON.stringify(this.told));
    }
  }
}

/** A worker that says what the test says. */
function say(scope: WorkerScope, ...messages: FromWorker[]): void {
  for (const message of messages) scope.postMessage(message, []);
}

const NOTHING = { peers: 0, received: 0, sent: 0 };

/** A server with one worker besides itself, and its exit code. */
function start(args: readonly string[], play: (scope: WorkerScope) => void) {
  const system = new ThreadedSystem(play);
  return { system, code: within(main(args, system), () => JSON.stringify(system.log)) };
}

/** Ends when it is told to. */
const obedient = (scope: WorkerScope) => {
  scope.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === "start") say(scope, { type: "listening" });
    const totals = { peers: 3, received: 20, sent: 10 };
    if (data.type === "stop") say(scope, { type: "stopping" }, { type: "ended", totals });
  });
  say(scope, { type: "started" });
};

const TWO = ["server", "echo", "0", "--workers", "2"];

test("server --workers listens when all do, and adds what a worker served to its own", async () => {
  const { system, code } = start([...TWO.slice(0, 4), "3", "-v"], obedient);
  await system.stderr.until((text) => text.includes("Listening"));
  system.stop("interrupt");
  assertEquals(await code, 130);
  assertEquals(system.told.map((told) => told.slice(0, 3)), [["start", "serve", "stop"], ["start", "serve", "stop"]]);
  assertMatch(system.stderr.text, /^Worker 1 served 0 connections\nWorker 2 served 3 connections\nWorker 3 served 3 /m);
  assertMatch(system.stderr.text, /^Done: 6 connections; 40 B in, 20 B out, /m);
  assertEquals(system.terminated, 2);
});

test("server --workers tells what keeps a worker from listening, with its exit code", async () => {
  const { system, code } = start(TWO, (scope) => {
    const failure = { kind: "permission", message: "Cannot listen: add --allow-net" } as const;
    say(scope, { type: "started" }, { type: "ended", totals: NOTHING, failure });
  });
  assertEquals(await code, 13);
  assertEquals([system.stderr.text, system.terminated], ["sockeye: Cannot listen: add --allow-net\n", 1]);
});

/** Breaks a worker down, as an error does that nothing catches. */
function breakDown(thread: EventTarget | undefined): void {
  thread?.dispatchEvent(new ErrorEvent("error", { message: "Uncaught Error: boom\n    at x", cancelable: true }));
}

test("server --workers replaces a worker that breaks down, and one that ends, and tells of it", async () => {
  const { system, code } = start([...TWO.slice(0, 4), "3", "-v"], obedient);
  await system.stderr.until((text) => text.includes("Listening"));
  breakDown(system.threads[0]);
  await system.stderr.until((text) => text.includes("takes its place"));
  await system.heard(2, 2);
  const failure = { kind: "connect", message: "out of luck" } as const;
  system.scopes[1]?.postMessage({ type: "ended", totals: NOTHING, failure } satisfies FromWorker, []);
  await system.heard(2, 3);
  system.stop("terminate");
  assertEquals(await code, 143);
  assertEquals(system.stderr.lines.filter((line) => line.startsWith("sockeye: ")), [
    "sockeye: Worker 2 died: Uncaught Error: boom; 0 connections are lost, and another worker takes its place",
    "sockeye: Worker 3 died: out of luck; 0 connections are lost, and another worker takes its place",
  ]);
  assertEquals(system.told.slice(2).map((told) => told.slice(0, 3)), [["start", "serve", "stop"], [
    "start",
    "serve",
    "stop",
  ]]);
  assertMatch(system.stderr.text, /^Done: 6 connections; /m);
});

test("server --workers stops with 1 when workers die again and again, and the others end first", async () => {
  const { system, code } = start([...TWO.slice(0, 4), "3"], (scope) => {
    obedient(scope);
    // The first one lives on.
    if (system.scopes.length === 1) return;
    scope.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
      if (data.type === "serve") say(scope, { type: "ended", totals: NOTHING });
    });
  });
  assertEquals(await code, 1);
  const lines = system.stderr.lines.filter((line) => line.startsWith("sockeye: "));
  assertEquals(
    lines.slice(0, -1).map((line) => line.replace(/;.*/, "")),
    Array(WORKER_DEATHS.most).fill(
      "sockeye: Worker 3 died: it ended by itself",
    ),
  );
  const last = "The server stops: workers died 6 times in a minute, the last: Worker 3 died: it ended by itself";
  assertEquals([lines.at(-1), system.told[0]?.at(-1)], [`sockeye: ${last}`, "stop"]);
});

test("server --workers frees the slots of a worker that died", async () => {
  let memory: SharedArrayBuffer | undefined;
  const { system, code } = start(TWO, (scope) => {
    obedient(scope);
    scope.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
      if (data.type === "start") memory = data.config.memory;
    });
  });
  await system.stderr.until((text) => text.includes("Listening"));
  const counter = new ConnectionCounter(memory, 1);
  for (let i = 0; i < 3; i++) counter.enter(3);
  breakDown(system.threads[0]);
  await system.stderr.until((text) => text.includes("3 connections are lost"));
  assertEquals(counter.enter(1), true);
  system.stop("terminate");
  assertEquals(await code, 143);
});

test("server --workers ends a worker that hangs when the server stops, and tells of it", async () => {
  // It listens, then loops for ever.
  const code = `
    onmessage = ({ data }) => {
      if (data.type === "start") postMessage({ type: "listening" });
      if (data.type === "serve") { postMessage({ type: "started" }); while (true); }
    };
    postMessage({ type: "started" });`;
  let looping = () => {};
  const loops = new Promise<void>((resolve) => looping = resolve);
  class RealSystem extends FakeSystem {
    override startWorker(): Thread {
      const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
      let started = 0;
      worker.addEventListener("message", ({ data }) => data.type === "started" && ++started === 2 && looping());
      return worker;
    }
  }
  const system = new RealSystem();
  const ended = within(main(TWO, system), () => JSON.stringify(system.log));
  await within(loops);
  const since = performance.now();
  system.stop("terminate");
  assertEquals(await ended, 143);
  assertLess(performance.now() - since, 10_000);
  assertMatch(system.stderr.text, /^sockeye: Worker 2 did not answer and was ended; 0 connections are lost$/m);
});

test("server --workers lets a worker write on only when its output is read", async () => {
  let more = () => {};
  let ask = () => {};
  const { system, code } = start(TWO, (scope) => {
    obedient(scope);
    more = () => say(scope, { type: "write", stream: "stdout", bytes: new Uint8Array(200_000).fill(120) });
    ask = () => say(scope, { type: "started" });
  });
  await system.stderr.until((text) => text.includes("Listening"));
  const release = system.stdout.stall();
  more();
  await system.heard(3);
  more();
  // The sink is full now: the answer comes when it is empty again, that to a later question before it.
  ask();
  await system.heard(4);
  assertEquals(system.told[0], ["start", "serve", "written", "start"]);
  release();
  await system.heard(5);
  assertEquals([system.told[0]?.at(-1), system.stdout.text.length], ["written", 400_000]);
  system.stop("terminate");
  assertEquals(await code, 143);
});
