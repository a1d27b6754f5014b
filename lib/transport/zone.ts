/**
 * Zones of link-local IPv6 addresses (RFC 4007). Every interface of a machine has addresses in `fe80::/10`, so such an
 * address means something only together with its interface, as in `fe80::1%eth0`. Deno accepts zones but returns none:
 * an address from the system gets the zone of the socket, if it is known.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { isIPv6 } from "./ip.ts";

/** Whether a host is a link-local IPv6 address, with a zone or without one. */
export function isLinkLocal(host: string): boolean {
  return /^fe[89ab]/i.test(host) && isIPv6(host);
}

/** The zone behind an IPv6 address: `eth0` of `fe80::1%eth0`. */
export function zoneOf(host: string): string | undefined {
  return isIPv6(host) ? host.split("%")[1] : undefined;
}

/** An address of the system with its zone, if it needs one and the zone is known. */
export function withZone(host: string, zone: string | undefined): string {
  return zone !== undefined && isLinkLocal(host) && zoneOf(host) === undefined ? `${host}%${zone}` : host;
}

/** The failure to do something (`connect to tcp://[fe80::1%eth9]:9000`) at a host whose zone the system does not know. */
export function unknownZone(doing: Phrased, host: string, cause: unknown): SockeyeError {
  const message = say("no-interface")`Cannot ${doing}: this machine has no interface ${quote(zoneOf(host) ?? "")}`;
  return new SockeyeError("connect", message, { cause });
}

/** What is missing in a link-local address that a person gave; undefined where nothing is. */
export function missingZone(host: string): string | undefined {
  if (!isLinkLocal(host) || zoneOf(host) !== undefined) return undefined;
  return `a link-local address needs its interface, as in ${host}%eth0`;
}
