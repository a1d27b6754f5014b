/**
 * Interfaces by their name.
 *
 * @module
 */

import { isIPv4, isIPv6 } from "./ip.ts";
import { SockeyeError } from "../errors.ts";
import { missingPermission } from "../permissions.ts";
import { quote } from "../printable.ts";
import type { Membership } from "./multicast.ts";

/** What may say which interfaces there are. */
const SYS = { name: "sys", kind: "networkInterfaces" } as const;

/**
 * Gives a membership the address or the number of the interface that it names.
 *
 * @param membership its interface may be an address, a number, or a name as `eth0`
 * @returns the same without a name
 * @throws {SockeyeError} `permission`, naming the flag to add, `connect` when there is no such interface
 */
export function findInterface(membership: Membership): Membership {
  const { group, interface: name } = membership;
  if (name === undefined || isIPv4(name) || /^\d+$/.test(name)) return membership;
  const doing = `join ${group} on ${quote(name)}`;
  if (Deno.permissions.querySync(SYS).state !== "granted") {
    throw missingPermission([`--allow-sys=${SYS.kind}`], doing);
  }
  const found = Deno.networkInterfaces().filter((one) => one.name === name);
  if (found.length === 0) throw new SockeyeError("connect", `Cannot ${doing}: this machine has no such interface`);
  // Only an address that is the interface's alone (fe80::) tells its number.
  const place = isIPv6(group)
    ? found.find(({ scopeid }) => scopeid)?.scopeid
    : found.find(({ family }) => family === "IPv4")?.address;
  if (place) return { group, interface: String(place) };
  const what = isIPv6(group) ? "it does not tell its number, which may be given instead" : "it has no IPv4 address";
  throw new SockeyeError("connect", `Cannot ${doing}: ${what}`);
}
