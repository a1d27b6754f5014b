/**
 * The local side of a client: the address and port of this machine that it connects or sends from.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { formatHostPort } from "./address.ts";
import { isIP, isIPv6 } from "./ip.ts";
import { readPort } from "./services.ts";
import { missingZone } from "./zone.ts";

/** Where a client connects from; the system chooses the missing parts. */
export interface Source {
  /** An IP address of this machine. */
  readonly host?: string | undefined;
  /** 1 to 65535. */
  readonly port?: number | undefined;
}

/**
 * Reads a source: `192.168.1.5`, `:5000`, `192.168.1.5:5000` or `[::1]:5000`.
 *
 * @throws {Error} with the expected form as its message
 */
export function asSource(text: string): Source {
  if (isIP(text) !== 0) return { host: withoutMissingZone(text) };
  const [, inBrackets, plain = "", port] = /^(?:\[(.+)\]|([^:]*))(?::(.+))?$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  const fits = inBrackets === undefined ? host === "" || isIP(host) === 4 : isIPv6(host);
  if (!fits || (host === "" && port === undefined)) throw new Error(EXPECTED);
  withoutMissingZone(host);
  if (port === undefined) return { host };
  const number = readPort(port);
  if (number === 0) throw new Error("port 0 is not a real port");
  return host === "" ? { port: number } : { host, port: number };
}

function withoutMissingZone(host: string): string {
  const missing = missingZone(host);
  if (missing !== undefined) throw new Error(missing);
  return host;
}

const EXPECTED = "expected an IP address of this machine, :PORT, or both, as in 192.168.1.5:5000";

/** Writes a source as {@linkcode asSource} reads it. */
export function formatSource({ host, port }: Source): string {
  if (port === undefined) return host ?? "";
  return host === undefined ? `:${port}` : formatHostPort(host, port);
}

/**
 * Checks that a source can reach a host.
 *
 * @throws {SockeyeError} `connect` when the families differ
 */
export function requireFamily(source: Source, host: string): void {
  if (source.host === undefined || isIP(host) === 0 || isIPv6(host) === isIPv6(source.host)) return;
  throw new SockeyeError("connect", `Cannot connect from ${source.host}: the host has no address of that family`);
}
