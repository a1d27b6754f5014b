/**
 * Which addresses `no_proxy` takes out, as curl, wget and Go have it together. Loaded only where a proxy and such a list are
 * set.
 *
 * @module
 */

import { bytesOfIP, isIP } from "../transport/ip.ts";

/** Whether an address is reached directly: a list of hosts, domains, networks and `*`, with commas or blanks between them. */
export function isExcepted(list: string, url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list.toLowerCase().split(/[\s,]+/).some((entry) => entry !== "" && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [, network, length] = /^\[?([^\]]+)\]?\/(\d{1,3})$/.exec(entry) ?? [];
  if (network !== undefined) return isIn(host, network, Number(length));
  const [, inBrackets, plain = "", own] =
    /^(?:\[(.+)\]|(.*?))(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ??
      [];
  if (own !== undefined && own !== port) return false;
  const name = (inBrackets ?? plain).replace(/^\*?\./, "").replace(/\.$/, "");
  if (name === "") return false;
  if (isIP(host) !== 0) return isIP(name) === isIP(host) && isIn(host, name, 128);
  return host === name || host.endsWith(`.${name}`);
}

/** Whether an address is in the network of the first `length` bits of another one. */
function isIn(host: string, network: string, length: number): boolean {
  const [own, theirs] = [bitsOf(host), bitsOf(network)];
  if (own === undefined || theirs === undefined || own.length !== theirs.length) return false;
  return own.slice(0, length) === theirs.slice(0, length);
}

/** An address as 32 or 128 binary digits. */
function bitsOf(address: string): string | undefined {
  return bytesOfIP(address)?.map((byte) => byte.toString(2).padStart(8, "0")).join("");
}
