/**
 * The addresses of a host name.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { MissingPermission } from "../permissions.ts";
import { say } from "../phrase.ts";
import { callAfter } from "../wait.ts";
import { isIP } from "./ip.ts";
import { RESOLUTION_DELAY_MS } from "./limits.ts";

/** The version of IP that is wanted; undefined for both. */
export type Family = 4 | 6 | undefined;

/**
 * The version of IP that was asked for.
 *
 * @throws {SockeyeError} `usage` when both were
 */
export function familyOf(
  { ipv4, ipv6 }: { readonly ipv4?: true | undefined; readonly ipv6?: true | undefined },
): Family {
  if (ipv4 && ipv6) throw new SockeyeError("usage", "Options -4 and -6 contradict each other");
  return ipv4 ? 4 : ipv6 ? 6 : undefined;
}

/** The loopback addresses, which `localhost` stands for. */
const LOOPBACK = { 4: "127.0.0.1", 6: "::1" } as const;

/**
 * Finds the addresses of a host, IPv6 and IPv4 in turn. A name that the resolver does not know, or that we may not ask it for,
 * is returned as it is, for the system: it also knows mDNS and the like.
 *
 * @throws {SockeyeError} `resolve` when there is none of the wanted family, `permission` when we may not ask for it
 */
export async function resolve(host: string, signal: AbortSignal, family?: Family): Promise<string[]> {
  const found = await findAddresses(host, signal);
  if (family === undefined) return found;
  const fitting = found.filter((address) => isIP(address) === family);
  if (fitting.length > 0) return fitting;
  if (host === "localhost") return [LOOPBACK[family]];
  if (isIP(host) === 0 && !mayAsk()) {
    throw new MissingPermission(["--allow-net"], say("look-up")`look up the IPv${family} addresses of ${host}`);
  }
  throw new SockeyeError("resolve", say("no-family")`Cannot connect to ${host}: it has no IPv${family} address`);
}

/** With a list of permitted hosts only these very names may be connected to. */
function mayAsk(): boolean {
  return Deno.permissions.querySync({ name: "net" }).state === "granted";
}

async function findAddresses(host: string, signal: AbortSignal): Promise<string[]> {
  if (isIP(host) !== 0 || !mayAsk()) return [host];
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
