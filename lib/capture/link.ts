/**
 * What links put before an IP packet.
 *
 * @module
 */

import { LINK } from "./format.ts";

/** Numbers of IP in Ethernet, and of the tags of VLANs that may stand before it. */
const IP_TYPES: ReadonlySet<number> = new Set([0x0800, 0x86dd]);
const VLAN_TYPES: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

/**
 * Finds the IP packet in a packet of a link.
 *
 * @returns its bytes, perhaps with others after it; undefined for other protocols and unknown link types
 */
export function ipOf(link: number, bytes: Uint8Array): Uint8Array | undefined {
  switch (link) {
    case LINK.ethernet:
      return afterType(bytes, 12, 14);
    case LINK.linuxCooked:
      return afterType(bytes, 14, 16);
    case LINK.linuxCooked2:
      return afterType(bytes, 0, 20);
    case LINK.null:
    case LINK.loop:
      // The numbers of address families differ from system to system: the version in the IP header says the same.
      return bytes.subarray(4);
    case LINK.raw:
    case LINK.raw12:
    case LINK.raw14:
    case LINK.ipv4:
    case LINK.ipv6:
      return bytes;
    default:
      return undefined;
  }
}

/** Whether packets of a link can be read. */
export function isKnownLink(link: number): boolean {
  return Object.values(LINK).some((known) => known === link);
}

/** The bytes after a head of `size` bytes and the tags of VLANs, where the type at `at` is IP. */
function afterType(bytes: Uint8Array, at: number, size: number): Uint8Array | undefined {
  let type = bytes[at]! << 8 | bytes[at + 1]!;
  for (; VLAN_TYPES.has(type); size += 4) type = bytes[size + 2]! << 8 | bytes[size + 3]!;
  return IP_TYPES.has(type) ? bytes.subarray(size) : undefined;
}
