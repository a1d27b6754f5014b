/**
 * Cookies (RFC 6265): which ones a server may set, and which go to an address. The jar lives in memory; `cookie_file.ts`
 * reads and writes the file form.
 *
 * @module
 */

import { readDate } from "./date.ts";
import { decode } from "./disposition.ts";
import { latin1Bytes, trim } from "./head.ts";
import { isPublicSuffix } from "./public_suffix.ts";

/** One cookie. */
export interface Cookie {
  /** Its name as sent. */
  readonly name: string;
  /** Its value as sent. */
  readonly value: string;
  /** The host in lower case, without a dot before it. */
  readonly domain: string;
  /** Goes to this host only, not to its subdomains. */
  readonly hostOnly: boolean;
  /** Goes to addresses whose path begins with this one. */
  readonly path: string;
  /** Goes over TLS only. */
  readonly secure: boolean;
  /** Hidden from scripts of a page; kept for the file. */
  readonly httpOnly: boolean;
  /** Milliseconds since 1970 at which it ends; undefined: with the session. */
  readonly expires: number | undefined;
}

/** Most bytes of a name and value together, as in browsers. */
const COOKIE_LIMIT = 4096;

/** Most cookies of one domain, and of a jar: the first ones go. Browsers have 180 and 3,000. */
const LIMITS = { domain: 180, all: 3000 };

/** The longest life, as in browsers. */
const LIFE_MAX_MS = 400 * 24 * 3_600_000;

/** Characters that would end the field, or mean something else in it. */
const CONTROL = /[^ -~\x80-\xff]/;

/** Cookies of many hosts. */
export class CookieJar {
  /** In the order in which they were first set. */
  readonly #cookies = new Map<string, Cookie>();

