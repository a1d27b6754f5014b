/**
 * TCP from a chosen address of this machine. Deno's own connections cannot choose it, those of `node:net` can.
 *
 * @module
 */

import { connect as connectNode, isIP, isIPv6, type Socket } from "node:net";
import { once } from "node:events";
import { SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";
import { formatHostPort, type InetAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { NodeChannel } from "./node_channel.ts";
import { resolve } from "./resolve.ts";

/**
 * Connects from an address.
 *
 * @param source an IP address of this machine
 * @param address where to
 * @param signal gives up
 * @returns a channel that the caller closes
 * @throws {SockeyeError} `usage` for a source that is no address, `connect` when it cannot be used; or what the system says
 */
export async function connectFrom(source: string, address: InetAddress, signal: AbortSignal): Promise<Channel> {
  if (isIP(source) === 0) {
    throw new SockeyeError("usage", `Bad --source ${quote(source)}: write an IP address of this machine`);
  }
  const hosts = (await resolve(address.host || "localhost", signal)).filter((host) => isIPv6(host) === isIPv6(source));
  const [host] = hosts;
  if (host === undefined) {
    throw new SockeyeError("connect", `Cannot connect from ${source}: the host has no address of that family`);
  }
  const socket = connectNode({ host, port: address.port, localAddress: source });
  const stop = () => socket.destroy(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await once(socket, "connect");
    requireSource(socket, source);
    socket.setNoDelay(true);
    return new NodeChannel(socket, { host, peer: formatHostPort(host, address.port) }, "tcp");
  } catch (error) {
    socket.destroy();
    if ((error as { syscall?: string }).syscall !== "bind") throw error;
    const message = `Cannot connect from ${source}: this machine does not have that address`;
    throw new SockeyeError("connect", message, { cause: error });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Deno before 2.9 takes the wish and forgets it. */
function requireSource({ localAddress }: Socket, source: string): void {
  if (localAddress === source) return;
  throw new SockeyeError(
    "connect",
    `Cannot connect from ${source}: Deno ${Deno.version.deno} cannot choose the address`,
  );
}
