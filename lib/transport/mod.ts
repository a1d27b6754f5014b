/**
 * The table of transports. A new transport is its file, its test, its name in `address.ts` and one row here. Code outside this
 * folder asks a row for its traits and never compares its name.
 *
 * @module
 */

import type { TransportName } from "../events.ts";
import { lazy } from "../lazy.ts";
import { demand, demandSocket } from "../permissions.ts";
import { say } from "../phrase.ts";
import {
  type Address,
  DIAL_HOST,
  formatAddress,
  formatHostPort,
  type InetAddress,
  type UnixAddress,
} from "./address.ts";
import type { Listener } from "./channel.ts";
import { isUnresolved, socketFailure } from "./failure.ts";
import { isIPv6 } from "./ip.ts";
import { DATAGRAM_MAX, MESSAGE_MAX } from "./limits.ts";
import type { ListenOptions, LocalAddress, Traits, Transport } from "./transport.ts";
import { unknownZone, zoneOf } from "./zone.ts";

/** What streams over IP have in common. */
const STREAM = {
  hasPort: true,
  secured: false,
  messageBoundaries: false,
  connectionless: false,
  needs: { serve: ["net"], dial: ["net"], converse: ["net"] },
  demandListen: (address: InetAddress) =>
    demand("net", bindPlace(address), say("listen")`listen on ${formatAddress(address)}`),
  demandDial: (address: InetAddress) =>
    demand("net", dialPlace(address), say("connect")`connect to ${formatAddress(address)}`),
} as const satisfies Partial<Transport>;

const loadConnect = lazy(() => import("./connect.ts"));
const loadTlsClient = lazy(() => import("./tls/client.ts"));
const loadUdpDial = lazy(() => import("./udp_dial.ts"));
const loadUnix = lazy(() => import("./unix.ts"));
const loadWebSocketClient = lazy(() => import("./websocket/client.ts"));

/** Each row loads its code when it is first used. */
const TCP = {
  ...STREAM,
  name: "tcp",
  listen: async (address: InetAddress, options) => await (await import("./tcp.ts")).listenStream(address, options),
  dial: async (address: InetAddress, options) => await (await loadConnect()).dialTcp(address, options),
} as const satisfies Transport;

const TLS = {
  ...STREAM,
  name: "tls",
  secured: true,
  listen: async (address: InetAddress, options) => await (await import("./tls/server.ts")).listenTls(address, options),
  dial: async (address: InetAddress, options) => {
    const [{ dialTls }, { dialTcp }] = await Promise.all([loadTlsClient(), loadConnect()]);
    const nodeOnly = options.source !== undefined || options.resets;
    const tls = { serverName: address.host || DIAL_HOST, nodeOnly, ...options.tls, signal: options.signal };
    return await dialTls(() => dialTcp(address, options), tls);
  },
} as const satisfies Transport;

const UDP: Transport = {
  ...STREAM,
  name: "udp",
  messageBoundaries: true,
  messageMax: DATAGRAM_MAX,
  connectionless: true,
  demandDial: demandSend,
  listen: async (address: InetAddress, options) => await (await import("./udp.ts")).listenUdp(address, options),
  dial: async (address: InetAddress, { source, family, udp, signal }) =>
    await (await loadUdpDial()).dialUdp(address, { ...udp, source, family, signal }),
};

const UNIX: Transport = {
  ...STREAM,
  name: "unix",
  hasPort: false,
  // The server removes its socket at the end.
  needs: { serve: ["read", "write"], dial: ["net", "read", "write"], converse: [] },
  demandListen: ({ path }: UnixAddress) => demandSocket(path, say("listen")`listen on ${`unix:${path}`}`),
  demandDial: ({ path }: UnixAddress) => demandSocket(path, say("connect")`connect to ${`unix:${path}`}`),
  listen: async (address: UnixAddress) => await (await loadUnix()).listenUnix(address),
  dial: async (address: UnixAddress) => await (await loadUnix()).connectUnix(address),
};

/** WebSockets over a stream. */
function webSocket(name: "ws" | "wss", stream: typeof TCP | typeof TLS): Transport {
  return {
    ...stream,
    name,
    messageBoundaries: true,
    messageMax: MESSAGE_MAX,
    encoding: "utf-8",
    listen: async (address: InetAddress, options) => {
      const { listenWebSocket } = await import("./websocket/server.ts");
      return listenWebSocket(await stream.listen(address, options), address, options.messageMax);
    },
    dial: async (address: InetAddress, options) => {
      const { dialWebSocket } = await loadWebSocketClient();
      const tls = { protocols: ["http/1.1"], ...options.tls };
      const open = () => stream.dial(address, { ...options, tls });
      return await dialWebSocket(open, address, { ...options.ws, signal: options.signal });
    },
  };
}

const TRANSPORTS: Readonly<Record<TransportName, Transport>> = {
  tcp: TCP,
  tls: TLS,
  udp: UDP,
  unix: UNIX,
  ws: webSocket("ws", TCP),
  wss: webSocket("wss", TLS),
};

/** Every transport that can be listened on and dialled, in the order of the documentation. */
export const ALL_TRANSPORTS: readonly Transport[] = Object.values(TRANSPORTS);

/** The row of an address. */
export function transportOf({ transport }: Address): Transport {
  return TRANSPORTS[transport];
}

/** The traits of a transport by its name. */
export function traitsOf(name: TransportName): Traits {
  return TRANSPORTS[name];
}

/** The `transport` field of an event. Most connections are TCP, so it is left out there. */
export function transportField(name: TransportName): { transport?: TransportName } {
  return name === "tcp" ? {} : { transport: name };
}

/**
 * Binds a listener, which the caller closes.
 *
 * @param address an empty host is every interface, IPv6 and IPv4 both where the machine has both
 * @throws {SockeyeError} `connect` when it cannot be bound, `resolve`, `permission`, `tls`, `usage` for TLS without credentials
 * @example
 * ```ts ignore
 * const listener = await listen(parseAddress("tls://:9443"), { credentials });
 * ```
 */
export async function listen(address: Address, options: ListenOptions = {}): Promise<Listener> {
  try {
    return await transportOf(address).listen(address, options);
  } catch (error) {
    const host = "host" in address ? address.host : "";
    if (zoneOf(host) !== undefined && isUnresolved(error)) {
      throw unknownZone(say("listen")`listen on ${formatAddress(address)}`, host, error);
    }
    throw socketFailure(say("listen")`listen on ${formatAddress(address)}`, error, address.transport);
  }
}

/** Deno checks the host that it is given; every interface is tried as `::`, then as `0.0.0.0`. */
function bindPlace({ host, port }: InetAddress): string {
  return formatHostPort(host || "0.0.0.0", port);
}

function dialPlace({ host, port }: InetAddress): string {
  return formatHostPort(host || DIAL_HOST, port);
}

/** Deno checks the address that datagrams are sent from as well. */
function demandSend(address: InetAddress, { source, udp }: LocalAddress): void {
  STREAM.demandDial(address);
  const own = source?.host ?? (isIPv6(address.host) ? "::" : "0.0.0.0");
  const from = formatHostPort(own, udp?.join ? address.port : source?.port ?? 0);
  demand("net", from, say("send-from")`send from ${from}`, `--allow-net=${from},${dialPlace(address)}`);
}
