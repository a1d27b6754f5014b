/**
 * TCP from a chosen address of this machine. `Deno.connect` cannot bind one, `node:net` can.
 *
 * @module
 */

import { connect as connectNode } from "node:net";
import { once } from "node:events";
import { SockeyeError } from "../errors.ts";
import { demand } from "../permissions.ts";
import { quote } from "../printable.ts";
import { formatHostPort, type InetAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { race } from "./connect.ts";
import { isIP, isIPv6 } from "./ip.ts";
import { NodeChannel } from "./node_channel.ts";
import { resolve } from "./resolve.ts";

/**
 * Connects from an address.
 *
 * @param source an IP address of this machine
 * @returns a channel that the caller closes
 * @throws {SockeyeError} `usage` for a source that is no IP address, `connect` when it cannot be used; or what the
 * system says
 */
export async function connectFrom(source: string, address: InetAddress, signal: AbortSignal): Promise<Channel> {
  const hosts = await resolve(address.host || "localhost", signal);
  const reachable = hosts.filter((host) => isIP(host) === 0 || isIPv6(host) === isIPv6(source));
  requireFamily(source, reachable[0] ?? hosts[0] ?? address.host);
  demand("net", formatHostPort(source, 0), `connect from ${source}`);
  signal.throwIfAborted();
  return await race(reachable, (host, signal) => connectBound(source, host, address.port, signal), signal);
}

async function connectBound(source: string, host: string, port: number, signal: AbortSignal): Promise<Channel> {
  signal.throwIfAborted();
  // The server may end its half and still read ours.
  const socket = connectNode({ host, port, localAddress: source, allowHalfOpen: true });
  const stop = () => socket.destroy(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await once(socket, "connect");
    socket.setNoDelay(true);
    return new NodeChannel(socket, { host, peer: formatHostPort(host, port) }, "tcp");
  } catch (error) {
    socket.destroy();
    if ((error as { syscall?: string }).syscall !== "bind") throw error;
    const message = `Cannot connect from ${source}: this machine does not have that address`;
    throw new SockeyeError("connect", message, { cause: error });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/**
 * Checks that an address of this machine can reach a host.
 *
 * @param source the text after `--source`
 * @param host an IP address, or a name that only the system can resolve
 * @throws {SockeyeError} `usage` for a source that is no IP address, `connect` when the families differ
 */
export function requireFamily(source: string, host: string): void {
  if (isIP(source) === 0) {
    throw new SockeyeError("usage", `Bad --source ${quote(source)}: write an IP address of this machine`);
  }
  if (isIP(host) === 0 || isIPv6(host) === isIPv6(source)) return;
  throw new SockeyeError("connect", `Cannot connect from ${source}: the host has no address of that family`);
}
