/**
 * From an address to a bound {@linkcode Listener}.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { type Address, formatAddress, type InetAddress } from "./address.ts";
import type { Listener } from "./channel.ts";
import { socketFailure } from "./failure.ts";
import { BACKLOG } from "./limits.ts";
import { TcpListener } from "./stream.ts";

/** How to listen. */
export interface ListenOptions {
  /** Connections that may wait to be accepted. Default {@linkcode BACKLOG}. */
  readonly backlog?: number | undefined;
  /** Lets several processes listen on the same port, the kernel shares connections out. Default false. */
  readonly reusePort?: boolean | undefined;
}

/**
 * Binds a listener.
 *
 * @param address where; an empty host is every interface, IPv6 and IPv4 both where the machine has both
 * @param options how
 * @returns a listener that the caller closes
 * @throws {SockeyeError} `connect` when it cannot be bound, `resolve`, `permission`, `usage` for a transport that is not there yet
 */
export function listen(address: Address, options: ListenOptions = {}): Listener {
  if (address.transport !== "tcp") {
    throw new SockeyeError("usage", `Cannot listen on ${formatAddress(address)}: only tcp is there so far`);
  }
  try {
    return new TcpListener(listenTcp(address, options));
  } catch (error) {
    throw socketFailure(`listen on ${formatAddress(address)}`, error);
  }
}

function listenTcp({ host, port }: InetAddress, { backlog = BACKLOG, reusePort = false }: ListenOptions) {
  const options = { port, tcpBacklog: backlog, ...(reusePort ? { reusePort } : {}) };
  if (host !== "") return Deno.listen({ ...options, hostname: host });
  try {
    return Deno.listen({ ...options, hostname: "::" });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.NotCapable) throw error;
    return Deno.listen({ ...options, hostname: "0.0.0.0" });
  }
}
