/**
 * Networks as people write them.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { isIPv4, isIPv6 } from "./ip.ts";

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
  return { address, prefix, family };
}
