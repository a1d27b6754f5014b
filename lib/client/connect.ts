/**
 * Connects a client as its options say: checks the permissions, reads certificates, reports what TLS agreed on.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Report } from "../events.ts";
import type { Field } from "../http/head.ts";
import { asNumber, asText, asTimeLimit, flag, many, one, type Values } from "../options.ts";
import { keepOnly, type Need } from "../permissions.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { type Address, formatAddress } from "../transport/address.ts";
import type { Channel } from "../transport/channel.ts";
import { dial } from "../transport/dial.ts";
import { CONNECT_TIMEOUT_MS } from "../transport/limits.ts";
import { transportOf } from "../transport/mod.ts";
import { isIPv4, isIPv6 } from "../transport/ip.ts";
import { asSource } from "../transport/local.ts";
import { asInterface, asMembership, findInterface, type Membership } from "../transport/multicast.ts";
import { familyOf } from "../transport/resolve.ts";
import { asPin, asServerName } from "../transport/tls/names.ts";
import type { Secured } from "../transport/tls/node.ts";
import type { Credentials, DialOptions } from "../transport/transport.ts";
import { unlessHung } from "../wait.ts";
import { plural } from "../wording.ts";

/** The options that say how a client connects. */
export const DIAL_OPTIONS = {
  "connect-timeout": one("D", `time to connect (${CONNECT_TIMEOUT_MS / 1000}s)`, asTimeLimit),
  "retry": one("N", "retry a failed connection N times, as while a server starts", asNumber(0, 1_000_000)),
  "source": one("ADDR", "connect from this address of this machine, :PORT, or ADDR:PORT", asSource),
  "ipv4": flag("use IPv4 only", { short: "4" }),
  "ipv6": flag("use IPv6 only", { short: "6" }),
  "ca": one("FILE", "tls: trust the certificates in this PEM file too", asText, { needs: ["read"] }),
  "pin": one("sha256:HEX", "tls: trust the certificate with this fingerprint and no other", asPin),
  "insecure": flag("tls: do not check the certificate", { short: "k" }),
  "cert": one("FILE", "tls: the client's own certificate, PEM, for a server that asks for one", asText, {
    needs: ["read"],
  }),
  "key": one("FILE", "tls: its private key, PEM", asText, { needs: ["read"] }),
  "server-name": one("NAME", "tls: the name that the certificate must have (the host)", asServerName),
  "header": many("FIELD", "ws: send this header field, 'Name: value'; Host and its like once", asText, { short: "H" }),
  "subprotocol": many("NAME", "ws: offer this subprotocol", asText),
  "binary": flag("ws: send binary messages, not text"),
  "join": one(
    "GROUP",
    "udp: join a multicast group; %ADDRESS chooses an interface, %NAME with --allow-sys=networkInterfaces",
    asMembership,
  ),
  "interface": one(
    "IFACE",
    "udp: send multicast from this interface, an address or a name as with --join",
    asInterface,
  ),
  "only-peer": flag("udp: ignore datagrams from other addresses than ADDRESS"),
  "ttl": one("N", "udp: routers that an IPv4 multicast datagram may pass (1)", asNumber(0, 255)),
} as const;

/** The values of {@linkcode DIAL_OPTIONS}; a command that does not have an option leaves it out. */
export type DialValues = Partial<Values<typeof DIAL_OPTIONS>>;

/** How to connect. */
export interface ConnectOptions {
  /** What the options say. */
  readonly values: DialValues & { readonly "frame-max"?: number | undefined };
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
  const dialOptions = await readDialOptions(address, options);
  keepOnly([...needs.dial, ...options.needs]);
  return async () => {
    const warning = say("insecure")`The server's identity is not checked (--insecure)`;
    if (values.insecure) void report({ event: "notice", message: warning });
    const channel = await dial(address, dialOptions);
    keepOnly([...needs.converse, ...options.needs]);
    // RFC 6455 section 4.1 allows it, and a person may want to see just that; a browser would disconnect.
    const unchosen = values.subprotocol && channel.subprotocol === undefined;
    if (unchosen) void report({ event: "notice", message: say("no-subprotocol")`The server chose no subprotocol` });
    return channel;
  };
}

/** What the options say about connecting; files are read now. */
export async function readDialOptions(address: Address, options: ConnectOptions): Promise<DialOptions> {
  const { values, report, signal, verbose } = options;
  const { pin, insecure, "server-name": serverName, join } = values;
  const family = familyOf(values);
  const ca = values.ca === undefined ? undefined : await unlessHung(readCertificates(values.ca), signal);
  const identity = await unlessHung(identityOf(values), signal);
  const onSecured = verbose
    ? (secured: Secured) => void report({ event: "notice", message: describeSecured(secured), detail: true })
    : undefined;
  return {
    timeout: values["connect-timeout"],
    retries: values.retry,
    source: values.source,
    family,
    tls: { ca, pin, insecure, identity, onSecured, ...(serverName !== undefined && { serverName }) },
    ws: {
      headers: values.header && await readFields(values.header),
      protocols: values.subprotocol,
      binary: values.binary,
      messageMax: values["frame-max"],
    },
    udp: {
      join: join && findGroup(join),
      interface: values.interface && findOutgoing(values.interface, address),
      onlyPeer: values["only-peer"],
      ttl: values.ttl,
      onToken: verbose ? (token) => tellToken(token, report) : undefined,
    },
    signal,
    onRetry: retryReporter(options),
  };
}

/** A group to hear, with the address or number of its interface. */
function findGroup({ group, interface: name }: Membership): Membership {
  if (name === undefined) return { group };
  return { group, interface: findInterface(name, isIPv6(group) ? "IPv6" : "IPv4", say("join")`join ${group}`) };
}

/** Names of interfaces are zones of IPv6 addresses, so they need not be looked up. */
function findOutgoing(name: string, address: Address): string {
  if ("host" in address && isIPv6(address.host)) {
    if (!isIPv4(name)) return name;
    throw new SockeyeError(
      "usage",
      `Bad --interface ${name}: ${formatAddress(address)} needs the name of one, as eth0`,
    );
  }
  return findInterface(name, "IPv4", say("send-to")`send to ${formatAddress(address)}`);
}

/** The client's own certificate; an unusable one is refused before anything is sent. */
async function identityOf({ cert, key }: DialValues): Promise<Credentials | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  return await (await import("../transport/tls/credentials.ts")).readIdentity(cert, key);
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
  return ({ phrase }, pauseMs) => {
    const first = retries++ === 0 && interactive && !verbose;
    const message = first
      ? say("trying-again")`${phrase}; trying again`
      : say("again-in")`${phrase}; again in ${pauseMs} ms`;
    void report({ event: "notice", message, detail: !first });
  };
}

/** What was agreed on, and the certificate of the peer: `TLSv1.3, TLS_AES_256_GCM_SHA384; certificate localhost, 89 days left, sha256:…`. */
export function describeSecured({ protocol, cipher, chain, daysLeft, fingerprint }: Secured): string {
  const age = daysLeft < 0 ? `expired ${plural(-daysLeft, "day")} ago` : `${plural(daysLeft, "day")} left`;
  return `${protocol}, ${cipher}; certificate ${chain.join(" < ")}, ${age}, sha256:${fingerprint}`;
}
