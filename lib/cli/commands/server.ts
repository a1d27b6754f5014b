/**
 * `sockeye server`: reads the plan from the command line, opens what it asks for and runs the server loop.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import type { Report } from "../../events.ts";
import { framed } from "../../modes/frame.ts";
import { asDuration, asNumber, asText, flag, many, one, type Values } from "../../options.ts";
import type { Output } from "../../output/output.ts";
import { keepOnly } from "../../permissions.ts";
import { quoteAddress } from "../../printable.ts";
import { makeAccessCheck, parseCidr } from "../../server/access.ts";
import { ConnectionCounter } from "../../server/connection_counter.ts";
import { DescriptorReserve } from "../../server/descriptors.ts";
import { DESCRIPTORS_RESERVED, DRAIN_MS, MAX_CONNECTIONS, MAX_WORKERS, REPORT_MS } from "../../server/limits.ts";
import type { Mode, ModeSpec } from "../../server/mode.ts";
import { type OpenListener, openListener } from "../../server/open.ts";
import { ReportLimiter } from "../../server/report_limiter.ts";
import { serve, type ServerLimits } from "../../server/serve.ts";
import { hasLineByte } from "../../text/lines.ts";
import type { MessageForm } from "../../text/message_form.ts";
import { type Address, formatAddress, isLoopback, parseAddress } from "../../transport/address.ts";
import { BACKLOG } from "../../transport/limits.ts";
import { transportOf } from "../../transport/mod.ts";
import type { SenderRules } from "../../transport/transport.ts";
import { unlessHung } from "../../wait.ts";
import {
  type CommandSpec,
  type CommonValues,
  defineCommand,
  encodingOf,
  openOutput,
  type Run,
  unknownWord,
  type Word,
} from "../command.ts";
import { MODES } from "../modes.ts";
import { checkForm, FORM_OPTIONS, formOf } from "../form_options.ts";
import { checkTransport, type TransportRules } from "../option_rules.ts";
import { openContext } from "../server_context.ts";

/** Where a server listens by default. */
const DEFAULT_ADDRESS = "127.0.0.1:9000";

const SERVER_OPTIONS = {
  ...FORM_OPTIONS,
  "once": flag("serve one connection, then exit"),
  "max-connections": one("N", `connections at a time (${MAX_CONNECTIONS})`, asNumber(1, 1_000_000)),
  "max-per-host": one("N", "connections at a time from one host (no limit)", asNumber(1, 1_000_000)),
  "idle": one("D", "drop a client that is silent for D (never; udp 60s)", asDuration),
  "drain": one("D", `wait for clients for D when stopping (${DRAIN_MS / 1000}s)`, asDuration),
  "backlog": one("N", `connections that may wait to be accepted (${BACKLOG})`, asNumber(1, 65535)),
  "allow": many("CIDR", "only these networks may connect", parseCidr),
  "deny": many("CIDR", "these networks may not connect; wins over --allow", parseCidr),
  "genuine": many("CIDR", "udp: addresses of these networks are not forged: no limit, no token", parseCidr),
  "cert": one("FILE", "certificate of a tls:// server, PEM (one is made for the run)", asText, { needs: ["read"] }),
  "key": one("FILE", "its private key, PEM", asText, { needs: ["read"] }),
  "client-ca": one("FILE", "tls: only clients with a certificate that one in this PEM file has signed", asText, {
    needs: ["read"],
  }),
  "reuse-port": flag("let several servers share the port"),
  "workers": one("N", "threads that share the clients out, for more cores (1)", asNumber(1, MAX_WORKERS), {
    needs: ["read"], // Each loads the program again.
  }),
} as const;

/** The transports that options are for; the others work everywhere. */
const RULES: TransportRules = [
  [({ hasPort, connectionless }) => hasPort && !connectionless, ["backlog", "reuse-port", "workers"]],
  [({ hasPort }) => hasPort, ["allow", "deny", "max-per-host"]],
  [({ connectionless }) => connectionless, ["genuine"]],
  [({ messageBoundaries }) => !messageBoundaries, ["web", "web-host"]],
  [({ secured }) => secured, ["cert", "key", "client-ca"]],
  // A datagram may be forged, and whatever has an address has no end.
  [({ connectionless }) => !connectionless, ["output", "file"]],
];

type ServerValues = Values<typeof SERVER_OPTIONS> & CommonValues;