  /** All cookies that have not ended, in the order in which they were first set. */
  all(now: number): Cookie[] {
    return [...this.#cookies.values()].filter(({ expires = Infinity }) => expires > now);
  }

  /** Adds a cookie, or replaces the one of the same name, domain and path; one that has ended only removes it. */
  add(cookie: Cookie, now: number): void {
    const key = keyOf(cookie);
    if ((cookie.expires ?? Infinity) <= now) return void this.#cookies.delete(key);
    this.#cookies.set(key, cookie);
    const same = [...this.#cookies.values()].filter(({ domain }) => domain === cookie.domain);
    if (same.length > LIMITS.domain) this.#cookies.delete(keyOf(same[0]!));
    if (this.#cookies.size > LIMITS.all) this.#cookies.delete(this.#cookies.keys().next().value!);
  }

  /**
   * Takes a Set-Cookie field that came from an address.
   *
   * @param field a character a byte
   * @returns why the cookie is not kept; undefined if it is
   */
  take(field: string, url: URL, now: number): string | undefined {
    const found = readSetCookie(field, url, now);
    if (typeof found === "string") return found;
    // What was set over TLS is not replaced without it (RFC 6265bis section 5.7).
    const old = this.#cookies.get(keyOf(found));
    if (old?.secure && !isSecure(url)) return "it would replace one that is for TLS only";
    this.add(found, now);
    return undefined;
  }

  /** The cookies for an address, those of longer paths first. */
  for(url: URL, now: number): Cookie[] {
    const host = hostOf(url);
    return this.all(now)
      .filter(({ domain, hostOnly, path, secure }) =>
        (hostOnly ? host === domain : isWithin(host, domain)) && isBelow(url.pathname, path) &&
        (!secure || isSecure(url))
      )
      .sort((a, b) => b.path.length - a.path.length);
  }
}

function keyOf({ name, domain, path }: Cookie): string {
  return `${domain}\t${path}\t${name}`;
}

/** The value of a Cookie field: the user's cookies, except those that the jar replaces, and the jar's own. */
export function cookieField(own: string, cookies: readonly Cookie[]): string {
  const known = new Set(cookies.map(({ name }) => name));
  const parts = own.split(";").map(trim).filter((part) => part !== "" && !known.has(nameIn(part)));
  return [...cookies.map(({ name, value }) => `${name}=${value}`), ...parts].join("; ");
}

function nameIn(pair: string): string {
  return trim(pair.slice(0, Math.max(0, pair.indexOf("="))));
}

/** Reads a Set-Cookie field; a text says why it is refused (section 5.2 and 5.3). */
function readSetCookie(field: string, url: URL, now: number): Cookie | string {
  const text = decode(latin1Bytes(field), "utf-8");
  if (text === undefined) return "its bytes are not UTF-8";
  const [pair = "", ...rest] = text.split(";");
  const equals = pair.indexOf("=");
  const [name, value] = [nameIn(pair), trim(pair.slice(equals + 1))];
  if (equals < 0 || name === "") return "it has no name";
  if (CONTROL.test(field)) return "it has control characters";
  if (name.length + value.length > COOKIE_LIMIT) return `it is longer than ${COOKIE_LIMIT} bytes`;
  const attributes = new Map(rest.map((part): [string, string] => {
    const at = part.indexOf("=");
    return at < 0 ? [trim(part).toLowerCase(), ""] : [trim(part.slice(0, at)).toLowerCase(), trim(part.slice(at + 1))];
  }));
  const host = hostOf(url);
  const domain = attributes.get("domain")?.toLowerCase().replace(/^\./, "").replace(/\.$/, "") || undefined;
  const problem = domain === undefined ? undefined : whyNotDomain(domain, host);
  if (problem !== undefined) return problem;
  const path = attributes.get("path") ?? "";
  const cookie = {
    name,
    value,
    domain: domain ?? host,
    // A public suffix and an address are hosts of their own.
    hostOnly: domain === undefined || isPublicSuffix(domain) || isAddress(domain),
    path: path.startsWith("/") ? path : defaultPath(url.pathname),
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    expires: expiryOf(attributes, now),
  };
  if (cookie.secure && !isSecure(url)) return "it is for TLS only, and came without";
  return whyNotPrefix(cookie, attributes) ?? cookie;
}

function whyNotDomain(domain: string, host: string): string | undefined {
  if (!isWithin(host, domain)) return "its domain is another one";
  return host !== domain && isPublicSuffix(domain) ? "its domain is that of many sites" : undefined;
}

/** The prefixes promise how a cookie was set (RFC 6265bis section 4.1.3). */
function whyNotPrefix({ name, secure, path }: Cookie, attributes: ReadonlyMap<string, string>): string | undefined {
  const isHost = /^__host-/i.test(name);
  if (!isHost && !/^__secure-/i.test(name)) return undefined;
  const keeps = secure && (!isHost || (path === "/" && !attributes.get("domain")));
  return keeps ? undefined : "it does not keep what its prefix promises";
}

/** Max-Age counts before Expires. A date that is none is left out. */
function expiryOf(attributes: ReadonlyMap<string, string>, now: number): number | undefined {
  const age = /^-?\d+$/.exec(attributes.get("max-age") ?? "")?.[0];
  const expires = age === undefined ? readDate(attributes.get("expires") ?? "") : now + Number(age) * 1000;
  if (expires === undefined) return undefined;
  return age !== undefined && Number(age) <= 0 ? 0 : Math.min(expires, now + LIFE_MAX_MS);
}

function defaultPath(pathname: string): string {
  return pathname.slice(0, Math.max(0, pathname.lastIndexOf("/"))) || "/";
}

function isBelow(pathname: string, path: string): boolean {
  if (!pathname.startsWith(path)) return false;
  return pathname.length === path.length || path.endsWith("/") || pathname[path.length] === "/";
}

/** Whether a host is a domain or lies below it. */
function isWithin(host: string, domain: string): boolean {
  return host === domain || (!isAddress(host) && host.endsWith(`.${domain}`));
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^\d+(?:\.\d+){3}$/.test(host);
}

/** The host of an address, without brackets and a dot at its end. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
}

/** Whether the connection is private: TLS, or this machine, as in browsers and curl. */
function isSecure(url: URL): boolean {
  const host = hostOf(url);
  return url.protocol === "https:" || /^(?:localhost|127(?:\.\d+){3}|::1)$|\.localhost$/.test(host);
}
