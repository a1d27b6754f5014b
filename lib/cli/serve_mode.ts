/**
 * Serves a mode: opens the files and addresses of the command line and runs the server loop.
 *
 * @module
 */

import type { Report } from "../events.ts";
import { FaultyListener } from "../modes/faults/listener.ts";
import type { FaultSettings } from "../modes/faults/rules.ts";
import { framed } from "../modes/frame.ts";
import type { Output } from "../output/output.ts";
import { keepOnly, type Need } from "../permissions.ts";
import { type Phrased, say } from "../phrase.ts";
import { ConnectionCounter } from "../server/connection_counter.ts";
import { DescriptorReserve } from "../server/descriptors.ts";
import { DESCRIPTORS_RESERVED } from "../server/limits.ts";
import type { Mode, ModeContext, ModeSpec } from "../server/mode.ts";
import { type OpenListener, openListener } from "../server/open.ts";
import { serve } from "../server/serve.ts";
import type { MessageForm } from "../text/message_form.ts";
import { type Address, formatAddress, isLoopback } from "../transport/address.ts";
import { transportOf } from "../transport/mod.ts";
import type { RecordedOptions } from "../transport/recorded.ts";
import type { SenderRules } from "../transport/transport.ts";
import { unlessHung } from "../wait.ts";
import { openOutput, type Run } from "./command.ts";
import { passedSocket } from "./passed_socket.ts";
import { openRecording, recordNeeds } from "./record_options.ts";
import { describeLimits, readLimits, readSenders, type ServeValues } from "./serve_options.ts";
import { openContext } from "./server_context.ts";

/** What is served where, when everything that can be wrong with it has been checked. */
export interface ServePlan {
  /** The mode. */
  readonly spec: ModeSpec;
  /** Where it is served. */
  readonly address: Address;
  /** The options of the command line. */
  readonly values: ServeValues;
  /** The process. */
  readonly run: Run;
  /** Where the mode dials, for one that does. */
  readonly target?: ServeTarget | undefined;
  /** Shows the events. */
  readonly output: Output;
  /** What disturbs the answers. Default: nothing. */
  readonly faults?: FaultSettings | undefined;
}

/** What a mode that relays connects to. */
export interface ServeTarget {
  /** Permissions that dialling takes. */
  readonly needs: readonly Need[];
  /** Connects. */
  readonly dial: ModeContext["dial"];
  /** Where that is, `tcp://127.0.0.1:9001`. */
  readonly address: string;
  /** What a recording says of it. */
  readonly recorded: RecordedOptions;
  /** Protocols for clients to agree on under TLS (ALPN, RFC 7301). Default: none. */
  readonly protocols?: readonly string[] | undefined;
}

/** Opens the output of a command that serves, which goes on without its stdout. */
export async function openServerOutput(
  command: "server" | "tap",
  { address, values, run, form, chat = false }: Pick<ServePlan, "address" | "values" | "run"> & {
    form: MessageForm | undefined;
    chat?: boolean | undefined;
  },
): Promise<Output> {
  const output = await openOutput(command, values, run, { form, chat });
  output.transport = address.transport;
  outliveStdout(run, output);
  return output;
}

/**
 * Serves until it is stopped.
 *
 * @throws {SockeyeError} what keeps it from serving
 */
export async function serveMode({ spec, address, values, run, target, output, faults }: ServePlan): Promise<void> {
  const workers = await loadWorkers(values, spec, run);
  await using stack = new AsyncDisposableStack();
  const context = stack.use(
    await openContext({
      spec,
      address,
      values,
      run,
      output,
      hidesData: values["no-data"] === true,
      dial: target?.dial,
    }),
  );
  const made = unlessHung(Promise.resolve(spec.create(run.given, context)), run.system.signal);
  const mode = stack.adopt(await made, (mode) => mode[Symbol.asyncDispose]?.());
  const limits = await readLimits(values);
  const senders = await readSenders(values, spec, limits, output);
  using listener = await openPlace({ spec, address, values, run, output, faults, target }, senders);
  const { listener: entrance = listener, notice } = await mode.start?.(listener) ?? {};
  using pool = await workers?.startWorkers(values.workers ?? 1, listener, run, output);
  await using recording = await openRecording(values, run, output);
  await run.system.worker?.ready();
  // Files are open and the port is bound: gives up the permissions for that, except those for replacing a worker.
  const toReplace = workers?.workerNeeds() ?? run.system.worker?.needs ?? [];
  keepOnly([
    ...transportOf(address).needs.serve,
    ...mode.needs ?? [],
    ...target?.needs ?? [],
    ...recordNeeds(values),
    ...toReplace,
  ]);
  const counter = pool?.counter ?? run.system.worker?.counter ?? new ConnectionCounter();
  const limitsTold = values.verbose ? describeLimits(limits, transportOf(address), values.backlog) : undefined;
  const told = { name: spec.name, target: target?.address, limits: limitsTold, notice };
  if (!run.system.worker) await announce(listener.address, output, told);
  using reserve = new DescriptorReserve(transportOf(address).connectionless ? 0 : DESCRIPTORS_RESERVED);
  context.listening();
  // The recording contains the traffic as disturbed by the faults.
  const recorded = recording?.listener(entrance, target?.recorded) ?? entrance;
  const disturbed = faults?.rules.length ? new FaultyListener(recorded, faults) : recorded;
  const { peers } = await serve(disturbed, frameMode(mode, spec, values), {
    signal: pool?.signal ?? run.system.signal,
    counter,
    reserve,
    once: values.once,
    forgetful: spec.stateless,
    limits,
    on: output.report,
    onTraffic: trafficOf(spec, mode, values, output),
  });
  if (pool) await workers?.endWorkers(pool, peers, output);
}

