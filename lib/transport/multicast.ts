/**
 * Multicast groups: how they are written, and which addresses are for many.
 *
 * @module
 */

import { isIPv4, isIPv6 } from "./ip.ts";

/** A group to hear. */
export interface Membership {
  /** A multicast address, IPv4 or IPv6. */
  readonly group: string;
  /** Which interface: an IPv4 address of this machine, or the number of an IPv6 interface; before it is looked up, a name. Default: the system's choice. */
  readonly interface?: string | undefined;
}

/**
 * Reads a group.
 *
 * @param text `239.1.2.3`, `239.1.2.3%192.168.0.2`, `ff02::1234%2`, `239.1.2.3%eth0`
 * @returns its parts
 * @throws {Error} what was expected
 */
export function asMembership(text: string): Membership {
  const [group = "", place, extra] = text.split("%");
  const isPlace = isIPv4(group) ? isIPv4(place ?? "0.0.0.0") : /^\d+$/.test(place ?? "0");
  const isName = /^[a-z][\w.@:-]*$/i.test(place ?? "");
  if (extra !== undefined || !isMulticast(group) || !(isPlace || isName)) {
    throw new Error("expected a group such as 239.1.2.3, 239.1.2.3%192.168.0.2, ff02::1234%2 or 239.1.2.3%eth0");
  }
  return { group, interface: place };
}

/**
 * Whether many may answer what is sent to a host.
 *
 * @param host an IP address
 * @returns true for multicast (RFC 5771, RFC 4291 section 2.7) and what looks like an IPv4 broadcast address
 */
export function isForMany(host: string): boolean {
  return isMulticast(host) || (isIPv4(host) && host.endsWith(".255"));
}

/**
 * Whether an address is a group's.
 *
 * @param host an IP address
 * @returns true for multicast (RFC 5771, RFC 4291 section 2.7)
 */
export function isMulticast(host: string): boolean {
  if (isIPv6(host)) return /^ff/i.test(host);
  const [first = 0] = host.split(".").map(Number);
  return isIPv4(host) && first >= 224 && first <= 239;
}
