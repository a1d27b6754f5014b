/**
 * Where names lead by the user's word: `--resolve`, and the zones of IPv6 addresses. Loaded only when one of them is given.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { quoteAddress } from "../printable.ts";
import { isIP } from "../transport/ip.ts";
import { missingZone } from "../transport/zone.ts";

/** One `--resolve`. */
export interface Resolved {
  /** `host:port` in lower case. */
  readonly name: string;
  /** The IP address that takes its place. */
  readonly address: string;
}

/**
 * Reads `HOST:PORT:ADDR`, as curl has it; an IPv6 address may stand in brackets.
 *
 * @throws {Error} with the expected form as its message
 */
export function asResolved(text: string): Resolved {
  const [, host = "", port = "", address = ""] = /^(\[[^\]]+\]|[^:]+):(\d+):\[?([^\],]+)\]?$/.exec(text) ?? [];
  const number = Number(port);
  const name = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, "");
  if (!name || !(number >= 1 && number <= 65535) || isIP(address) === 0) {
    throw new Error("expected HOST:PORT:ADDR with an IP address, as in example.com:443:127.0.0.1");
  }
  return { name: `${name}:${number}`, address };
}

/** The host of an address with its zone, `[fe80::1%eth0]` or `[fe80::1%25eth0]` (RFC 6874), behind scheme and user. */
const ZONED = /^((?:https?:\/\/)?(?:[^/?#]*@)?\[[0-9a-f:.]+)%(?:25)?([\w.~-]+)(?=\])/i;

/**
 * Takes the zone out of an address that is written for people; `zone` is undefined where it has none.
 *
 * @throws {SockeyeError} `usage` when a link-local address has none
 */
export function withoutZone(text: string): { readonly text: string; readonly zone: string | undefined } {
  const [whole = "", bare = "", zone] = ZONED.exec(text) ?? [];
  const [, host = ""] = /^(?:https?:\/\/)?(?:[^/?#]*@)?\[([^\]%]+)\]/i.exec(text) ?? [];
  const missing = missingZone(host);
  if (missing !== undefined) throw new SockeyeError("usage", `Bad address ${quoteAddress(text)}: ${missing}`);
  return { text: bare + text.slice(whole.length), zone };
}
