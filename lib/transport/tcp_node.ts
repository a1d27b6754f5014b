/**
 * TCP as a {@linkcode Listener} whose connections can be reset, or whose socket another program has bound. Deno's own cannot:
 * closing a connection sends FIN, and there is no way to listen on a descriptor.
 *
 * @module
 */

import {
  createServer,
  type ListenOptions as NodeListenOptions,
  type Server,
  type Socket,
  type SocketConstructorOpts,
} from "node:net";
import { SockeyeError } from "../errors.ts";
import { AsyncQueue } from "../queue.ts";
import { formatHostPort, type InetAddress, unmapIPv4 } from "./address.ts";
import type { Channel, Listener } from "./channel.ts";
import { closedError } from "./failure.ts";
import { BACKLOG, SOCKETS_MAX } from "./limits.ts";
import { ResettableChannel } from "./resettable.ts";
import type { ListenOptions } from "./transport.ts";
import { withZone, zoneOf } from "./zone.ts";

/**
 * Binds a TCP listener, or takes over a socket, which the caller closes.
 *
 * @throws {SockeyeError} `connect` for a descriptor that is no TCP socket; else what the system says
 */
export async function listenNode(address: InetAddress, options: ListenOptions): Promise<Listener> {
  const { host } = address;
  if (options.descriptor !== undefined) return await takeOver(options.descriptor);
  if (host !== "") return await bind(host, address, options);
  try {
    return await bind("::", address, options);
  } catch (error) {
    // The machine has no IPv6.
    if ((error as { code?: string }).code === "EADDRINUSE" || error instanceof Deno.errors.NotCapable) throw error;
    return await bind("0.0.0.0", address, options);
  }
}

/** Listens on a descriptor, which is closed with the listener. */
async function takeOver(fd: number): Promise<Listener> {
  const failure = (cause?: unknown) =>
    new SockeyeError("connect", `Cannot listen on descriptor ${fd}: it is no TCP socket that listens`, { cause });
  const server = await openServer({ fd }).catch((cause) => {
    throw failure(cause);
  });
  const address = server.address();
  if (address !== null && typeof address === "object" && address.port > 0) return new NodeListener([server], undefined);
  server.close();
  throw failure();
}

async function bind(host: string, address: InetAddress, options: ListenOptions): Promise<Listener> {
  const { backlog, reusePort = false, crowd = 0 } = options;
  const single = reusePort || backlog !== undefined || crowd <= BACKLOG || Deno.build.os !== "linux";
  // A server that shares its port would let this one in beside it without a word.
  if (!single && address.port !== 0) (await openServer(placeOf(host, address.port, { backlog }))).close();
  const first = await openServer(placeOf(host, address.port, { backlog, reusePort: reusePort || !single }));
  const servers = [first];
  const { port } = first.address() as { port: number };
  const wanted = single ? 1 : Math.min(crowd / BACKLOG, SOCKETS_MAX);
  while (servers.length < wanted) {
    servers.push(await openServer(placeOf(host, port, { backlog, reusePort: true })));
  }
  return new NodeListener(servers, zoneOf(address.host));
}

function placeOf(
  host: string,
  port: number,
  { backlog = BACKLOG, reusePort }: Pick<ListenOptions, "backlog" | "reusePort">,
): NodeListenOptions {
  return { host, port, backlog, ...(reusePort && { reusePort }) };
}

/** Binds a socket, or listens on one that is bound (`fd`). */
async function openServer(place: NodeListenOptions | { readonly fd: number }): Promise<Server> {
  // A client may end its half and still read.
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, pauseOnConnect: true });
  const bound = Promise.withResolvers<void>();
  server.once("error", bound.reject);
  server.listen(place, bound.resolve);
  await bound.promise;
  server.off("error", bound.reject);
  return server;
}

/** Sockets that are bound to one port: their accept queues together hold a crowd. */
class NodeListener implements Listener {
  readonly address: InetAddress;
  readonly #servers: readonly Server[];
  readonly #zone: string | undefined;
  readonly #arrivals = new AsyncQueue<Channel>();

  constructor(servers: readonly Server[], zone: string | undefined) {
    this.#servers = servers;
    this.#zone = zone;
    const { address, port } = servers[0]!.address() as { address: string; port: number };
    this.address = { transport: "tcp", host: withZone(address, zone), port };
    for (const server of servers) {
      server.on("connection", (socket: Socket) => this.#take(socket));
      // What cannot be accepted is the system's to keep; the next connection is tried again.
      server.on("error", () => {});
    }
  }

  async accept(): Promise<Channel> {
    const channel = await this.#arrivals.next();
    if (!channel) throw closedError("listener");
    return channel;
  }

  close(): void {
    if (this.#arrivals.closed) return;
    this.#arrivals.close();
    for (const channel of this.#arrivals.drain()) channel.close();
    for (const server of this.#servers) server.close();
  }

  /** Takes a connection, unless its client has left already. */
  #take(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined || this.#arrivals.closed) return void socket.destroy();
    const place = {
      host: unmapIPv4(remoteAddress),
      peer: formatHostPort(withZone(remoteAddress, this.#zone), remotePort),
    };
    // The server makes sockets that read in Node's own way: another one takes over the connection.
    const { _handle: handle } = socket as Socket & { readonly _handle: unknown };
    const channel = new ResettableChannel({ handle, readable: true, writable: true } as SocketConstructorOpts);
    channel.socket.resume();
    this.#arrivals.push(channel.at(place));
  }
}
