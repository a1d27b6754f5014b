/**
 * `server --workers`, in the main thread: checks that workers can serve the mode, starts them, adds up their totals.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { SockeyeError } from "../errors.ts";
import type { Given } from "../options.ts";
import type { Output } from "../output/output.ts";
import { demand, type Need } from "../permissions.ts";
import { Phrase, say } from "../phrase.ts";
import type { ModeSpec } from "../server/mode.ts";
import type { OpenListener } from "../server/open.ts";
import { WorkerPool } from "../server/workers.ts";
import { plural } from "../wording.ts";
import type { Run } from "./command.ts";
import { MODES } from "./modes.ts";

/** Options that several workers cannot keep together: each would count, or write, for itself. */
const SINGLE_ONLY = ["once", "max-per-host", "output", "record"] as const;

/** Bytes of a stream that may be queued before a worker must wait: the worker itself drops output that waits too long. */
const RELAYED_MAX_BYTES = 256 * 1024;

/**
 * Checks that workers can serve a mode.
 *
 * @throws {SockeyeError} `usage`, naming what does not go together; `permission`
 */
export function demandWorkers(spec: ModeSpec, given: readonly Given[]): void {
  if (!spec.stateless) {
    const fit = MODES.filter(({ stateless }) => stateless).map(({ name }) => name).join(", ");
    throw new SockeyeError("usage", `Option --workers is for ${fit}, not for ${spec.name}`);
  }
  const wrong = SINGLE_ONLY.find((name) => given.some((option) => option.name === name));
  if (wrong) {
    throw new SockeyeError("usage", `Options --workers and --${wrong} do not go together: each worker is on its own`);
  }
  if (Deno.build.os !== "linux") {
    throw new SockeyeError("usage", "Option --workers needs Linux: elsewhere the system shares no port out");
  }
  if (workerNeeds().length > 0) {
    demand(
      "read",
      fileURLToPath(new URL(".", Deno.mainModule)),
      say("start-workers")`start workers, which load the program again`,
    );
  }
}

/** Permissions that a worker needs to start: it reads the files of the program, but a compiled one has them inside. */
export function workerNeeds(): readonly Need[] {
  return !Deno.build.standalone && Deno.mainModule.startsWith("file:") ? ["read"] : [];
}

/**
 * Starts workers; they listen when the promise settles.
 *
 * @param count threads that serve, the main thread included
 * @throws {SockeyeError} what kept one from listening
 */
export async function startWorkers(
  count: number,
  { address, credentials }: OpenListener,
  { system, sink }: Run,
  output: Output,
): Promise<WorkerPool> {
  const { stdout, stderr, noColor, signal } = system;
  const language = system.language();
  const terminal = { stdout: stdout.isTerminal(), stderr: stderr.isTerminal() };
  return await WorkerPool.start({
    size: count - 1,
    config: { address, credentials, terminal, noColor, language, needs: workerNeeds() },
    start: () => system.startWorker(),
    write: (stream, bytes) => {
      void sink.write(stream, bytes);
      return sink.below(stream, RELAYED_MAX_BYTES);
    },
    onLoss: (message) => void output.report({ event: "error", kind: "session", message }),
    signal,
  });
}

/**
 * Stops the workers and adds their totals to those of the output.
 *
 * @param own connections that the main thread served
 * @throws {SockeyeError} `session` when workers died again and again
 */
export async function endWorkers(pool: WorkerPool, own: number, output: Output): Promise<void> {
  const totals = await pool.end();
  for (const one of totals) output.count(one);
  for (const [i, peers] of [own, ...totals.map(({ peers }) => peers)].entries()) {
    const served = new Phrase("count-connection", plural(peers, "connection"), [peers]);
    const message = say("worker-served")`Worker ${i + 1} served ${served}`;
    void output.report({ event: "notice", message, detail: true });
  }
  pool.throwIfBroken();
}
