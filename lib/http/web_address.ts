/**
 * Addresses of the web as people type them and as a Location names them, and why others are none.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { quote, quoteAddress } from "../printable.ts";
import { listed } from "../wording.ts";
import { decode } from "./disposition.ts";
import { badAnswer, latin1Bytes } from "./head.ts";

const WEB_SCHEMES = ["http", "https"] as const;

/** Words that are a scheme before a colon, also without two slashes, and never the name of a host. */
const SCHEMES =
  /^(https?|ftps?|file|mailto|javascript|data|about|blob|tel|urn|wss?|tcp|tls|udp|unix|nats|sftp|ssh|socks[45]?h?):/i;

/**
 * Parses the address of a download, with or without `http://`; a port alone means this machine, as in the other commands.
 *
 * @throws {SockeyeError} `usage`, naming the text and what is wrong with it
 */
export function parseUrl(text: string): URL {
  try {
    return readWebAddress(text.replace(/^:?(?=\d+(?:\/|$))/, "localhost:"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SockeyeError("usage", `Bad address ${quoteAddress(text)}: ${why}`, { cause });
  }
}

/**
 * Reads `[scheme://][user[:password]@]host[:port][/path]`. Nothing is repaired that a browser would: `http:/host` is not the
 * host `http`.
 *
 * @param schemes those that are taken; the first one is that of an address without a scheme
 * @throws {Error} what is wrong, without the user and password
 */
export function readWebAddress(text: string, schemes: readonly string[] = WEB_SCHEMES): URL {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const problem = hasScheme ? undefined : whyNoHost(text, schemes);
  if (problem !== undefined) throw new Error(problem);
  const whole = hasScheme ? text : `${schemes[0]}://${text.replace(/^\/\//, "")}`;
  const why = whyNoAddress(whole, schemes);
  const url = why === undefined ? URL.parse(whole) : undefined;
  if (url) return url;
  throw new Error(why ?? `it is not a web address`);
}

/**
 * Resolves the Location of a redirect.
 *
 * @param location one character for each byte
 * @throws {SockeyeError} `protocol`, naming the location and what is wrong with it
 */
export function resolveLocation(location: string, base: URL): URL {
  const utf8 = decode(latin1Bytes(location), "utf-8");
  const url = URL.parse(escapeBytes(location, utf8 !== undefined), base);
  // What follows a scheme or `//` is a host; anything else is a path, which has the host of the request.
  const text = utf8 ?? location;
  const whole = /^[\\/]{2}/.test(text) ? `${base.protocol}${text}` : text;
  const why = /^[a-z][a-z0-9+.-]*:/i.test(whole) ? whyNoAddress(whole, WEB_SCHEMES) : undefined;
  if (url && why === undefined) return url;
  const shown = utf8 ?? location.replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  const other = utf8 === undefined ? "the bytes of its host are not UTF-8" : "it is not a web address";
  throw badAnswer(`a redirect to ${quoteAddress(shown)}: ${why ?? other}`);
}

/** Why a text without `scheme://` does not begin with a host: it has a scheme all the same, or is a path. */
function whyNoHost(text: string, schemes: readonly string[]): string | undefined {
  const [, scheme = ""] = SCHEMES.exec(text) ?? /^(https?)[\\/]{2}/i.exec(text) ?? [];
  if (schemes.includes(scheme.toLowerCase())) return `write ${scheme.toLowerCase()}:// with a colon and two slashes`;
  if (scheme !== "") return notTaken(scheme, schemes);
  return /^(?:[a-z]:[\\/]|\\|\.{0,2}\/(?!\/)|\.{1,2}$|~)/i.test(text) ? "it is a path, without a host" : undefined;
}

/** Why `scheme:…` is no address of the web; undefined when it is one. */
function whyNoAddress(text: string, schemes: readonly string[]): string | undefined {
  const [, scheme = "", slashes = "", authority = "", rest = ""] =
    /^([a-z][a-z0-9+.-]*):([\\/]*)([^\\/?#]*)(.*)/is.exec(text) ?? [];
  if (!schemes.includes(scheme.toLowerCase())) return notTaken(scheme, schemes);
  if (/^https?:$/i.test(authority) && /^[\\/]{2}/.test(rest)) return "it has two schemes";
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  if (slashes.length !== 2 || place === "") return "the host is missing";
  const [, host = "", port = ""] = /^(\[[^\]]*\]|[^[:]+)?(?::([^:]*))?$/.exec(place) ?? [place];
  if (/^(?!\[).*:.*:/.test(place)) return "write an IPv6 address in brackets, as [::1]:8000";
  if (host === "") return place.startsWith("[") ? `${quote(place)} is not an IPv6 address` : "the host is missing";
  // What is no number may be a password: it is not shown.
  if (/\D/.test(port)) return "the port is not a number from 1 to 65535";
  if (port !== "" && !(Number(port) >= 1 && Number(port) <= 65535)) return `the port ${port} is not from 1 to 65535`;
  return URL.canParse(`http://${host}`) ? undefined : `${quote(host)} is not a host name`;
}

function notTaken(scheme: string, schemes: readonly string[]): string {
  return `the scheme ${quote(scheme)} is not ${listed(schemes, "or")}`;
}

/** Two bytes of a character in GBK, Big5 or Shift_JIS, whose second one may look like ASCII; or any other byte. */
const WIDE = /[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]/g;

/**
 * Percent-encodes the bytes of an address that are not ASCII, whatever their charset: the server knows its own paths.
 * In a host name `URL` decodes them again, as UTF-8. A backslash that ends a character must not become a slash.
 */
function escapeBytes(location: string, isUtf8: boolean): string {
  const escape = (byte: string) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`;
  return location.replace(isUtf8 ? /[\x80-\xff]/g : WIDE, (bytes) => bytes.replace(/[\x80-\xff\\]/g, escape));
}
