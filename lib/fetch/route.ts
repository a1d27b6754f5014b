/**
 * The connection to a web server: TCP, through a proxy if one is set, with TLS for `https`.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { proxyFields } from "../http/request.ts";
import { ResponseParser } from "../http/response.ts";
import { demand } from "../permissions.ts";
import { say } from "../phrase.ts";
import { limitTime } from "../wait.ts";
import { formatHostPort, type InetAddress } from "../transport/address.ts";
import type { Channel } from "../transport/channel.ts";
import { endOf } from "../transport/failure.ts";
import { dial } from "../transport/dial.ts";
import type { Source } from "../transport/local.ts";
import type { Family } from "../transport/resolve.ts";
import type { Credentials } from "../transport/transport.ts";
import { isSocks, proxyFor, type ProxySettings } from "./proxy.ts";

/** How to connect. */
export interface RouteOptions {
  /** Proxies. */
  readonly proxy: ProxySettings;
  /** PEM certificates to trust in addition to those of the platform. */
  readonly ca?: string | undefined;
  /** Does not check the certificate. */
  readonly insecure?: boolean | undefined;
  /** The client's own certificate, for a server that asks for one. Default: none. */
  readonly identity?: Credentials | undefined;
  /** Addresses by `host:port`, used instead of resolving the name. Default: none. */
  readonly resolve?: ReadonlyMap<string, string> | undefined;
  /** Zones by IPv6 address, which no URL can have. Default: none. */
  readonly zones?: ReadonlyMap<string, string> | undefined;
  /** Milliseconds without a byte; with `https` also for everything before the request, proxy and handshake included. */
  readonly timeout: number;
  /** The address and port of this machine to connect from. Default: the system's choice. */
  readonly source?: Source | undefined;
  /** The version of IP to use. Default: both. */
  readonly family?: Family;
  /** Records the traffic from the request on; `serverName` is the name that TLS asks for. Default: no recording. */
  readonly record?: ((channel: Channel, serverName: string | undefined) => Channel) | undefined;
  /** Milliseconds for the TCP connection; default: as `dial` has it. */
  readonly connectTimeout?: number | undefined;
  /** Aborts; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Milliseconds for the host name, for the connection to the server or its proxy, and for CONNECT to the proxy with the
 * TLS handshake; 0 for a step that was not needed.
 */
export type Timings = Record<"dns" | "connect" | "tls", number>;

/** A connection that is ready for a request. */
export interface Route {
  /** The connection; the caller closes it. */
  readonly channel: Channel;
  /** The proxy that reads the request: its request line needs the whole address (RFC 9112 section 3.2.2). */
  readonly proxy: URL | undefined;
  /** How long it took. */
  readonly timings: Timings;
}

/** Checks the permission to connect to a web server or a proxy. */
export function demandRoute(url: URL, options: Pick<RouteOptions, "resolve" | "zones"> = {}): void {
  const { host, port } = addressOf(url, options);
  const authority = formatHostPort(host, port);
  demand("net", authority, say("connect")`connect to ${authority}`);
}

/**
 * Connects to a web server.
 *
 * @throws {SockeyeError} `connect`, also if a proxy refuses; `resolve`, `timeout`, `tls`, `permission`; `session` or
 * `protocol` if the proxy's answer is cut or invalid; `usage` for a bad proxy variable; or the signal's reason
 */
export async function openRoute(url: URL, options: RouteOptions): Promise<Route> {
  const proxy = await proxyFor(options.proxy, url);
  const { record = (channel) => channel } = options;
  const timings: Timings = { dns: 0, connect: 0, tls: 0 };
  demandRoute(proxy ?? url, options);
  if (url.protocol === "http:") {
    const channel = record(await openTcp(url, proxy, options, timings), undefined);
    return { channel, proxy: proxy && isSocks(proxy) ? undefined : proxy, timings };
  }
  const start = performance.now();
  const channel = await openTls(url, proxy, options, timings);
  timings.tls = performance.now() - start - timings.dns - timings.connect;
  return { channel: record(channel, bareHost(url)), proxy: undefined, timings };
}

/** Connects with TLS. The time limit covers it all: a proxy or server may fall silent after it has accepted. */
async function openTls(url: URL, proxy: URL | undefined, options: RouteOptions, timings: Timings): Promise<Channel> {
  const { ca, insecure, identity, source, timeout } = options;
  const failure = new SockeyeError(
    "timeout",
    say("no-connection")`No connection to ${url.host} in ${timeout / 1000} s (timeout)`,
  );
  const { signal, cancel } = limitTime(timeout, options.signal, failure);
  try {
    const nodeOnly = source !== undefined;
    const tls = { serverName: bareHost(url), ca, insecure, identity, nodeOnly, signal, protocols: ["http/1.1"] };
    const { dialTls } = await import("../transport/tls/client.ts");
    return await dialTls(() => openTcp(url, proxy, { ...options, signal }, timings), tls);
  } finally {
    cancel();
  }
}

async function openTcp(
  url: URL,
  proxy: URL | undefined,
  options: RouteOptions,
  timings: Timings,
): Promise<Channel> {
  const { connectTimeout: timeout, signal, source, family } = options;
  const onTimes = (times: Partial<Timings>) => Object.assign(timings, times);
  const channel = await dial(addressOf(proxy ?? url, options), { timeout, signal, onTimes, source, family });
  if (proxy && isSocks(proxy)) {
    const { throughSocks } = await import("./socks.ts");
    const { host, port } = addressOf(url, options);
    await throughSocks(channel, { proxy, host, port, family, timeout: options.timeout, signal });
  } else if (proxy && url.protocol === "https:") await tunnel(channel, url, proxy, signal);
  return channel;
}

/** Asks a proxy for a tunnel to the server (RFC 9110 section 9.3.6). */
async function tunnel(channel: Channel, url: URL, proxy: URL, signal: AbortSignal | undefined): Promise<void> {
  const { host, port } = addressOf(url, {});
  const authority = formatHostPort(host, port);
  const stop = () => channel.close();
  signal?.addEventListener("abort", stop, { once: true });
  const auth = proxyFields(proxy).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  try {
    const request = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${auth}\r\n`;
    await writeAll(channel, new TextEncoder().encode(request));
    const { status, reason } = await readHead(channel);
    const message = `Cannot connect to ${authority}: the proxy ${proxy.host} says ${status} ${reason}`;
    if (status >= 300) throw new SockeyeError("connect", message);
  } catch (error) {
    channel.close();
    if (signal?.aborted) throw signal.reason;
    if (error instanceof SockeyeError) throw error;
    const message = `Connection to the proxy ${proxy.host} lost: ${endOf(error)}`;
    throw new SockeyeError("session", message, { cause: error });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Reads the proxy's answer byte by byte, because the bytes after it belong to the server. */
async function readHead(channel: Channel): Promise<{ status: number; reason: string }> {
  const parser = new ResponseParser("CONNECT");
  const byte = new Uint8Array(1);
  while (true) {
    const events = await channel.read(byte) === null ? parser.close() : parser.push(byte);
    for (const event of events) if (event.type === "head") return event;
  }
}

/** Where to connect to. */
function addressOf(url: URL, { resolve, zones }: Pick<RouteOptions, "resolve" | "zones">): InetAddress {
  const [name, port] = [bareHost(url), portOf(url)];
  const zone = zones?.get(name);
  const host = resolve?.get(`${name}:${port}`) ?? (zone === undefined ? name : `${name}%${zone}`);
  return { transport: "tcp", host, port };
}

/** An address with port 0 is refused where it is parsed: here it would look like one without a port. */
function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return isSocks(url) ? 1080 : url.protocol === "https:" ? 443 : 80;
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
