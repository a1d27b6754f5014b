/**
 * Which networks may connect: CIDR lists, checked before anything is read from a peer.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { unmapIPv4 } from "../transport/address.ts";
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
 * Reads a network (RFC 4632): `10.0.0.0/8`, `fe80::/10`, or an address alone.
 *
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
  // ::ffff:10.0.0.0/8 is meant to be 10.0.0.0/8, and would be ::/8.
  if (family === "ipv6" && prefix < MAPPED_PREFIX && isMapped(address)) {
    const message = `Bad network "${text}": IPv4 peers count as IPv4; write their network as 10.0.0.0/8`;
    throw new SockeyeError("usage", message);
  }
  return { address, prefix, family };
}

/** Bits before the IPv4 address in an IPv4-mapped one (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX = 96;

/** In every spelling: `::ffff:10.0.0.0`, `0:0:0:0:0:ffff:a00:0`. */
function isMapped(address: string): boolean {
  return /^\[::ffff:[^:]+:[^:]+\]$/.test(URL.parse(`http://[${address}]/`)?.hostname ?? "");
}

/** Whether a host may connect. */
export type AccessCheck = (host: string) => boolean;

/**
 * Makes a check: denied networks win, and without allowed ones all are. An IPv4 address that came in through IPv6 counts as IPv4,
 * and the zone of a link-local address does not count.
 */
export async function makeAccessCheck(allow: readonly Cidr[] = [], deny: readonly Cidr[] = []): Promise<AccessCheck> {
  const { BlockList } = await import("node:net"); // Only here: few servers have such networks.
  const toBlockList = (networks: readonly Cidr[]) => {
    const list = new BlockList();
    for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
    return list;
  };
  const denied = toBlockList(deny);
  const allowed = allow.length > 0 ? toBlockList(allow) : undefined;
  return (host) => {
    const address = unmapIPv4(host).replace(/%.*$/, "");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    return !denied.check(address, family) && (allowed?.check(address, family) ?? true);
  };
}
