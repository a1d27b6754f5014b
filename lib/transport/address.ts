/**
 * Addresses as people write them: `[scheme://][host]:port`, `ws://host[:port][/path]`, `unix:/path`, a bare port, or host and
 * port apart. After a host the port may be the name of a service, as in `localhost:http`. A bare port means this machine only; an empty host means every interface.
 *
 * @module
 */

import { phraseOf, SockeyeError } from "../errors.ts";
import type { TransportName } from "../events.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote, quoteAddress } from "../printable.ts";
import { isIPv6, toAscii } from "./ip.ts";
import { missingZone } from "./zone.ts";
import { readPort } from "./services.ts";

/** What an empty host means to a client; to a listener it is every interface. */
export const DIAL_HOST = "localhost";

/** The transports whose addresses are a host and a port. */
export type InetTransport = Exclude<TransportName, "unix">;

const INET_TRANSPORTS: readonly InetTransport[] = ["tcp", "tls", "udp", "ws", "wss"];

/** A host and a port. */
export interface InetAddress {
  /** How bytes travel. */
  readonly transport: InetTransport;
  /** A name or an IP address without brackets; empty = every interface. */
  readonly host: string;
  /** 0 to 65535; 0 = any free port. */
  readonly port: number;
  /** Only for ws and wss: path and query, where they are not just `/`. */
  readonly path?: string;
}

/** A path in the file system. */
export interface UnixAddress {
  /** How bytes travel. */
  readonly transport: "unix";
  /** The socket's path. */
  readonly path: string;
}

/** Where to listen or what to dial. */
export type Address = InetAddress | UnixAddress;

/** Transports whose addresses are those of the web, and the ports that these need not name (RFC 6455 section 3). */
export const WEB_PORTS: Readonly<Partial<Record<TransportName, number>>> = { ws: 80, wss: 443 };

/** The host of a bare port. */
const LOOPBACK = "127.0.0.1";

