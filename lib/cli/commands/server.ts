/**
 * `sockeye server`: opens the listener, makes the mode and runs the server loop.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import type { Report } from "../../events.ts";
import { asFrame, framed } from "../../modes/frame.ts";
import { MODES } from "../modes.ts";
import type { ModeSpec } from "../../server/mode_spec.ts";
import { parseCidr } from "../../server/cidr.ts";
import type { AccessList } from "../../server/access.ts";
import { type Address, formatAddress, isLoopback, parseAddress } from "../../transport/address.ts";
import { BACKLOG, DATAGRAM_MAX, DRAIN_MS, MAX_CONNECTIONS } from "../../transport/limits.ts";
import { serve, type ServerLimits } from "../../server/serve.ts";
import { asDuration, asNumber, asText, flag, many, one, type OptionTable, type Values } from "../../options.ts";
import type { Output } from "../../output/output.ts";
import { quote } from "../../printable.ts";
import { type CommandSpec, defineCommand, type Run } from "../command.ts";
import { encodingOf, makeOutput } from "../common.ts";
import { openListener } from "../../server/open.ts";
import { pageUrl } from "../../chat/page.ts";
import { openPremises, type PremisesOptions } from "../../chat/host.ts";
import { keepOnly } from "../../permissions.ts";
import { hasLineByte } from "../../text/lines.ts";
import { didYouMean } from "../../suggest.ts";
import { type OnlyFor, refuseOtherTransports } from "../transports.ts";

/** Where a server listens when nobody says. */
const DEFAULT_ADDRESS = "127.0.0.1:9000";

/** The most threads: beyond the cores of today's machines they gain nothing, and each costs some 10 MB. */
const MAX_WORKERS = 64;

const SERVER_OPTIONS = {
  "frame": one("RULE", "where a message ends: line, or gap:50ms (a pause); else what one read brings", asFrame, {
    choices: ["line", "gap:50ms"],
  }),
  "once": flag("serve one connection, then exit"),
  "max-connections": one("N", `connections at a time (${MAX_CONNECTIONS})`, asNumber(1, 1_000_000)),
  "max-per-host": one("N", "connections at a time from one host (no limit)", asNumber(1, 1_000_000)),
  "idle": one("D", "drop a client that is silent so long (never; udp 60s)", asDuration),
  "drain": one("D", `wait so long for clients when stopping (${DRAIN_MS / 1000}s)`, asDuration),
  "backlog": one("N", `connections that may wait to be accepted (${BACKLOG})`, asNumber(1, 65535)),
  "allow": many("CIDR", "only these networks may connect", parseCidr),
  "deny": many("CIDR", "these networks may not connect; wins over --allow", parseCidr),
  "cert": one("FILE", "certificate of a tls:// server, PEM (one is made for the run)", asText),
  "key": one("FILE", "its private key, PEM", asText),
  "reuse-port": flag("let several servers share the port"),
  "workers": one("N", "threads that share the clients out, for more cores (1)", asNumber(1, MAX_WORKERS)),
} as const;

const MODE_OPTIONS: OptionTable = Object.assign({}, ...MODES.map(({ options }) => options));

type ServerValues = Values<typeof SERVER_OPTIONS>;

type CommonValues = Parameters<typeof makeOutput>[1];

/** The table entry. */
export const server: CommandSpec = defineCommand({
  name: "server",
  summary: "serve one of the modes to many clients at once",
  operands: "[MODE] [ADDRESS]",
  words: { title: `Modes (default ${MODES[0]?.name})`, list: MODES },
  about: `ADDRESS is a port (this machine only), :PORT (every interface) or HOST:PORT;
port 0 is any free port. Default ${DEFAULT_ADDRESS}. udp:// or tls:// may stand
before it; unix:/PATH is a Unix socket.`,
  options: { ...SERVER_OPTIONS, ...MODE_OPTIONS },
  examples: [
    { args: "server", does: `echo on ${DEFAULT_ADDRESS}` },
    ...MODES.map(({ example, summary }) => ({ args: `server ${example}`, does: summary })),
    { args: "server reply 8088 --text 已收到 -e gbk", does: "answer every message, in GBK" },
    { args: "server reply 9999 --greet Welcome! --text 'Hello, {data}!'", does: "greet, then answer by name" },
    { args: "server discard 0 --json", does: "any free port, events as JSON" },
  ],
  run: runServer,
});