/** The table entry. */
export const serverCommand: CommandSpec = defineCommand({
  name: "server",
  summary: "serve one of the modes to many clients at once",
  operands: "[MODE] [ADDRESS]",
  words: { title: `Modes (default ${MODES[0].name})`, list: MODES.map(asWord), default: MODES[0].name },
  about: `ADDRESS is a port (this machine only), :PORT (every interface) or HOST:PORT;
port 0 is any free port. Default ${DEFAULT_ADDRESS}. udp://, tls://, ws:// or
wss:// may stand before it; unix:/PATH is a Unix socket.`,
  options: SERVER_OPTIONS,
  examples: [
    ["server", `echo on ${DEFAULT_ADDRESS}`],
    ...MODES.map(({ example, summary }) => [`server ${example}`, summary] as const),
    ["server reply 8088 --text 已收到 -e gbk", "answer every message, in GBK"],
    ["server reply 9999 --greet Welcome! --text 'Hello, {data}!'", "greet, then answer by name"],
    ["server discard 0 --json", "any free port, events as JSON"],
  ],
  checks: ({ operands }) => {
    const { address } = readOperands(operands);
    return [() => transportOf(address).demandListen(address)];
  },
  run: runServer,
});

/** A mode whose peers have to do with each other runs in one thread. */
function asWord(mode: ModeSpec): Word {
  return { ...mode, excludes: mode.stateless ? [] : ["workers"] };
}

