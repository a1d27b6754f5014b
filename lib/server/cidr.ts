/**
 * Networks as people write them.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { isIPv4, isIPv6 } from "../transport/ip.ts";

/** A network, or a single address with the full prefix. */
export interface Cidr {
  /** The network's address. */
  readonly address: string;
  /** How many leading bits count. */
  readonly prefix: number;
  /** The address family. */
  readonly family: "ipv4" | "ipv6";
}

/**
 * Reads a network (RFC 4632).
 *
 * @param text `10.0.0.0/8`, `fe80::/10`, or an address alone
 * @returns its parts
 * @throws {SockeyeError} `usage`, naming the text
 */
export function parseCidr(text: string): Cidr {
  const [address = "", length, ...rest] = text.split("/");
  const family = isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined;
  const bits = family === "ipv4" ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (!family || address.includes("%") || rest.length > 0 || !(prefix <= bits)) {
    throw new SockeyeError("usage", `Bad network "${text}": write 10.0.0.0/8, fe80::/10 or one address`);
  }
  if (family === "ipv6" && prefix < MAPPED_PREFIX && isMapped(address)) {
    // Whoever writes ::ffff:10.0.0.0/8 means 10.0.0.0/8, and would get ::/8.
    const message = `Bad network "${text}": IPv4 peers count as IPv4; write their network as 10.0.0.0/8`;
    throw new SockeyeError("usage", message);
  }
  return { address, prefix, family };
}

/** Bits before the IPv4 address in an IPv4-mapped one (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX = 96;

/** However it is written: `::ffff:10.0.0.0`, `0:0:0:0:0:ffff:a00:0`. */
function isMapped(address: string): boolean {
  return /^\[::ffff:[^:]+:[^:]+\]$/.test(URL.parse(`http://[${address}]/`)?.hostname ?? "");
}
