/**
 * The request as bytes (RFC 9112 section 3), and which one follows a redirect (RFC 9110 section 15.4).
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";
import { type Field, TOKEN } from "./head.ts";

/** What is asked of a server. */
export interface HttpRequest {
  /** A token, upper case as the standard methods are. */
  readonly method: string;
  /** An http or https address; user and password become an Authorization field. */
  readonly url: URL;
  /** Fields of the user; they replace the default ones of the same name, and an empty value removes those. */
  readonly fields: readonly Field[];
  /** What goes after the header. */
  readonly body?: Uint8Array | undefined;
}

/** How the request is written. */
export interface RequestForm {
  /** Fields that are sent unless the user gives his own. */
  readonly defaults: readonly Field[];
  /** The whole address in the request line, as a proxy needs it. Default false. */
  readonly absolute?: boolean;
}

/** Fields that are for one host only: they are not sent to another one. */
const PRIVATE_FIELDS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization", "host"]);

/** Fields that describe a body; they go when it goes. */
const BODY_FIELDS: ReadonlySet<string> = new Set([
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
]);

/**
 * Reads a header field that a user typed.
 *
 * @param text `Name: value`, or `Name:` to leave a default field out
 * @returns name and value
 * @throws {Error} what is wrong with it
 */
export function parseField(text: string): Field {
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(colon, 0)).trim();
  const value = text.slice(colon + 1).trim();
  if (!TOKEN.test(name)) throw new Error("expected Name: value");
  // A line end in a value would be a header (or a request) of its own.
  if (/[\r\n\0]/.test(value)) throw new Error("a header field cannot contain line ends or NUL");
  return [name, value];
}

/**
 * Reads a method that a user typed.
 *
 * @param text a token
 * @returns the same
 * @throws {Error} when it is none
 */
export function parseMethod(text: string): string {
  if (!TOKEN.test(text)) throw new Error("expected a method such as GET, POST or HEAD");
  return text;
}

/**
 * Reads an address to fetch from.
 *
 * @param text with or without `http://`
 * @returns an http or https address
 * @throws {SockeyeError} `usage`
 */
export function parseUrl(text: string): URL {
  // A port alone is one of this machine, as for the other commands.
  const place = text.replace(/^:?(?=\d+(?:\/|$))/, "localhost:");
  const url = URL.parse(/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(place) ? place : `http://${place}`);
  if (url?.hostname && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new SockeyeError("usage", `Bad address ${quote(text)}: expected http://host/path or https://host/path`);
}

/**
 * Writes a request.
 *
 * @param request what is asked
 * @param form how it is written
 * @returns the head, and the body where there is one
 */
export function writeRequest(request: HttpRequest, form: RequestForm): { head: Uint8Array; body: Uint8Array } {
  const { method, url, fields, body } = request;
  const given = new Set(fields.map(([name]) => name.toLowerCase()));
  const kept = [...defaultFields(request), ...form.defaults].filter(([name]) => !given.has(name.toLowerCase()));
  const all = [...kept, ...fields].filter(([, value]) => value !== "");
  const target = form.absolute ? `${url.origin}${url.pathname}${url.search}` : `${url.pathname}${url.search}`;
  const lines = [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), "", ""];
  return { head: new TextEncoder().encode(lines.join("\r\n")), body: body ?? new Uint8Array() };
}

/**
 * The request that follows a redirect.
 *
 * @param request the one that was answered
 * @param status of the answer
 * @param location its Location field
 * @returns the next request, or undefined when the answer is no redirect
 * @throws {SockeyeError} `protocol` when it leads nowhere
 */
export function redirect(request: HttpRequest, status: number, location: string | undefined): HttpRequest | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  const target = asUtf8(location);
  const url = URL.parse(target, request.url);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new SockeyeError("protocol", `Bad answer: a redirect to ${quote(location)}`);
  }
  const moved = { ...request, url, fields: fieldsFor(request, url) };
  const becomesGet = status === 303 ? request.method !== "HEAD" : status <= 302 && request.method === "POST";
  if (!becomesGet) return moved;
  const fields = moved.fields.filter(([name]) => !BODY_FIELDS.has(name.toLowerCase()));
  return { method: "GET", url, fields };
}

/** Header text has a character for each byte; servers write addresses in UTF-8. */
function asUtf8(text: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  } catch {
    return text;
  }
}

function fieldsFor({ url, fields }: HttpRequest, next: URL): readonly Field[] {
  if (next.origin === url.origin) {
    // The same server keeps the user whom the first address named.
    if (!next.username && !next.password) Object.assign(next, { username: url.username, password: url.password });
    return fields;
  }
  return fields.filter(([name]) => !PRIVATE_FIELDS.has(name.toLowerCase()));
}

function defaultFields({ url, method, body }: HttpRequest): Field[] {
  const fields: Field[] = [["Host", url.host]];
  if (url.username || url.password) fields.push(["Authorization", basicAuth(url)]);
  if (body) {
    fields.push(["Content-Type", "application/x-www-form-urlencoded"], ["Content-Length", String(body.length)]);
  } else if (method === "POST" || method === "PUT") {
    fields.push(["Content-Length", "0"]);
  }
  return fields;
}

/**
 * An address as it may be shown and kept: without user and password.
 *
 * @param url any address
 * @returns its text
 */
export function shownUrl(url: URL): string {
  if (!url.username && !url.password) return url.href;
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare.href;
}

/**
 * The fields that a proxy wants to see (RFC 9110 section 11.7.2).
 *
 * @param proxy its address
 * @returns one field, or none when it has no user
 */
export function proxyFields(proxy: URL | undefined): Field[] {
  return proxy && (proxy.username || proxy.password) ? [["Proxy-Authorization", basicAuth(proxy)]] : [];
}

/**
 * Basic authentication (RFC 7617) from the user part of an address.
 *
 * @param url with user and password, percent-encoded
 * @returns the value of the Authorization field
 */
export function basicAuth({ username, password }: URL): string {
  const bytes = new TextEncoder().encode(`${decode(username)}:${decode(password)}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray percent sign stands for itself.
  }
}
