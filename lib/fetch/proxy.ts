/**
 * Whether a request goes through a proxy, and which: `--proxy`, or the variables that curl and wget read.
 *
 * @module
 */

import { isIP } from "../net/ip.ts";
import { SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";

/** Where proxies are named. */
export interface ProxySettings {
  /** For http addresses. */
  readonly http?: URL | undefined;
  /** For https addresses. */
  readonly https?: URL | undefined;
  /** Hosts that are reached directly, separated by commas: names with all below them, addresses, `*`. */
  readonly except?: string | undefined;
}

/**
 * Reads the address of a proxy.
 *
 * @param text `http://[user:password@]host[:port]`, the scheme may be left out
 * @returns the address
 * @throws {SockeyeError} `usage`
 */
export function parseProxy(text: string): URL {
  const full = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url?.protocol === "http:" && url.hostname) return url;
  throw new SockeyeError("usage", `Bad proxy ${quote(text)}: expected http://host:port`);
}

/**
 * Reads the proxy variables; upper-case `HTTP_PROXY` is left out, as a web server sets it from a request's header.
 *
 * @param get gives the value of a variable
 * @returns the settings
 * @throws {SockeyeError} `usage`
 */
export function proxyFromEnvironment(get: (name: string) => string | undefined): ProxySettings {
  const read = (...names: string[]) => {
    const text = names.map(get).find((value) => value);
    return text === undefined ? undefined : parseProxy(text);
  };
  const all = ["all_proxy", "ALL_PROXY"];
  return {
    http: read("http_proxy", ...all),
    https: read("https_proxy", "HTTPS_PROXY", ...all),
    except: get("no_proxy") ?? get("NO_PROXY"),
  };
}

/**
 * The proxy for an address.
 *
 * @param settings where proxies are named
 * @param url what is fetched
 * @returns the proxy, or undefined for a direct connection
 */
export function proxyFor({ http, https, except = "" }: ProxySettings, url: URL): URL | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const excepted = except.split(",").map((name) => name.trim().toLowerCase()).some((name) => matches(name, host));
  return excepted ? undefined : url.protocol === "https:" ? https : http;
}

function matches(name: string, host: string): boolean {
  if (name === "*") return true;
  const withoutPort = isIP(name) === 6 ? name : name.replace(/:\d+$/, "");
  const bare = withoutPort.replace(/^\*?\./, "").replace(/^\[|\]$/g, "");
  if (bare === "") return false;
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}
