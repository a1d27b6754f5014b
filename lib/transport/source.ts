/**
 * TCP from a chosen address of this machine. `Deno.connect` cannot bind one, `node:net` can.
 *
 * @module
 */

import { once } from "node:events";
import { connect as connectNode } from "node:net";
import { SockeyeError } from "../errors.ts";
import { demand } from "../permissions.ts";
import { unlessAborted } from "../wait.ts";
import { DIAL_HOST, formatHostPort, type InetAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { race } from "./connect.ts";
import { isIP, isIPv6 } from "./ip.ts";
import { NodeChannel } from "./node_channel.ts";
import { requireFamily, resolve } from "./resolve.ts";

/**
 * Connects from an IP address of this machine; the caller closes the channel.
 *
 * @throws {SockeyeError} `usage` for a source that is no IP address, `connect` when it cannot be used; or what the system says
 */
export async function connectFrom(source: string, address: InetAddress, signal: AbortSignal): Promise<Channel> {
  const hosts = await resolve(address.host || DIAL_HOST, signal);
  const reachable = hosts.filter((host) => isIP(host) === 0 || isIPv6(host) === isIPv6(source));
  requireFamily(source, reachable[0] ?? hosts[0] ?? address.host);
  demand("net", formatHostPort(source, 0), `connect from ${source}`);
  signal.throwIfAborted();
  return await race(reachable, (host, signal) => connectBound(source, host, address.port, signal), signal);
}

async function connectBound(source: string, host: string, port: number, signal: AbortSignal): Promise<Channel> {
  // The server may end its half and still read ours.
  const socket = connectNode({ host, port, localAddress: source, allowHalfOpen: true });
  try {
    await unlessAborted(once(socket, "connect"), signal);
    socket.setNoDelay(true);
    return new NodeChannel(socket, { host, peer: formatHostPort(host, port) }, "tcp");
  } catch (error) {
    socket.destroy();
    if ((error as { syscall?: string }).syscall !== "bind") throw error;
    const message = `Cannot connect from ${source}: this machine does not have that address`;
    throw new SockeyeError("connect", message, { cause: error });
  }
}
