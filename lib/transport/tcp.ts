/**
 * TCP as a {@linkcode Listener}.
 *
 * @module
 */

import { say } from "../phrase.ts";
import { AsyncQueue } from "../queue.ts";
import { formatAddress, type InetAddress } from "./address.ts";
import type { Listener } from "./channel.ts";
import { closedError, socketFailure } from "./failure.ts";
import { BACKLOG, SOCKETS_MAX } from "./limits.ts";
import { StreamChannel } from "./stream.ts";
import type { ListenOptions } from "./transport.ts";
import { VanishedWatch } from "./vanished.ts";
import { withZone, zoneOf } from "./zone.ts";

/** The part of a listener of the system that is needed here. */
export type Socket = Pick<Deno.TcpListener, "addr" | "accept" | "close">;

/** A bound TCP socket. */
export interface TcpListener extends Listener {
  /** Where it listens, with the real port. */
  readonly address: InetAddress;
  /** Waits for the next connection. */
  accept(): Promise<StreamChannel>;
}

/** The result of an accept on a socket of a {@linkcode SharedPort}. */
interface Arrival {
  readonly socket: Socket;
  readonly accepting: Promise<Deno.TcpConn>;
}

/**
 * Several sockets that listen on one port, as one listener. The kernel spreads connections over them and keeps an accept queue
 * for each: together they hold a crowd that is too large for one. One caller at a time waits for the next connection.
 */
export class SharedPort implements Socket {
  /** The address that all of them have. */
  readonly addr: Deno.NetAddr;
  readonly #sockets: readonly Socket[];
  /** Sockets without a pending accept. */
  readonly #idle: Socket[];
  readonly #arrivals = new AsyncQueue<Arrival>();
  #closed = false;

  /** Takes over sockets that are bound to the same address. */
  constructor(sockets: readonly [Socket, ...Socket[]]) {
    this.addr = sockets[0].addr;
    this.#sockets = sockets;
    this.#idle = [...sockets];
  }

  /** Waits for the next connection. */
  async accept(): Promise<Deno.TcpConn> {
    for (const socket of this.#idle.splice(0)) void this.#ask(socket);
    const arrival = await this.#arrivals.next();
    if (!arrival) throw closedError("listener");
    this.#idle.push(arrival.socket);
    return await arrival.accepting;
  }

  /** Stops listening; a connection that has arrived and was not taken is closed. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) socket.close();
    for (const { accepting } of this.#arrivals.drain()) drop(accepting);
  }

  async #ask(socket: Socket): Promise<void> {
    const accepting = socket.accept();
    const failed = await accepting.then(() => false, () => true);
    // After close() the pending accepts fail, and so does the caller that still waits.
    if (this.#closed && !failed) return drop(accepting);
    this.#arrivals.push({ socket, accepting });
  }
}

function drop(accepting: Promise<Deno.TcpConn>): void {
  accepting.then((conn) => conn.close(), () => {});
}

/**
 * Binds a TCP listener, which the caller closes.
 *
 * @throws what the system says
 */
export function listenTcp(address: InetAddress, options: ListenOptions): TcpListener {
  const socket = openSocket(address, options);
  const { hostname, port } = socket.addr;
  const zone = zoneOf(address.host);
  const watch = new VanishedWatch();
  let closed = false;
  return {
    address: { transport: "tcp", host: withZone(hostname, zone), port },
    accept: async () => new StreamChannel(await socket.accept(), "tcp", { zone }).watch(watch),
    close: () => {
      if (closed) return;
      closed = true;
      socket.close();
      watch.close();
    },
  };
}

/** Binds a TCP listener, whose connections can be reset if that is asked for, or takes over the socket that was passed. */
export async function listenStream(address: InetAddress, options: ListenOptions): Promise<Listener> {
  return options.resets || options.descriptor !== undefined
    ? await (await import("./tcp_node.ts")).listenNode(address, options)
    : listenTcp(address, options);
}

/**
 * Checks that a port is free, before a server does something that takes its time or would share the port unnoticed.
 *
 * @throws {SockeyeError} as `listen`
 */
export function probe(address: InetAddress, options: ListenOptions = {}): void {
  try {
    bindTcp(address, options.backlog, options.reusePort).close();
  } catch (error) {
    throw socketFailure(say("listen")`listen on ${formatAddress(address)}`, error);
  }
}

function openSocket(address: InetAddress, { backlog, reusePort, crowd = 0 }: ListenOptions): Socket {
  const single = reusePort || backlog !== undefined || crowd <= BACKLOG || Deno.build.os !== "linux";
  if (single) return bindTcp(address, backlog, reusePort);
  // A server that shares its port would let this one in beside it without a word.
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

function bindTcp({ host, port }: InetAddress, tcpBacklog = BACKLOG, reusePort = false): Deno.TcpListener {
  return onInterfaces(host, (hostname) => Deno.listen({ hostname, port, tcpBacklog, reusePort }));
}

/** Binds the interfaces that a host stands for; an empty one: IPv6 and IPv4 both, or IPv4 where the machine has no IPv6. */
export function onInterfaces<T>(host: string, bind: (hostname: string) => T): T {
  if (host !== "") return bind(host);
  try {
    return bind("::");
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.NotCapable) throw error;
    return bind("0.0.0.0");
  }
}
