/**
 * Who may connect: CIDR lists, checked before anything is read from a peer.
 *
 * @module
 */

import { BlockList } from "node:net";
import { unmapIPv4 } from "../transport/address.ts";
import type { Cidr } from "./cidr.ts";
import { isIPv6 } from "../transport/ip.ts";

/** Allowed and denied networks; deny wins, and an empty allow list allows everyone. */
export class AccessList {
  readonly #allow: BlockList | undefined;
  readonly #deny: BlockList;

  /**
   * Makes a list that is asked for each connection.
   *
   * @param allow networks that may connect; empty = all
   * @param deny networks that may not
   */
  constructor(allow: readonly Cidr[] = [], deny: readonly Cidr[] = []) {
    this.#allow = allow.length > 0 ? toBlockList(allow) : undefined;
    this.#deny = toBlockList(deny);
  }

  /**
   * Whether a host may connect. An IPv4 address that came in through IPv6 counts as IPv4.
   *
   * @param host an IP address
   * @returns the verdict
   */
  permits(host: string): boolean {
    const address = unmapIPv4(host).replace(/%.*$/, "");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (this.#deny.check(address, family)) return false;
    return this.#allow?.check(address, family) ?? true;
  }
}

function toBlockList(networks: readonly Cidr[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  return list;
}