async function runServer(values: ServerValues, run: Run): Promise<void> {
  const { spec, address } = readPlan(values, run);
  const workers = await loadWorkers(values, spec, run);
  const output = await openOutput("server", values, run, { form: shownForm(values, spec) });
  output.transport = address.transport;
  outliveStdout(run, output);
  await using stack = new AsyncDisposableStack();
  const context = stack.use(await openContext({ spec, address, values, run, output }));
  const made = unlessHung(Promise.resolve(spec.create(run.given, context)), run.system.signal);
  const mode = stack.adopt(await made, (mode) => mode[Symbol.asyncDispose]?.());
  const limits = await readLimits(values);
  const senders = await readSenders(values, spec, limits, output);
  using listener = await openPlace(address, values, senders, run, output);
  const { listener: entrance = listener, notice } = await mode.start?.(listener) ?? {};
  using pool = await workers?.startWorkers(values.workers ?? 1, listener, run, output);
  await run.system.worker?.ready();
  // Files are open and the port is bound: the permissions for that are given up, but for what replaces a worker.
  const toReplace = workers?.workerNeeds() ?? run.system.worker?.needs ?? [];
  keepOnly([...transportOf(address).needs.serve, ...mode.needs ?? [], ...toReplace]);
  const counter = pool?.counter ?? run.system.worker?.counter ?? new ConnectionCounter();
  if (!run.system.worker) await announce(spec, listener.address, output, notice);
  using reserve = new DescriptorReserve(transportOf(address).connectionless ? 0 : DESCRIPTORS_RESERVED);
  context.listening();
  const { peers } = await serve(entrance, frameMode(mode, spec, values), {
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

/** What is served and where, when everything that can be wrong with it has been checked. */
function readPlan(values: ServerValues, run: Run): { spec: ModeSpec; address: Address } {
  const { spec, address } = readOperands(run.operands);
  refuseForeignOptions(spec, run);
  const encoding = encodingOf(values);
  checkTransport(transportOf(address), RULES, run.given, encoding);
  checkForm(values, transportOf(address));
  if (values.frame?.by === "line" && !hasLineByte(encoding)) {
    const message = `--frame line looks for the byte 0a, which ${encoding} uses inside other characters`;
    throw new SockeyeError("usage", message);
  }
  return { spec, address };
}

function readOperands(operands: readonly string[]): { spec: ModeSpec; address: Address } {
  const [first = "", ...rest] = operands;
  const named = MODES.find(({ name }) => name === first);
  const [address = DEFAULT_ADDRESS, ...extra] = named ? rest : operands;
  if (!named && first !== "" && !/[:\d/]/.test(first)) {
    throw unknownWord("mode", first, MODES.map(({ name }) => name));
  }
  if (extra[0] !== undefined) {
    throw new SockeyeError("usage", `Unexpected argument ${quoteAddress(extra[0])}: server takes [MODE] [ADDRESS]`);
  }
  return { spec: named ?? MODES[0], address: parseAddress(address) };
}

/** An option of another mode would be ignored, which is hardly what was meant. */
function refuseForeignOptions(spec: ModeSpec, { given }: Run): void {
  for (const { name, flag } of given) {
    if (name in SERVER_OPTIONS || name in spec.options) continue;
    const owners = MODES.filter(({ options }) => name in options).map((owner) => owner.name);
    if (owners.length === 0) continue;
    throw new SockeyeError("usage", `Option ${flag} is for ${owners.join(", ")}, not for ${spec.name}`);
  }
}

/** The code for `--workers`; undefined for one worker, and in a worker itself. */
async function loadWorkers({ workers = 1 }: ServerValues, spec: ModeSpec, { given, system }: Run) {
  if (workers === 1 || system.worker) return undefined;
  const module = await import("../worker_pool.ts");
  module.demandWorkers(spec, given);
  return module;
}

/** A server goes on without its stdout; a notice says that what clients send is not shown any more. */
function outliveStdout({ sink }: Run, output: Output): void {
  const { onClose } = sink;
  sink.onClose = (stream, error) => {
    onClose(stream, error);
    if (stream === "stdout") {
      void output.report({ event: "notice", message: "Nobody reads what clients say: stdout was closed" });
    }
  };
}

async function openPlace(
  address: Address,
  values: ServerValues,
  senders: SenderRules,
  run: Run,
  output: Output,
): Promise<OpenListener> {
  const { backlog, cert, key, workers = 1, "max-connections": crowd, "reuse-port": reusePort } = values;
  const { worker, signal } = run.system;
  const messageMax = values["frame-max"];
  const clientCa = values["client-ca"];
  const options = worker
    ? { backlog, messageMax, reusePort: true, credentials: worker.credentials }
    : { backlog, messageMax, senders, crowd, reusePort, workers: workers > 1, cert, key, clientCa };
  const notice = (message: string) => void output.report({ event: "notice", message });
  return await openListener(worker?.address ?? address, options, { notice, signal });
}

async function announce(spec: ModeSpec, address: Address, output: Output, notice: string | undefined): Promise<void> {
  let hint: string = spec.name;
  if ("port" in address && isLoopback(address)) {
    const open = formatAddress({ ...address, host: "" }).replace(/^tcp:\/\//, "");
    hint += `, this machine only; ${open} opens it to others`;
  }
  await output.report({ event: "listen", address: formatAddress(address), hint });
  if (notice !== undefined) await output.report({ event: "notice", message: notice });
}

/** What a message is; undefined where the transcript shows the lines of a conversation instead, or what each read brings. */
function shownForm(values: ServerValues, { logsConversation }: ModeSpec): MessageForm | undefined {
  return logsConversation ? undefined : formOf(values);
}

/** A mode that reports the conversation finds lines itself. */
function frameMode(mode: Mode, { logsConversation }: ModeSpec, { frame, "frame-max": max }: ServerValues): Mode {
  return frame && !(logsConversation && frame.by === "line") ? framed(mode, frame, max) : mode;
}

/** Where a mode reports the conversation, or keeps it, what each client sends is of interest only on request. */
function trafficOf(
  { logsConversation }: ModeSpec,
  { keepsData }: Mode,
  { json, hex, verbose }: ServerValues,
  output: Output,
): Report | undefined {
  const { reportTraffic } = output;
  if (hex || verbose || !(logsConversation || keepsData)) return reportTraffic;
  if (keepsData || !reportTraffic) return undefined;
  return json ? (event) => event.event === "recv" ? reportTraffic(event) : undefined : undefined;
}

async function readLimits(values: ServerValues): Promise<ServerLimits> {
  const { allow, deny, idle, drain, "max-connections": maxConnections, "max-per-host": maxPerHost } = values;
  const access = allow || deny ? await makeAccessCheck(allow, deny) : undefined;
  return { maxConnections, maxPerHost, idle, drain, access };
}

/** A host that may not connect is not asked either. */
async function readSenders(
  { genuine }: ServerValues,
  spec: ModeSpec,
  { access }: ServerLimits,
  output: Output,
): Promise<SenderRules> {
  const trusts = genuine ? await makeAccessCheck(genuine) : () => false;
  if (!spec.asksSenders) return { trusts };
  const asks = (host: string) => !trusts(host) && access?.(host) !== false;
  const reports = new ReportLimiter(REPORT_MS);
  const onAsked = (host: string, peer: string, asked: boolean) => {
    const left = reports.admit(host);
    const message = `${peer} ${
      asked ? "is asked for a token" : "is not asked: it said too little, or the question"
    }${left}`;
    if (left !== undefined) void output.report({ event: "notice", message, detail: true });
  };
  return { trusts, asks, onAsked };
}