/**
 * Reads an address.
 *
 * @param text `9000`, `:9000`, `host:9000`, `[::1]:9000`, each after an optional `tcp://`, `tls://` or `udp://`, the same
 * after `ws://` or `wss://`, where the port may be missing and a path may follow, or `unix:/path`
 * @throws {SockeyeError} `usage`, naming the text and what is wrong with it
 */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:")) return parseUnix(text);
  const [, single] = /^(tcp|tls|udp|wss?):\/(?!\/)/i.exec(text) ?? [];
  if (single !== undefined) throw bad(text, `write ${single}:// with two slashes`);
  const [, scheme = "tcp", rest = ""] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(text) ?? [];
  const transport = scheme.toLowerCase();
  if (transport === "http" || transport === "https") throw bad(text, "a web address is for `sockeye fetch`");
  const known = INET_TRANSPORTS.find((name) => name === transport);
  if (!known) throw bad(text, `the scheme ${quote(scheme)} is none of ${INET_TRANSPORTS.join(", ")}, unix`);
  const fallback = WEB_PORTS[known];
  if (fallback === undefined) return { transport: known, ...parsePlace(rest, text) };
  const [, place = "", path = ""] = /^([^/?#]*)(.*)$/s.exec(rest) ?? [];
  if (/\p{Cc}/u.test(text)) throw bad(text, "it has a line end or another control character in it");
  if (place === "") throw bad(text, "the host is missing");
  if (place.includes("@")) {
    throw bad(text, "a user name and password do not belong in it; a client can send them with --header");
  }
  const address = { transport: known, ...parsePlace(place, text, String(fallback)) };
  return path === "" || path === "/" ? address : { ...address, path: parsePath(path, text) };
}

/**
 * Puts a host and a port that were given apart together.
 *
 * @param host a name or an IP address, with or without brackets, after an optional scheme
 * @throws {SockeyeError} `usage`
 */
export function joinAddress(host: string, port: string): Address {
  if (host.startsWith("unix:")) throw bad(host, "a path has no port");
  const [, scheme = "", name = ""] = /^(?:(.*):\/\/)?(.*)$/s.exec(host) ?? [];
  const given = /^(?:\[.*\]|[^:]*):(\w[\w-]*)$/s.exec(name)?.[1];
  if (given !== undefined && !isIPv6(name)) throw bad(host, `the port is given twice, ${given} and ${quote(port)}`);
  if (/^wss?$/i.test(scheme) && /[/?#]/.test(name)) throw bad(host, "the port stands before the path");
  const prefix = scheme === "" ? "" : `${scheme}://`;
  return parseAddress(`${prefix}${isIPv6(name) ? `[${name}]` : name}:${port}`);
}

/** Writes an address so that {@linkcode parseAddress} reads it back, with its scheme. */
export function formatAddress(address: Address): string {
  if (address.transport === "unix") return `unix:${address.path}`;
  return `${address.transport}://${formatHostPort(address.host, address.port)}${address.path ?? ""}`;
}

/** Writes host and port: `127.0.0.1:9000`, `[::1]:9000`; an IPv4-mapped IPv6 address is shown as IPv4. */
export function formatHostPort(host: string, port: number): string {
  const name = unmapIPv4(host);
  return name.includes(":") ? `[${name}]:${port}` : `${name}:${port}`;
}

/** Turns an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) into the IPv4 address; any other host stays as it is. */
export function unmapIPv4(host: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(host) ? host.slice(7) : host;
}

/** Whether only this machine can reach a listener there. */
export function isLoopback(address: Address): boolean {
  return address.transport === "unix" || /^(127\.\d+\.\d+\.\d+|::1|localhost)$/i.test(address.host);
}

function parseUnix(text: string): UnixAddress {
  const path = text.slice("unix:".length);
  if (path === "") throw bad(text, say("path-missing")`the path is missing`);
  return { transport: "unix", path };
}

function parsePlace(place: string, text: string, fallback?: string): { host: string; port: number } {
  const { host, port } = splitHostPort(place, text, fallback);
  return { host: checkHost(host, text), port: parsePort(port, text) };
}

function splitHostPort(rest: string, text: string, fallback?: string): { host: string; port: string } {
  if (/^\d+$/.test(rest)) return { host: LOOPBACK, port: rest };
  const bracketed = /^\[(.*)\](?::(.*))?$/s.exec(rest);
  if (bracketed) {
    const [, host = "", port = fallback] = bracketed;
    if (!isIPv6(host)) throw bad(text, say("not-ipv6")`${quote(host)} is not an IPv6 address`);
    if (port === undefined) throw bad(text, say("port-missing")`the port is missing`);
    const missing = missingZone(host);
    if (missing !== undefined) throw bad(text, missing);
    return { host, port };
  }
  if (/:.*@/s.test(rest)) throw bad(text, say("no-user")`an address has no user or password`);
  const parts = rest.split(":");
  if (parts.length > 2) throw bad(text, say("brackets")`write an IPv6 address in brackets, as [::1]:9000`);
  const [host = "", port = fallback] = parts;
  if (port === undefined) throw bad(text, say("port-missing-as")`the port is missing, as in localhost:9000`);
  return { host, port };
}

function checkHost(host: string, text: string): string {
  // A percent sign stands before the zone of an IPv6 address, and nowhere else.
  const bare = isIPv6(host) ? "" : host;
  const name = toAscii(bare);
  if ((bare !== "" && name === "") || /[\s%/?#@\\\p{Cc}]/u.test(name)) {
    throw bad(text, say("not-host")`${quote(host)} is not a host name`);
  }
  return name || host;
}

function parsePort(port: string, text: string): number {
  try {
    return readPort(port);
  } catch (cause) {
    throw bad(text, say("bad-port")`the port ${quote(port)} ${phraseOf(cause)}`);
  }
}

/** A path as it is sent: non-ASCII characters are escaped. */
function parsePath(path: string, text: string): string {
  if (path.includes("#")) throw bad(text, "a fragment (#) is not sent to a server");
  const { pathname, search } = new URL(`http://localhost${path}`);
  return `${pathname}${search}`;
}

function bad(text: string, why: Phrased): SockeyeError {
  return new SockeyeError("usage", say("bad-address")`Bad address ${quoteAddress(text)}: ${why}`);
}