async function runServer(values: Record<string, unknown>, run: Run): Promise<void> {
  const { mode, address } = readOperands(run.operands);
  const own = values as ServerValues;
  const options = Object.keys(values);
  refuseForeignOptions(mode, run);
  refuseOtherTransports(ONLY_FOR, options, address.transport);
  const { duty } = run.system;
  const { workers = 1 } = own;
  const lead = workers > 1 && !duty ? await import("../../server/workers.ts") : undefined;
  lead?.demandWorkers({ mode, transport: address.transport, options }, MODES);
  const common = values as CommonValues;
  const output = makeOutput("server", common, run);
  run.onOutput(output);
  const { onClose } = run.sink;
  run.sink.onClose = (stream, error) => {
    onClose(stream, error);
    if (stream === "stdout") {
      void output.report({ event: "notice", message: "Nobody reads what clients say: stdout was closed" });
    }
  };
  const encoding = encodingOf(common);
  if (own.frame?.by === "line" && !hasLineByte(encoding)) {
    throw new SockeyeError(
      "usage",
      `--frame line looks for the byte 0a, which ${encoding} uses inside other characters`,
    );
  }
  await using premises = await openPremises(values as PremisesOptions, {
    mode,
    run,
    output,
    encoding,
    frame: own.frame,
    messageMax: address.transport === "udp" ? DATAGRAM_MAX : undefined,
  });
  const { room, page } = premises;
  const handler = mode.create(values, room);
  await premises.arrived();
  const { backlog, cert, key, "max-connections": crowd, "reuse-port": reusePort } = own;
  const shared = { backlog, reusePort: true, credentials: duty?.credentials };
  using listener = await openListener(
    duty?.address ?? address,
    duty ? shared : { backlog, crowd, reusePort, threads: lead !== undefined, cert, key },
    { notice: (message) => room.notice(message), signal: run.system.signal },
  );
  const entrance = page ? page.on(listener) : listener;
  // Only a server that starts leaves a log behind; once all files are open the permissions are not needed any more.
  await premises.openLog();
  using crew = await lead?.Crew.start({ size: workers, listener, system: run.system, sink: run.sink, output });
  await duty?.ready();
  // At its end the server looks whether the file of a Unix socket is still its own, and removes it.
  keepOnly(address.transport === "unix" ? ["read", "write", ...(page ? ["net"] as const : [])] : ["net"]);
  if (!duty) {
    const hint = hintFor(mode, listener.address);
    await output.report({ event: "listen", address: formatAddress(listener.address), hint });
  }
  if (page) room.notice(`Browsers join at ${pageUrl(listener.address)}`);
  // A mode that tells what is said finds lines itself.
  const frame = mode.tells && own.frame?.by === "line" ? undefined : own.frame;
  const { peers } = await serve(entrance, frame ? framed(handler, frame) : handler, {
    signal: crew?.signal ?? run.system.signal,
    desk: crew?.desk ?? duty?.desk,
    once: own.once,
    limits: await readLimits(own),
    on: output.report,
    onTraffic: trafficOf(mode, common, output),
  });
  await crew?.end(peers);
  // What is on its way is still shown, and belongs in the log.
  room.bus?.leave();
}

function readOperands(operands: readonly string[]): { mode: ModeSpec; address: Address } {
  const [first = "", ...rest] = operands;
  const named = MODES.find(({ name }) => name === first);
  const mode = named ?? MODES[0];
  const [address = DEFAULT_ADDRESS, ...extra] = named ? rest : operands;
  if (!mode) throw new Error("The table of modes is empty");
  if (!named && first !== "" && !/[:\d/]/.test(first)) {
    const names = MODES.map(({ name }) => name);
    throw new SockeyeError(
      "usage",
      `Unknown mode ${quote(first)}${didYouMean(first, names)} (modes: ${names.join(", ")})`,
    );
  }
  if (extra[0] !== undefined) {
    throw new SockeyeError("usage", `Unexpected argument ${quote(extra[0])}: server takes [MODE] [ADDRESS]`);
  }
  return { mode, address: parseAddress(address) };
}

/** Where a mode tells by itself what is said, what each client sends is of interest only on request. */
function trafficOf(mode: ModeSpec, { json, hex, verbose }: CommonValues, output: Output): Report | undefined {
  const { reportTraffic } = output;
  if (!mode.tells || !reportTraffic || hex || verbose) return reportTraffic;
  return json ? (event) => event.event === "recv" ? reportTraffic(event) : undefined : undefined;
}

/** What an option is for; the others work everywhere. */
const ONLY_FOR: OnlyFor = {
  "backlog": ["tcp", "tls"],
  "reuse-port": ["tcp", "tls"],
  "allow": ["tcp", "tls", "udp"],
  "deny": ["tcp", "tls", "udp"],
  "max-per-host": ["tcp", "tls", "udp"],
  "web": ["tcp", "tls", "unix"],
  "web-host": ["tcp", "tls", "unix"],
  "cert": ["tls"],
  "key": ["tls"],
};

/** An option of another mode would be ignored; that is hardly what was meant. */
function refuseForeignOptions(mode: ModeSpec, { given }: Run): void {
  for (const { name, flag } of given) {
    if (name in SERVER_OPTIONS || name in mode.options) continue;
    const owners = MODES.filter(({ options }) => name in options).map((owner) => owner.name);
    if (owners.length === 0) continue;
    throw new SockeyeError("usage", `Option ${flag} is for ${owners.join(", ")}, not for ${mode.name}`);
  }
}

async function readLimits(own: ServerValues): Promise<ServerLimits> {
  return {
    maxConnections: own["max-connections"],
    maxPerHost: own["max-per-host"],
    idle: own.idle,
    drain: own.drain,
    access: await readAccess(own),
  };
}

async function readAccess({ allow, deny }: ServerValues): Promise<AccessList | undefined> {
  if (!allow && !deny) return undefined;
  const { AccessList } = await import("../../server/access.ts");
  return new AccessList(allow, deny);
}

function hintFor({ name }: ModeSpec, address: Address): string {
  if (address.transport === "unix" || !isLoopback(address)) return name;
  return `${name}, this machine only; :${address.port} opens it to others`;
}
