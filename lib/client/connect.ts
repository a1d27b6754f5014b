/**
 * Connects a client as its options say: checks the permissions, reads certificates, tells what was agreed on.
 *
 * @module
 */

import { type Address, formatAddress, formatHostPort } from "../transport/address.ts";
import { asPin, asServerName } from "../transport/tls/names.ts";
import type { Channel } from "../transport/channel.ts";
import { dial } from "../transport/dial.ts";
import { CONNECT_TIMEOUT_MS } from "../transport/limits.ts";
import { isIP, isIPv6 } from "../transport/ip.ts";
import type { Secured } from "../transport/tls/node.ts";
import { asMembership, findInterface } from "../transport/multicast.ts";
import { asNumber, asText, asTimeLimit, flag, one, type Values } from "../options.ts";
import type { Report } from "../events.ts";
import { plural } from "../output/format.ts";
import { demand, demandSocket, keepOnly, type Need } from "../permissions.ts";
import { type OnlyFor, refuseOtherTransports } from "../cli/transports.ts";

/** What says how a client connects. */
export const DIAL_OPTIONS = {
  "connect-timeout": one("D", `time to connect (${CONNECT_TIMEOUT_MS / 1000}s)`, asTimeLimit),
  "retry": one("N", "try to connect N times more, as a port that is not open yet needs", asNumber(0, 1_000_000)),
  "source": one("ADDR", "connect from this address of this machine", asText),
  "ca": one("FILE", "tls: trust the certificates in this PEM file too", asText),
  "pin": one("sha256:HEX", "tls: trust the certificate with this fingerprint and no other", asPin),
  "insecure": flag("tls: take any certificate", { short: "k" }),
  "server-name": one("NAME", "tls: whom the certificate must be for (the host)", asServerName),
  "join": one(
    "GROUP",
    "udp: hear a group; %ADDRESS chooses an interface, %NAME with --allow-sys=networkInterfaces",
    asMembership,
  ),
  "ttl": one("N", "udp: routers that an IPv4 multicast datagram may pass (1)", asNumber(0, 255)),
} as const;

/** Their values. */
export type DialValues = Values<typeof DIAL_OPTIONS>;

/** Which transport an option is for. */
const ONLY_FOR: OnlyFor = {
  "connect-timeout": ["tcp", "tls", "unix"],
  "retry": ["tcp", "tls", "unix"],
  "source": ["tcp", "udp"],
  "ca": ["tls"],
  "pin": ["tls"],
  "insecure": ["tls"],
  "server-name": ["tls"],
  "join": ["udp"],
  "ttl": ["udp"],
};

/** How to connect, and whom to tell. */
export interface DialingOptions {
  /** The values of {@linkcode DIAL_OPTIONS}. */
  readonly values: DialValues;
  /** What the conversation will need besides the network. */
  readonly needs: readonly Need[];
  /** Tell what was agreed on. */
  readonly verbose: boolean;
  /** A person sees what is told. */
  readonly watched: boolean;
  /** Gives up. */
  readonly signal: AbortSignal;
  /** Hears of retries and of what a person should know. */
  readonly report: Report;
}

/**
 * Checks what can be checked before anything is sent, then gives up what is not needed.
 *
 * @param address where to connect
 * @param options how
 * @returns connects
 * @throws {SockeyeError} `usage`, `permission`, `file`
 */
export async function prepareDial(address: Address, options: DialingOptions): Promise<() => Promise<Channel>> {
  const { values, report, signal } = options;
  refuseOtherTransports(ONLY_FOR, Object.keys(values), address.transport);
  demandConnect(address, values);
  const ca = values.ca === undefined
    ? undefined
    : await (await import("../transport/tls/trust.ts")).readCertificates(values.ca);
  const { pin, insecure, "server-name": serverName } = values;
  const onSecured = options.verbose ? (secured: Secured) => void report(tellSecured(secured)) : undefined;
  const tls = { ca, pin, insecure, onSecured, ...(serverName !== undefined && { serverName }) };
  const { source, ttl } = values;
  const join = values.join && findInterface(values.join);
  const path: Need[] = address.transport === "unix" ? ["read", "write"] : [];
  keepOnly(["net", ...options.needs, ...path]);
  return async () => {
    let told = 0;
    if (insecure) {
      void report({ event: "notice", message: "The server may be anybody: --insecure takes any certificate" });
    }
    const channel = await dial(address, {
      timeout: values["connect-timeout"],
      retries: values.retry,
      source,
      tls,
      udp: { join, ttl },
      signal,
      onRetry: ({ message }, pause) => {
        // Once for a person who wonders what the silence is; each time for those who want to know more.
        const first = told === 0 && options.watched && !options.verbose;
        told++;
        const next = first ? "trying again" : `again in ${pause} ms`;
        void report({ event: "notice", message: `${message}; ${next}`, detail: !first });
      },
    });
    keepOnly([...(address.transport === "unix" ? [] : ["net"] as const), ...options.needs]);
    return channel;
  };
}

function demandConnect(address: Address, { source, join }: DialValues): void {
  const doing = `connect to ${formatAddress(address)}`;
  if (address.transport === "unix") return demandSocket(address.path, doing);
  const place = formatHostPort(address.host || "localhost", address.port);
  demand("net", place, doing);
  if (address.transport !== "udp") return;
  // Deno checks what is sent from as well.
  const own = source !== undefined && isIP(source) ? source : isIPv6(address.host) ? "::" : "0.0.0.0";
  const from = formatHostPort(own, join ? address.port : 0);
  demand("net", from, `send from ${from}`, `--allow-net=${from},${place}`);
}

function tellSecured({ protocol, cipher, chain, daysLeft, fingerprint }: Secured) {
  const age = daysLeft < 0 ? `expired ${plural(-daysLeft, "day")} ago` : `${plural(daysLeft, "day")} left`;
  const agreed = `${protocol}, ${cipher}`;
  const message = `${agreed}; certificate ${chain.join(" < ")}, ${age}, sha256:${fingerprint}`;
  return { event: "notice", message, detail: true } as const;
}
