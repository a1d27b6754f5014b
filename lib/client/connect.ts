/**
 * Connects a client as its options say: checks the permissions, reads certificates, reports what TLS agreed on.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { NoticeEvent, Report } from "../events.ts";
import type { Field } from "../http/head.ts";
import { asMessageSize, asNumber, asText, asTimeLimit, flag, many, one, type Values } from "../options.ts";
import { keepOnly, type Need } from "../permissions.ts";
import { quote } from "../printable.ts";
import type { Address } from "../transport/address.ts";
import type { Channel } from "../transport/channel.ts";
import { dial } from "../transport/dial.ts";
import { CONNECT_TIMEOUT_MS } from "../transport/limits.ts";
import { transportOf } from "../transport/mod.ts";
import { asMembership, findInterface } from "../transport/multicast.ts";
import { asPin, asServerName } from "../transport/tls/names.ts";
import type { Secured } from "../transport/tls/node.ts";
import type { DialOptions } from "../transport/transport.ts";
import { plural } from "../wording.ts";

/** The options that say how a client connects. */
export const DIAL_OPTIONS = {
  "connect-timeout": one("D", `time to connect (${CONNECT_TIMEOUT_MS / 1000}s)`, asTimeLimit),
  "retry": one("N", "try to connect N times more, as a port that is not open yet needs", asNumber(0, 1_000_000)),
  "source": one("ADDR", "connect from this address of this machine", asText),
  "ca": one("FILE", "tls: trust the certificates in this PEM file too", asText),
  "pin": one("sha256:HEX", "tls: trust the certificate with this fingerprint and no other", asPin),
  "insecure": flag("tls: do not check the certificate", { short: "k" }),
  "server-name": one("NAME", "tls: the name that the certificate must be for (the host)", asServerName),
  "header": many("FIELD", "ws: send this header field, 'Name: value'", asText, { short: "H" }),
  "subprotocol": many("NAME", "ws: offer this subprotocol", asText),
  "binary": flag("ws: send binary messages, not text"),
  "frame-max": one("S", "ws: the longest message of the server (1m)", asMessageSize),
  "join": one(
    "GROUP",
    "udp: hear a group; %ADDRESS chooses an interface, %NAME with --allow-sys=networkInterfaces",
    asMembership,
  ),
  "ttl": one("N", "udp: routers that an IPv4 multicast datagram may pass (1)", asNumber(0, 255)),
} as const;

/** How to connect. */
export interface ConnectOptions {
  /** The values of {@linkcode DIAL_OPTIONS}. */
  readonly values: Values<typeof DIAL_OPTIONS>;
  /** Permissions that the conversation needs besides the network. */
  readonly needs: readonly Need[];
  /** Whether details are reported: what TLS agreed on, each retry. */
  readonly verbose: boolean;
  /** Whether a person reads the reports. */
  readonly interactive: boolean;
  /** Gives up. */
  readonly signal: AbortSignal;
  /** Takes retries and warnings. */
  readonly report: Report;
}

/**
 * Checks what can be checked before anything is sent, then gives up the permissions that are not needed.
 *
 * @throws {SockeyeError} `permission`, `file`
 */
export async function prepareDial(address: Address, options: ConnectOptions): Promise<() => Promise<Channel>> {
  const { values, report } = options;
  const { needs, demandDial } = transportOf(address);
  const { source, join } = values;
  demandDial(address, { source, udp: { join } });
  const dialOptions = await readDialOptions(options);
  keepOnly([...needs.dial, ...options.needs]);
  return async () => {
    const warning = "The server's identity is not checked (--insecure)";
    if (values.insecure) void report({ event: "notice", message: warning });
    const channel = await dial(address, dialOptions);
    keepOnly([...needs.converse, ...options.needs]);
    // RFC 6455 section 4.1 allows it, and a person may have come to see just that; a browser would leave.
    const unchosen = values.subprotocol && channel.subprotocol === undefined;
    if (unchosen) void report({ event: "notice", message: "The server chose no subprotocol" });
    return channel;
  };
}

async function readDialOptions(options: ConnectOptions): Promise<DialOptions> {
  const { values, report, signal, verbose } = options;
  const { pin, insecure, "server-name": serverName, join } = values;
  const ca = values.ca === undefined ? undefined : await readCertificates(values.ca);
  const onSecured = verbose ? (secured: Secured) => void report(describe(secured)) : undefined;
  return {
    timeout: values["connect-timeout"],
    retries: values.retry,
    source: values.source,
    tls: { ca, pin, insecure, onSecured, ...(serverName !== undefined && { serverName }) },
    ws: {
      headers: values.header && await readFields(values.header),
      protocols: values.subprotocol,
      binary: values.binary,
      messageMax: values["frame-max"],
    },
    udp: {
      join: join && findInterface(join),
      ttl: values.ttl,
      onToken: verbose ? (token) => tellToken(token, report) : undefined,
    },
    signal,
    onRetry: retryReporter(options),
  };
}

function tellToken(token: string, report: Report): void {
  void report({ event: "notice", message: `Sent back /${token}: our address is not forged`, detail: true });
}

async function readFields(texts: readonly string[]): Promise<Field[]> {
  const { parseField } = await import("../http/request.ts");
  return texts.map((text) => {
    try {
      return parseField(text);
    } catch (cause) {
      throw new SockeyeError("usage", `Bad value ${quote(text)} for --header: ${messageOf(cause)}`, { cause });
    }
  });
}

async function readCertificates(path: string): Promise<string> {
  return await (await import("../transport/tls/trust.ts")).readCertificates(path);
}

/** On a terminal the first retry is reported, with `verbose` each one. */
function retryReporter({ report, interactive, verbose }: ConnectOptions): DialOptions["onRetry"] {
  let retries = 0;
  return ({ message }, pauseMs) => {
    const first = retries++ === 0 && interactive && !verbose;
    const next = first ? "trying again" : `again in ${pauseMs} ms`;
    void report({ event: "notice", message: `${message}; ${next}`, detail: !first });
  };
}

function describe({ protocol, cipher, chain, daysLeft, fingerprint }: Secured): NoticeEvent {
  const age = daysLeft < 0 ? `expired ${plural(-daysLeft, "day")} ago` : `${plural(daysLeft, "day")} left`;
  const message = `${protocol}, ${cipher}; certificate ${chain.join(" < ")}, ${age}, sha256:${fingerprint}`;
  return { event: "notice", message, detail: true };
}
