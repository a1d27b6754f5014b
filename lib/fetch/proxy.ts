/**
 * The proxy for a request: `--proxy`, or the environment variables that curl and wget read.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import { readWebAddress } from "../http/web_address.ts";
import { quoteAddress } from "../printable.ts";

/** Proxies for each scheme. A variable is parsed only on use: a bad one must not stop other requests. */
export interface ProxySettings {
  /** For http addresses. */
  readonly http?: (() => URL) | undefined;
  /** For https addresses. */
  readonly https?: (() => URL) | undefined;
  /** What is reached directly: a list for `isExcepted`. */
  readonly except?: string | undefined;
}

/** With `socks5` names are looked up here, with `socks5h` by the proxy. */
const PROXY_SCHEMES = ["http", "socks5", "socks5h"] as const;

/** Whether a proxy passes bytes on without reading them. */
export function isSocks({ protocol }: URL): boolean {
  return protocol === "socks5:" || protocol === "socks5h:";
}

/**
 * Parses `http://[user:password@]host[:port]`, with or without the scheme, or the same with `socks5://` or `socks5h://`.
 *
 * @param where the variable that it comes from, if any
 * @throws {SockeyeError} `usage`, with what is wrong and without the password
 */
export function parseProxy(text: string, where?: string): URL {
  try {
    return readWebAddress(text, PROXY_SCHEMES);
  } catch (cause) {
    const place = where === undefined ? "" : ` in ${where}`;
    throw new SockeyeError("usage", `Bad proxy${place} ${quoteProxy(text)}: ${messageOf(cause)}`, { cause });
  }
}

/** What stands before a password in a value without a host: an optional scheme, and the user. */
const USER = /^((?:[a-z][a-z0-9+.-]*:[\\/]+|https?:)?[^:@]*:)(?!\d+(?:[/?#]|$)|[\\/])[^@]+$/i;

/** Quotes a proxy that may lack its host: a port that is not a number is taken for a password. */
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
export async function proxyFor({ http, https, except }: ProxySettings, url: URL): Promise<URL | undefined> {
  const proxy = url.protocol === "https:" ? https : http;
  if (proxy === undefined) return undefined;
  if (except && (await import("./no_proxy.ts")).isExcepted(except, url)) return undefined;
  return proxy();
}
