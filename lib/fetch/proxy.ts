/**
 * The proxy for a request: `--proxy`, or the environment variables that curl and wget read.
 *
 * @module
 */

import { isIP } from "../transport/ip.ts";
import { messageOf, SockeyeError } from "../errors.ts";
import { readWebAddress } from "../http/web_address.ts";
import { quoteAddress } from "../printable.ts";

/** Proxies for each scheme. A variable is parsed only on use: a bad one must not stop other requests. */
export interface ProxySettings {
  /** For http addresses. */
  readonly http?: (() => URL) | undefined;
  /** For https addresses. */
  readonly https?: (() => URL) | undefined;
  /** Hosts that are reached directly, separated by commas: domains with their subdomains, addresses, or `*` for all. */
  readonly except?: string | undefined;
}

/**
 * Parses `http://[user:password@]host[:port]`, with or without the scheme.
 *
 * @param where the variable that it comes from, if any
 * @throws {SockeyeError} `usage`, with what is wrong and without the password
 */
export function parseProxy(text: string, where?: string): URL {
  try {
    return readWebAddress(text, ["http"]);
  } catch (cause) {
    const place = where === undefined ? "" : ` in ${where}`;
    throw new SockeyeError("usage", `Bad proxy${place} ${quoteProxy(text)}: ${messageOf(cause)}`, { cause });
  }
}

/** What stands before a password in a value without a host: an optional scheme, and the user. */
const USER = /^((?:[a-z][a-z0-9+.-]*:[\\/]+|https?:)?[^:@]*:)(?!\d+(?:[/?#]|$)|[\\/])[^@]+$/i;

/** Quotes a proxy that may lack its host: what stands for a port and is no number is taken for a password. */
function quoteProxy(text: string): string {
  return quoteAddress(text.replace(USER, "$1***").replace(/^[^:/@]+@/, "***@"));
}

/** Finds the proxy variables. `HTTP_PROXY` is left out: in a CGI program it is the `Proxy` field of the request. */
export function proxyFromEnvironment(get: (name: string) => string | undefined): ProxySettings {
  const find = (...names: string[]): (() => URL) | undefined => {
    const name = names.find(get);
    const value = name && get(name);
    return name && value ? () => parseProxy(value, name) : undefined;
  };
  const all = ["all_proxy", "ALL_PROXY"];
  return {
    http: find("http_proxy", ...all),
    https: find("https_proxy", "HTTPS_PROXY", ...all),
    except: get("no_proxy") ?? get("NO_PROXY"),
  };
}

/** Selects the proxy for an address, if any; throws a SockeyeError that names the variable which is wrong. */
export function proxyFor({ http, https, except = "" }: ProxySettings, url: URL): URL | undefined {
  const proxy = url.protocol === "https:" ? https : http;
  if (proxy === undefined) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (except.toLowerCase().split(",").some((name) => matches(name.trim(), host))) return undefined;
  return proxy();
}

function matches(name: string, host: string): boolean {
  if (name === "*") return true;
  const withoutPort = isIP(name) === 6 ? name : name.replace(/:\d+$/, "");
  const bare = withoutPort.replace(/^\*?\./, "").replace(/^\[|\]$/g, "");
  if (bare === "") return false;
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}
