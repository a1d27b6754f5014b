/**
 * The socket that a service manager has bound and passes to the server, by the rules of sd_listen_fds(3): it is descriptor 3, and
 * the variables LISTEN_FDS and LISTEN_PID say so.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Address } from "../transport/address.ts";
import { transportOf } from "../transport/mod.ts";

/** The first descriptor that is passed. */
const FIRST = 3;

/**
 * The descriptor of the socket to serve on in place of an address; undefined where none was passed, or the environment may not be
 * read.
 *
 * @throws {SockeyeError} `usage` when more than one was passed, or the transport or several workers cannot use it
 */
export function passedSocket(address: Address, workers: number): number | undefined {
  if (variable("LISTEN_PID") !== String(Deno.pid)) return undefined;
  const count = variable("LISTEN_FDS") ?? "0";
  if (count === "0") return undefined;
  const cannot = (why: string) => new SockeyeError("usage", `Cannot use the socket that LISTEN_FDS passes: ${why}`);
  if (count !== "1") throw cannot(`there are ${count}, a server takes one`);
  const { hasPort, connectionless } = transportOf(address);
  if (!hasPort || connectionless) throw cannot(`it is for tcp, tls, ws and wss, not for ${address.transport}`);
  if (workers > 1) throw cannot("--workers needs an address to bind");
  return FIRST;
}

function variable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
