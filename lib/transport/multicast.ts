/**
 * Multicast groups: how they are written, and interfaces by their name.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { MissingPermission } from "../permissions.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { isIPv4, isIPv6 } from "./ip.ts";

/** A group to join. */
export interface Membership {
  /** A multicast address, IPv4 or IPv6. */
  readonly group: string;
  /**
   * The interface: an IPv4 address of this machine, or the number of an IPv6 interface. It may be a name before
   * {@linkcode findInterface}. Default: the system's choice.
   */
  readonly interface?: string | undefined;
}

/**
 * Reads a group.
 *
 * @param text `239.1.2.3`, `239.1.2.3%192.168.0.2`, `ff02::1234%2`, `239.1.2.3%eth0`
 * @throws {Error} with the expected form as its message
 */
export function asMembership(text: string): Membership {
  const [group = "", place, extra] = text.split("%");
  const isPlace = isIPv4(group) ? isIPv4(place ?? "0.0.0.0") : /^\d+$/.test(place ?? "0");
  const isName = NAME.test(place ?? "");
  if (extra !== undefined || !isMulticast(group) || !(isPlace || isName)) {
    throw new Error("expected a group such as 239.1.2.3, 239.1.2.3%192.168.0.2, ff02::1234%2 or 239.1.2.3%eth0");
  }
  return { group, interface: place };
}

/**
 * Reads an interface.
 *
 * @param text `192.168.0.2`, `eth0`, or the number of an IPv6 interface
 * @throws {Error} with the expected form as its message
 */
export function asInterface(text: string): string {
  if (isIPv4(text) || /^\d+$/.test(text) || NAME.test(text)) return text;
  throw new Error("expected an interface such as 192.168.0.2 or eth0");
}

/** A name of an interface. */
const NAME = /^[a-z_][\w.@:-]*$/i;

/** Whether an address is that of a group (RFC 5771, RFC 4291 section 2.7). */
export function isMulticast(host: string): boolean {
  if (isIPv6(host)) return /^ff/i.test(host);
  const [first = 0] = host.split(".").map(Number);
  return isIPv4(host) && first >= 224 && first <= 239;
}

/** The permission to list the interfaces; only a name needs it. */
const SYS = { name: "sys", kind: "networkInterfaces" } as const;

function isNamed(place: string): boolean {
  return !isIPv4(place) && !/^\d+$/.test(place);
}

/**
 * Checks the permission to find an interface by its name.
 *
 * @param doing what for: `join 239.1.2.3`
 */
export function demandInterface(name: string, doing: Phrased): void {
  if (!isNamed(name) || Deno.permissions.querySync(SYS).state === "granted") return;
  throw new MissingPermission([`--allow-sys=${SYS.kind}`], say("on-interface")`${doing} on ${quote(name)}`);
}

/**
 * Finds an interface by its name, such as `eth0`; an IPv4 address or a number is one already.
 *
 * @param doing what for: `join 239.1.2.3`
 * @returns the address of the interface, or its number where `family` is IPv6
 * @throws {SockeyeError} `permission`, naming the flag to add, `connect` when there is no such interface
 */
export function findInterface(name: string, family: "IPv4" | "IPv6", doing: Phrased): string {
  if (!isNamed(name)) return name;
  demandInterface(name, doing);
  doing = say("on-interface")`${doing} on ${quote(name)}`;
  const found = Deno.networkInterfaces().filter((one) => one.name === name);
  if (found.length === 0) {
    throw new SockeyeError(
      "connect",
      say("cannot")`Cannot ${doing}: ${say("ENODEV")`this machine has no such interface`}`,
    );
  }
  // Only a link-local address (fe80::) has the number of its interface.
  const place = family === "IPv6"
    ? found.find(({ scopeid }) => scopeid)?.scopeid
    : found.find(({ family }) => family === "IPv4")?.address;
  if (place) return String(place);
  const what = family === "IPv6" ? "it does not tell its number, which may be given instead" : "it has no IPv4 address";
  throw new SockeyeError("connect", `Cannot ${doing}: ${what}`);
}
