/**
 * From an address to a bound {@linkcode Listener}.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { type Address, formatAddress, type InetAddress } from "./address.ts";
import type { Listener } from "./channel.ts";
import { socketFailure } from "./failure.ts";
import { BACKLOG, SOCKETS_MAX } from "./limits.ts";
import { isMulticast } from "./multicast.ts";
import { SharedPort, type Socket } from "./shared_port.ts";
import { TcpListener } from "./stream.ts";
import type { Credentials, TlsListener } from "./tls/server.ts";

/** How to listen. */
export interface ListenOptions {
  /** Connections that may wait to be accepted. Default {@linkcode BACKLOG}. */
  readonly backlog?: number | undefined;
  /**
   * Connections that may come at once. Where the system can share a port out (Linux) and one queue would be too short for them,
   * several sockets listen; not with a `backlog` of one's own. Default: as many as one queue holds.
   */
  readonly crowd?: number | undefined;
  /** Lets several processes listen on the same port of TCP, the kernel shares connections out. Default false. */
  readonly reusePort?: boolean | undefined;
  /** What a TLS server shows. */
  readonly credentials?: Credentials | undefined;
}

/**
 * Binds a listener.
 *
 * @param address where; an empty host is every interface, IPv6 and IPv4 both where the machine has both
 * @param options how
 * @returns a listener that the caller closes
 * @throws {SockeyeError} `connect` when it cannot be bound, `resolve`, `permission`, `tls`, `usage` for TLS without credentials
 */
export async function listen(address: Address, options: ListenOptions = {}): Promise<Listener> {
  try {
    return await bind(address, options);
  } catch (error) {
    throw socketFailure(`listen on ${formatAddress(address)}`, error, address.transport);
  }
}

/** Only the transport that is asked for is loaded. */
async function bind(address: Address, options: ListenOptions): Promise<Listener> {
  switch (address.transport) {
    case "tcp":
      return new TcpListener(listenTcp(address, options));
    case "tls":
      return await listenTls(address, options);
    case "udp": {
      const { UdpListener } = await import("./udp.ts");
      return new UdpListener(listenUdp(address));
    }
    case "unix": {
      const { UnixListener } = await import("./unix.ts");
      return await UnixListener.bind(address);
    }
  }
}

async function listenTls(address: InetAddress, options: ListenOptions): Promise<TlsListener> {
  const { badCredentials, InnerTls, TlsListener } = await import("./tls/server.ts");
  if (!options.credentials) throw new SockeyeError("usage", "TLS needs a certificate and its key");
  if (/ENCRYPTED/.test(options.credentials.key)) {
    const message = `Cannot listen on ${formatAddress(address)}: the key is encrypted; decrypt it first`;
    throw new SockeyeError("tls", message);
  }
  try {
    const inner = new InnerTls(options.credentials);
    return new TlsListener(new TcpListener(listenTcp(address, options)), inner);
  } catch (error) {
    throw badCredentials(formatAddress(address), error) ?? error;
  }
}

/**
 * Checks that an address is free, for a TLS server whose certificate takes its time.
 *
 * @param address where
 * @param options how it will be bound
 * @throws {SockeyeError} as {@linkcode listen}
 */
export function probe(address: InetAddress, options: ListenOptions = {}): void {
  try {
    bindTcp(address, options.backlog, options.reusePort).close();
  } catch (error) {
    throw socketFailure(`listen on ${formatAddress(address)}`, error);
  }
}

function listenTcp(address: InetAddress, { backlog, reusePort, crowd = 0 }: ListenOptions): Socket {
  const single = reusePort || backlog !== undefined || crowd <= BACKLOG || Deno.build.os !== "linux";
  if (single) return bindTcp(address, backlog, reusePort);
  // Another server that shares its port out would let us in beside it, and nobody would be told.
  if (address.port !== 0) bindTcp(address).close();
  const first = bindTcp(address, BACKLOG, true);
  const sockets: [Socket, ...Socket[]] = [first];
  try {
    const same = { ...address, port: first.addr.port };
    while (sockets.length < Math.min(crowd / BACKLOG, SOCKETS_MAX)) sockets.push(bindTcp(same, BACKLOG, true));
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
  return new SharedPort(sockets);
}

function bindTcp({ host, port }: InetAddress, backlog = BACKLOG, reusePort = false): Deno.TcpListener {
  const options = { port, tcpBacklog: backlog, ...(reusePort ? { reusePort } : {}) };
  return onInterfaces(host, (hostname) => Deno.listen({ ...options, hostname }));
}

function listenUdp({ host, port }: InetAddress) {
  if (isMulticast(host)) {
    // It would be bound, and hear nothing: a group has to be joined.
    const where = formatAddress({ transport: "udp", host, port });
    throw new SockeyeError(
      "usage",
      `Cannot listen on ${where}: that is a group; client ${where} --join ${host} hears it`,
    );
  }
  return onInterfaces(host, (hostname) => Deno.listenDatagram({ transport: "udp", port, hostname }));
}

/** Every interface is IPv6 and IPv4, or IPv4 alone where the machine has no IPv6. */
function onInterfaces<T>(host: string, bind: (hostname: string) => T): T {
  if (host !== "") return bind(host);
  try {
    return bind("::");
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.NotCapable) throw error;
    return bind("0.0.0.0");
  }
}
