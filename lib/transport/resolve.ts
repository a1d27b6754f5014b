/**
 * The addresses of a host name, and which of them an address of this machine can reach.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";
import { callAfter } from "../wait.ts";
import { isIP, isIPv6 } from "./ip.ts";
import { RESOLUTION_DELAY_MS } from "./limits.ts";
import { missingZone } from "./zone.ts";

/**
 * Finds the addresses of a host, IPv6 and IPv4 in turn. A name that the resolver does not know, or that we may not ask it for,
 * is returned as it is, for the system: it also knows mDNS and the like.
 */
export async function resolve(host: string, signal: AbortSignal): Promise<string[]> {
  // With a list of permitted hosts only these very names may be connected to.
  if (isIP(host) !== 0 || Deno.permissions.querySync({ name: "net" }).state !== "granted") return [host];
  const ask = (type: "A" | "AAAA") => Deno.resolveDns(host, type, { signal }).catch(() => []);
  const [v4, v6] = await bothSoon(ask("A"), ask("AAAA"));
  const longer = Math.max(v4.length, v6.length);
  const mixed = Array.from({ length: longer }, (_, i) => [v6[i], v4[i]]).flat().filter((a) => a !== undefined);
  return mixed.length > 0 ? mixed : [host];
}

/** Waits for both answers, but at most RESOLUTION_DELAY_MS after the first non-empty one (RFC 8305 section 3). */
async function bothSoon(a: Promise<string[]>, b: Promise<string[]>): Promise<[string[], string[]]> {
  const found: [string[], string[]] = [[], []];
  const asked = [a, b].map((answer, i) => answer.then((addresses) => found[i] = addresses));
  const some = Promise.any(asked.map(async (answer) => (await answer).length > 0 || Promise.reject()));
  const enough = Promise.withResolvers<void>();
  let cancel: (() => void) | undefined = () => {};
  some.then(() => cancel &&= callAfter(RESOLUTION_DELAY_MS, enough.resolve), () => {});
  await Promise.race([Promise.all(asked), enough.promise]);
  cancel();
  cancel = undefined;
  return found;
}

/** The addresses that mean "every interface" find this machine. */
const UNSPECIFIED: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** An address as the system writes it, for comparison: `127.0.0.1` for `127.1`; a name as it is. */
export function canonical(host: string): string {
  const [bare = "", zone] = host.split("%");
  const url = URL.parse(`http://${bare.includes(":") ? `[${bare}]` : bare}/`);
  const address = url?.hostname.replace(/^\[|\]$/g, "") ?? bare;
  if (isIP(address) === 0) return host;
  return (UNSPECIFIED[address] ?? address) + (zone === undefined ? "" : `%${zone}`);
}

/**
 * Checks that an address of this machine, the text after `--source`, can reach a host.
 *
 * @throws {SockeyeError} `usage` for a source that is no IP address, `connect` when the families differ
 */
export function requireFamily(source: string, host: string): void {
  if (isIP(source) === 0) {
    throw new SockeyeError("usage", `Bad --source ${quote(source)}: write an IP address of this machine`);
  }
  const missing = missingZone(source);
  if (missing !== undefined) throw new SockeyeError("usage", `Bad --source ${quote(source)}: ${missing}`);
  if (isIP(host) === 0 || isIPv6(host) === isIPv6(source)) return;
  throw new SockeyeError("connect", `Cannot connect from ${source}: the host has no address of that family`);
}
