/**
 * TCP from a chosen address or port of this machine, and TCP that can be reset. `Deno.connect` can neither, `node:net` both.
 *
 * @module
 */

import { once } from "node:events";
import { SockeyeError } from "../errors.ts";
import { demand } from "../permissions.ts";
import { say } from "../phrase.ts";
import { unlessAborted } from "../wait.ts";
import { DIAL_HOST, formatHostPort, type InetAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { race } from "./connect.ts";
import { socketFailure } from "./failure.ts";
import { isIP, isIPv6 } from "./ip.ts";
import { formatSource, requireFamily, type Source } from "./local.ts";
import { ResettableChannel } from "./resettable.ts";
import { resolve } from "./resolve.ts";
import type { AttemptOptions } from "./transport.ts";

/**
 * Connects from an address or a port of this machine; the caller closes the channel.
 *
 * @throws {SockeyeError} `connect` when it cannot be used; or what the system says
 */
export async function connectFrom(
  source: Source,
  address: InetAddress,
  { signal, family, onTimes }: AttemptOptions,
): Promise<Channel> {
  const start = performance.now();
  const hosts = await resolve(address.host || DIAL_HOST, signal, family);
  const resolved = performance.now();
  const own = source.host;
  const reachable = own === undefined
    ? hosts
    : hosts.filter((host) => isIP(host) === 0 || isIPv6(host) === isIPv6(own));
  requireFamily(source, reachable[0] ?? hosts[0] ?? address.host);
  if (own !== undefined) {
    demand("net", formatHostPort(own, source.port ?? 0), say("connect-from")`connect from ${formatSource(source)}`);
  }
  signal.throwIfAborted();
  const channel = await race(reachable, (host, signal) => connectBound(source, host, address.port, signal), signal);
  onTimes?.({ dns: resolved - start, connect: performance.now() - resolved });
  return channel;
}

async function connectBound(source: Source, host: string, port: number, signal: AbortSignal): Promise<Channel> {
  const channel = new ResettableChannel();
  const { socket } = channel;
  socket.connect({
    host,
    port,
    ...(source.host !== undefined && { localAddress: source.host }),
    ...(source.port !== undefined && { localPort: source.port }),
  });
  try {
    await unlessAborted(once(socket, "connect"), signal);
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    return channel.at({ host, peer: formatHostPort(host, port) });
  } catch (error) {
    socket.destroy();
    const { code, syscall } = error as { code?: string; syscall?: string };
    // A port that another connection to the same server has had is noticed only when we connect.
    const isChosen = source.host !== undefined || source.port !== undefined;
    const isTaken = isChosen && (code === "EADDRINUSE" || (syscall !== "bind" && code === "EADDRNOTAVAIL"));
    if (syscall !== "bind" && !isTaken) throw error;
    const from = say("connect-from")`connect from ${formatSource(source)}`;
    if (code === "EACCES") throw socketFailure(from, error);
    const state = isTaken
      ? say("port-in-use")`the port is in use`
      : say("EADDRNOTAVAIL")`this machine does not have that address`;
    throw new SockeyeError("connect", say("cannot")`Cannot ${from}: ${state}`, { cause: error });
  }
}
