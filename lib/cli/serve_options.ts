/**
 * The options of the commands that serve, and their messages: what listens where, and which clients it accepts.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { asDuration, asNumber, asText, flag, many, one, type OptionTable, type Values } from "../options.ts";
import type { Output } from "../output/output.ts";
import { Phrase, say } from "../phrase.ts";
import { makeAccessCheck, parseCidr } from "../server/access.ts";
import { DRAIN_MS, MAX_CONNECTIONS, MAX_WORKERS, REPORT_MS, UDP_IDLE_MS } from "../server/limits.ts";
import type { ModeSpec } from "../server/mode.ts";
import { ReportLimiter } from "../server/report_limiter.ts";
import type { ServerLimits } from "../server/serve.ts";
import { BACKLOG } from "../transport/limits.ts";
import type { SenderRules, Traits } from "../transport/transport.ts";
import { plural } from "../wording.ts";
import type { CommonValues } from "./command.ts";
import { FORM_OPTIONS } from "./form_options.ts";
import type { TransportRules } from "./option_rules.ts";
import { RECORD_OPTIONS } from "./record_options.ts";

/** What listens, which clients it takes, and how long. */
export const SERVE_OPTIONS = {
  ...FORM_OPTIONS,
  "no-data": flag("tell of connections, not of what is said in them"),
  "once": flag("serve one connection, then exit"),
  "max-connections": one("N", `connections at a time (${MAX_CONNECTIONS})`, asNumber(1, 1_000_000)),
  "max-per-host": one("N", "connections at a time from one host (no limit)", asNumber(1, 1_000_000)),
  "idle": one("D", "drop a client that is silent for D (never; udp 60s)", asDuration),
  "drain": one("D", "when stopping, let clients that are not idle go on for D (not at all)", asDuration),
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
  ...RECORD_OPTIONS,
} as const satisfies OptionTable;

/** The transports that options are for; the others work everywhere. */
export const SERVE_RULES: TransportRules = [
  [({ hasPort, connectionless }) => hasPort && !connectionless, ["backlog", "reuse-port", "workers"]],
  [({ hasPort }) => hasPort, ["allow", "deny", "max-per-host"]],
  [({ connectionless }) => connectionless, ["genuine"]],
  [({ messageBoundaries }) => !messageBoundaries, ["web", "web-host"]],
  [({ secured }) => secured, ["cert", "key", "client-ca"]],
  // A datagram may be forged, and whatever has an address has no end.
  [({ connectionless }) => !connectionless, ["output", "file"]],
];

/** The values of {@linkcode SERVE_OPTIONS}. */
export type ServeValues = Values<typeof SERVE_OPTIONS> & CommonValues;

/**
 * Checks that the options for showing and hiding data do not contradict each other.
 *
 * @throws {SockeyeError} `usage`
 */
export function checkShown(values: ServeValues): void {
  if (!values["no-data"] || !values.hex) return;
  throw new SockeyeError("usage", "Options --no-data and --hex do not go together");
}

/** Says the limits in words: `1024 connections, any number from one host, …`. */
export function describeLimits(
  { maxConnections = MAX_CONNECTIONS, maxPerHost, idle, drain }: ServerLimits,
  { connectionless, hasPort }: Traits,
  backlog: number = BACKLOG,
): Phrase {
  const idleMs = idle ?? (connectionless ? UDP_IDLE_MS : 0);
  const noun = connectionless ? "peer" : "connection";
  const parts = [
    new Phrase(`limit-${noun}`, plural(maxConnections, noun), [maxConnections]),
    hasPort && say("limit-per-host")`${maxPerHost ?? say("any-number")`any number`} from one host`,
    idleMs > 0 ? say("limit-idle")`idle for ${idleMs / 1000} s at most` : say("no-limit-idle")`idle for ever`,
    hasPort && !connectionless && say("limit-backlog")`${backlog} that wait`,
    drain
      ? say("limit-drain")`${drain / 1000} s to go on at a stop`
      : say("limit-end")`${DRAIN_MS / 1000} s to end at a stop`,
  ].filter((part) => part !== false);
  return new Phrase("remarks", parts.join(", "), parts);
}

/** What the server allows. Throws `usage` for a network that is none. */
export async function readLimits(values: ServeValues): Promise<ServerLimits> {
  const { allow, deny, idle, drain, "max-connections": maxConnections, "max-per-host": maxPerHost } = values;
  const access = allow || deny ? await makeAccessCheck(allow, deny) : undefined;
  return { maxConnections, maxPerHost, idle, drain, access };
}

/** How far the addresses of datagrams are believed. A host that may not connect is not asked either. */
export async function readSenders(
  { genuine }: ServeValues,
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
