/** Workers in this very thread: what a worker hears and says goes through a message channel, so that the test can play it. */

import { assertEquals, assertMatch } from "@std/assert";
import type { FromWorker, ToWorker } from "../../lib/server/workers.ts";
import { main } from "../../lib/cli/mod.ts";
import type { Thread } from "../../lib/server/workers.ts";
import type { WorkerScope } from "../../lib/cli/worker.ts";
import { FakeSystem, within } from "../cli/helpers.ts";
import { test } from "../cli/running.ts";

/** A process whose threads are played by the test. */
class ThreadedSystem extends FakeSystem {
  /** What each worker was told, in order. */
  readonly told: ToWorker["type"][][] = [];
  /** The main thread's ends of them. */
  readonly threads: EventTarget[] = [];
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

  /** Settles when the first worker was told so many things. */
  async heard(count: number): Promise<void> {
    while ((this.told[0]?.length ?? 0) < count) {
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
    if (data.type === "stop") say(scope, { type: "ended", totals: { peers: 3, received: 20, sent: 10 } });
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

test("server --workers stops with 1 and one line when a worker dies", async () => {
  const { system, code } = start(TWO, (scope) => {
    scope.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
      if (data.type === "start") say(scope, { type: "listening" });
      const failure = { kind: "connect", message: "out of luck" } as const;
      if (data.type === "serve") say(scope, { type: "ended", totals: NOTHING, failure });
    });
    say(scope, { type: "started" });
  });
  assertEquals(await code, 1);
  const [listening, ...rest] = system.stderr.lines;
  assertMatch(listening ?? "", /^Listening on /);
  assertEquals(rest, ["sockeye: The server stops: worker 2 died: out of luck"]);
});

test("server --workers stops when a thread breaks down, and the other workers end first", async () => {
  const { system, code } = start([...TWO.slice(0, 4), "3"], obedient);
  await system.stderr.until((text) => text.includes("Listening"));
  system.threads[0]?.dispatchEvent(
    new ErrorEvent("error", { message: "Uncaught Error: boom\n    at x", cancelable: true }),
  );
  assertEquals(await code, 1);
  assertMatch(system.stderr.text, /^sockeye: The server stops: worker 2 died: Uncaught Error: boom$/m);
  assertEquals([system.told[1]?.at(-1), system.terminated], ["stop", 2]);
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
