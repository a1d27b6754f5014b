/**
 * The addresses of a host name.
 *
 * @module
 */

import { callAfter } from "../wait.ts";
import { RESOLUTION_DELAY_MS } from "./limits.ts";
import { isIP } from "./ip.ts";

/**
 * Finds the addresses of a host, IPv6 and IPv4 in turn.
 *
 * A name that the resolver does not know, or that we may not ask it for, is left to the system: it also knows mDNS and the like.
 *
 * @param host a name or an IP address
 * @returns IP addresses, or the host as it is
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

/**
 * An address as the system writes it, so that it can be compared.
 *
 * @param host `127.1`, `0:0:0:0:0:0:0:1`, a name
 * @returns `127.0.0.1`, `::1`, the name
 */
export function canonical(host: string): string {
  const [bare = "", zone] = host.split("%");
  const url = URL.parse(`http://${bare.includes(":") ? `[${bare}]` : bare}/`);
  const address = url?.hostname.replace(/^\[|\]$/g, "") ?? bare;
  if (isIP(address) === 0) return host;
  return (UNSPECIFIED[address] ?? address) + (zone === undefined ? "" : `%${zone}`);
}
