/**
 * Writes requests as bytes (RFC 9112 section 3), and determines the request after a redirect (RFC 9110 section 15.4).
 *
 * @module
 */

import { type Field, isRedirect, TOKEN } from "./head.ts";
import { isChunked } from "./request_framing.ts";
import { resolveLocation } from "./web_address.ts";

/** An HTTP request. */
export interface HttpRequest {
  /** A token; the standard methods are in upper case. */
  readonly method: string;
  /** An http or https address; user and password become an Authorization field. */
  readonly url: URL;
  /** The user's fields, which replace default fields of the same name; one with an empty value removes the default. */
  readonly fields: readonly Field[];
  /** The body. */
  readonly body?: Uint8Array | undefined;
}

/** Options of {@linkcode writeRequest}. */
export interface RequestForm {
  /** Fields that are sent unless the request has fields of the same name. */
  readonly defaults: readonly Field[];
  /** Whether the request line has the complete address, which a proxy needs. Default false. */
  readonly absolute?: boolean;
}

/** Fields for a single host: a redirect to another host removes them. */
const PRIVATE_FIELD = /^(?:(?:proxy-)?authorization|cookie|host)$/i;

/** Fields that describe a body; a redirect that drops the body removes them. */
const BODY_FIELD = /^(?:content-(?:type|length|encoding)|transfer-encoding)$/i;

/**
 * Parses a header field that the user typed.
 *
 * @param text `Name: value`, or `Name:` to leave a default field out
 * @throws {Error} what is wrong with the field
 */
export function parseField(text: string): Field {
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(colon, 0)).trim();
  const value = text.slice(colon + 1).trim();
  if (!TOKEN.test(name)) throw new Error("expected Name: value");
  // A line end in a value would begin another field, or another request.
  if (/[\r\n\0]/.test(value)) throw new Error("a header field cannot contain line ends or NUL");
  return [name, value];
}

/** Returns a method that the user typed; throws an Error if it is not a token. */
export function parseMethod(text: string): string {
  if (!TOKEN.test(text)) throw new Error("expected a method such as GET, POST or HEAD");
  return text;
}

/** Writes the head of a request. */
export function writeRequest(request: HttpRequest, form: RequestForm): Uint8Array {
  const { method, url, fields } = request;
  const given = new Set(fields.map(([name]) => name.toLowerCase()));
  const kept = [...defaultFields(request), ...form.defaults].filter(([name]) => !given.has(name.toLowerCase()));
  const all = [...kept, ...fields].filter(([, value]) => value !== "");
  const target = form.absolute ? `${url.origin}${url.pathname}${url.search}` : `${url.pathname}${url.search}`;
  const lines = [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), "", ""];
  return new TextEncoder().encode(lines.join("\r\n"));
}

/**
 * Returns the request that follows a redirect; undefined if the answer is none.
 *
 * @param location one character for each byte
 * @throws {SockeyeError} `protocol` if the location is not an http or https address
 */
export function redirect(request: HttpRequest, status: number, location: string | undefined): HttpRequest | undefined {
  if (location === undefined || !isRedirect(status)) return undefined;
  const url = resolveLocation(location, request.url);
  const moved = { ...request, url, fields: fieldsFor(request, url) };
  const becomesGet = status === 303 ? request.method !== "HEAD" : status <= 302 && request.method === "POST";
  if (!becomesGet) return moved;
  const fields = moved.fields.filter(([name]) => !BODY_FIELD.test(name));
  return { method: "GET", url, fields };
}

function fieldsFor({ url, fields }: HttpRequest, next: URL): readonly Field[] {
  if (next.origin === url.origin) {
    // The same server gets the user and password of the first address again.
    if (!next.username && !next.password) Object.assign(next, { username: url.username, password: url.password });
    return fields;
  }
  return fields.filter(([name]) => !PRIVATE_FIELD.test(name));
}

function defaultFields(request: HttpRequest): Field[] {
  const { url, method, body } = request;
  const fields: Field[] = [["Host", url.host]];
  if (url.username || url.password) fields.push(["Authorization", basicAuthOf(url)]);
  if (body) fields.push(["Content-Type", "application/x-www-form-urlencoded"]);
  const framed = body || method === "POST" || method === "PUT";
  if (framed && !isChunked(request)) fields.push(["Content-Length", String(body?.length ?? 0)]);
  return fields;
}

/** Formats an address for display and storage, without user and password. */
export function shownUrl(url: URL): string {
  if (url.username === "" && url.password === "") return url.href;
  return Object.assign(new URL(url), { username: "", password: "" }).href;
}

/** Returns the field that authenticates to a proxy (RFC 9110 section 11.7.2), if its address has a user. */
export function proxyFields(proxy: URL | undefined): Field[] {
  return proxy && (proxy.username || proxy.password) ? [["Proxy-Authorization", basicAuthOf(proxy)]] : [];
}

function basicAuthOf({ username, password }: URL): string {
  return basicAuth(decodePart(username), decodePart(password));
}

/** The value of the Authorization field of basic authentication (RFC 7617), in UTF-8. */
export function basicAuth(user: string, password: string): string {
  return `Basic ${new TextEncoder().encode(`${user}:${password}`).toBase64()}`;
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A percent sign without two hex digits is an ordinary character.
  }
}