/** The code for `--workers`; undefined for one worker, and in a worker itself. */
async function loadWorkers({ workers = 1 }: ServeValues, spec: ModeSpec, { given, system }: Run) {
  if (workers === 1 || system.worker) return undefined;
  const module = await import("./worker_pool.ts");
  module.demandWorkers(spec, given);
  return module;
}

/** A server goes on without its stdout; a notice says that what clients send is not shown any more. */
function outliveStdout({ sink }: Run, output: Output): void {
  const { onClose } = sink;
  sink.onClose = (stream, error) => {
    onClose(stream, error);
    if (stream === "stdout") {
      void output.report({
        event: "notice",
        message: say("stdout-closed")`What clients say is not shown any more: stdout was closed`,
      });
    }
  };
}

async function openPlace(
  { spec, address, values, run, output, faults, target }: ServePlan,
  senders: SenderRules,
): Promise<OpenListener> {
  const { backlog, cert, key, workers = 1, "max-connections": crowd, "reuse-port": reusePort } = values;
  const { worker, signal } = run.system;
  const messageMax = values["frame-max"];
  const clientCa = values["client-ca"];
  const descriptor = worker ? undefined : passedSocket(address, workers);
  const { protocols } = target ?? {};
  const shared = {
    backlog,
    messageMax,
    protocols,
    resets: spec.resets || faults?.rules.some(({ kind }) => kind === "reset"),
  };
  const options = worker
    ? { ...shared, reusePort: true, credentials: worker.credentials }
    : { ...shared, senders, crowd, reusePort, workers: workers > 1, cert, key, clientCa, descriptor };
  const notice = (message: Phrased) => void output.report({ event: "notice", message });
  return await openListener(worker?.address ?? address, options, { notice, signal });
}

async function announce(
  address: Address,
  output: Output,
  { name, target, limits, notice }: {
    readonly name: string;
    readonly target: string | undefined;
    readonly limits: Phrased | undefined;
    readonly notice: Phrased | undefined;
  },
): Promise<void> {
  const isHere = "port" in address && isLoopback(address);
  const open = isHere ? formatAddress({ ...address, host: "" }).replace(/^tcp:\/\//, "") : undefined;
  await output.report({
    event: "listen",
    address: formatAddress(address),
    ...(target === undefined ? { mode: name } : { mode: "tap", target }),
    ...(open?.startsWith(":") && { reach: open.slice(1) }),
    ...(limits !== undefined && { limits }),
    ...(open !== undefined && { hint: say("this-machine")`This machine only; ${open} opens it to others` }),
  });
  if (notice !== undefined) await output.report({ event: "notice", message: notice });
}

/** A mode that reports the conversation finds lines itself. */
function frameMode(
  mode: Mode,
  { logsConversation, reportsTraffic }: ModeSpec,
  { frame, "frame-max": max }: ServeValues,
): Mode {
  return frame && !reportsTraffic && !(logsConversation && frame.by === "line") ? framed(mode, frame, max) : mode;
}

/** If a mode reports or saves the conversation, the data of each client is shown only on request. */
function trafficOf(
  { logsConversation, reportsTraffic }: ModeSpec,
  { keepsData }: Mode,
  { json, hex, verbose, "no-data": noData }: ServeValues,
  output: Output,
): Report | undefined {
  const { reportTraffic } = output;
  if (reportsTraffic || noData) return undefined;
  // What the clients of a chat send has their private lines in it.
  if (json && logsConversation && !verbose) return undefined;
  return hex || verbose || !(logsConversation || keepsData) ? reportTraffic : undefined;
}
