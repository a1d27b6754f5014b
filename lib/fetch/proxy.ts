/**
 * The proxy for a request: `--proxy`, or the environment variables that curl and wget read.
 *
 * @module
 */

import { isIP } from "../transport/ip.ts";
import { messageOf, SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";

/** An environment variable that names a proxy. It is parsed on use: a bad one must not stop other requests. */
export interface ProxyVariable {
  /** Its name, such as `http_proxy`. */
  readonly variable: string;
  /** Its value. */
  readonly value: string;
}

/** Proxies for each scheme. */
export interface ProxySettings {
  /** For http addresses. */
  readonly http?: URL | ProxyVariable | undefined;
  /** For https addresses. */
  readonly https?: URL | ProxyVariable | undefined;
  /** Hosts that are reached directly, separated by commas: domains with their subdomains, addresses, or `*` for all. */
  readonly except?: string | undefined;
}

/**
 * Parses the address of a proxy.
 *
 * @param text `http://[user:password@]host[:port]`; the scheme may be left out
 * @throws {Error} with the expected form, for a message that names the option or variable
 */
export function parseProxy(text: string): URL {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url?.protocol === "http:" && url.hostname) return url;
  throw new Error("expected http://host:port");
}

/**
 * Finds the proxy variables. `HTTP_PROXY` is left out: in a CGI program it is the `Proxy` field of the request.
 *
 * @param get returns the value of a variable
 */
export function proxyFromEnvironment(get: (name: string) => string | undefined): ProxySettings {
  const find = (...names: string[]): ProxyVariable | undefined => {
    const variable = names.find(get);
    return variable === undefined ? undefined : { variable, value: get(variable) ?? "" };
  };
  const all = ["all_proxy", "ALL_PROXY"];
  return {
    http: find("http_proxy", ...all),
    https: find("https_proxy", "HTTPS_PROXY", ...all),
    except: get("no_proxy") ?? get("NO_PROXY"),
  };
}

/**
 * Selects the proxy for an address.
 *
 * @returns the proxy; undefined for a direct connection
 * @throws {SockeyeError} `usage`, naming the variable that cannot be parsed
 */
export function proxyFor({ http, https, except = "" }: ProxySettings, url: URL): URL | undefined {
  const proxy = url.protocol === "https:" ? https : http;
  if (proxy === undefined) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const excepted = except.split(",").map((name) => name.trim().toLowerCase()).some((name) => matches(name, host));
  if (excepted) return undefined;
  return proxy instanceof URL ? proxy : readVariable(proxy);
}

function readVariable({ variable, value }: ProxyVariable): URL {
  try {
    return parseProxy(value);
  } catch (cause) {
    throw new SockeyeError("usage", `Bad proxy in ${variable}: ${messageOf(cause)}, not ${quote(value)}`, { cause });
  }
}

function matches(name: string, host: string): boolean {
  if (name === "*") return true;
  const withoutPort = isIP(name) === 6 ? name : name.replace(/:\d+$/, "");
  const bare = withoutPort.replace(/^\*?\./, "").replace(/^\[|\]$/g, "");
  if (bare === "") return false;
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}
