/**
 * Where browsers find the page: what to type on this machine, and on a phone beside it.
 *
 * @module
 */

import { Phrase, say } from "../../phrase.ts";
import { type Address, formatHostPort } from "../../transport/address.ts";
import { isIPv4 } from "../../transport/ip.ts";
import { transportOf } from "../../transport/mod.ts";

/** Networks that containers and virtual machines on this machine have among themselves. */
const INTERNAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|cni|podman|lxc)/i;

/** Addresses of one machine alone, or that need a zone (RFC 3927, RFC 4291 section 2.5.6). */
const LOCAL_ONLY = /^(?:127\.|169\.254\.|::1$|fe[89ab])/i;

/** Addresses that are named at most. */
const NAMED_MAX = 4;

/** What shows the addresses of a machine. */
const TOOLS: Readonly<Partial<Record<typeof Deno.build.os, string>>> = { windows: "ipconfig", darwin: "ifconfig" };

/** The page of a server. */
export interface PageUrls {
  /** What to type into a browser on this machine. */
  readonly here: string;
  /** On others; empty if they cannot connect, undefined if the addresses of this machine may not be read. */
  readonly others: readonly string[] | undefined;
}

/** An interface of the network, as far as it counts here. */
export type NetworkAddress = Pick<Deno.NetworkInterfaceInfo, "name" | "family" | "address">;

/**
 * Finds the addresses of a page.
 *
 * @param own addresses of this machine; undefined if they may not be seen
 */
export function pageUrls(address: Address, own: readonly NetworkAddress[] | undefined): PageUrls {
  if ("path" in address) return { here: `${address.path}, through a proxy`, others: [] };
  const { host, port } = address;
  const scheme = transportOf(address).secured ? "https" : "http";
  const url = (name: string) => `${scheme}://${formatHostPort(name, port)}/`;
  const every = host === "" || host === "::" || host === "0.0.0.0";
  if (!every) return { here: url(host), others: [] };
  const reached = own?.filter(({ name, address }) => !INTERNAL.test(name) && !LOCAL_ONLY.test(address))
    .map(({ address }) => address).filter((one) => host !== "0.0.0.0" || isIPv4(one));
  // People type the shorter ones.
  const sorted = reached?.toSorted((a, b) => Number(isIPv4(b)) - Number(isIPv4(a)));
  return { here: url("localhost"), others: sorted?.slice(0, NAMED_MAX).map(url) };
}

/** The addresses of this machine; undefined without `--allow-sys`. */
export function ownAddresses(): NetworkAddress[] | undefined {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "networkInterfaces" });
  return state === "granted" ? Deno.networkInterfaces() : undefined;
}

/** The addresses in one line, for the person at the server. */
export function describeUrls({ here, others }: PageUrls): Phrase {
  const line = say("browsers")`Browsers join at ${here}`;
  if (others === undefined) {
    const tool = TOOLS[Deno.build.os] ?? "ip address";
    return say(
      "browsers-tool",
    )`${line}; on a phone put the address of this machine in place of localhost, which \`${tool}\` shows, or --allow-sys=networkInterfaces here`;
  }
  return others.length === 0 ? line : say("browsers-others")`${line}; phones and other machines at ${new Phrase(
    "one-of",
    others.join(" or "),
    others,
  )}`;
}
