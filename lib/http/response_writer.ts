/**
 * A response as bytes (RFC 9112 section 4), from a server that closes the connection after it.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { quote } from "../printable.ts";
import { type Field, TOKEN } from "./head.ts";

/** Reason phrases (RFC 9110 section 15, RFC 6585). Clients ignore them; other statuses are sent without one. */
const REASONS: Readonly<{ [status: number]: string }> = {
  101: "Switching Protocols",
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  414: "URI Too Long",
  421: "Misdirected Request",
  426: "Upgrade Required",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/**
 * Writes a response. `Date` (RFC 9110 section 6.6.1), `Content-Length` and `Connection: close` are added, except that 1xx
 * gets none of them, since the connection goes on, and 204 and 304 get no length, since they never have a body.
 *
 * @param method of the request: the answer to HEAD says how long the body is, and leaves it out (RFC 9110 section 9.3.2)
 * @param fields the other ones, in order
 * @param body what the response carries; 1xx, 204 and 304 carry nothing
 * @throws {TypeError} for a field that would break the head
 */
export function writeResponse(
  method: string,
  status: number,
  fields: readonly Field[],
  body: Uint8Array = new Uint8Array(),
): Uint8Array {
  const bodiless = status < 200 || status === 204 || status === 304;
  const added: Field[] = [];
  if (status >= 200) added.push(["Date", new Date().toUTCString()]);
  if (!bodiless) added.push(["Content-Length", String(body.length)]);
  if (status >= 200) added.push(["Connection", "close"]);
  const lines = [...fields, ...added].map(fieldLine);
  const head = new TextEncoder().encode([`HTTP/1.1 ${status} ${REASONS[status] ?? ""}`, ...lines, "", ""].join("\r\n"));
  return bodiless || method === "HEAD" ? head : concat([head, body]);
}

/** A line end in a value would begin another header, or another response. */
function fieldLine([name, value]: Field): string {
  if (!TOKEN.test(name) || /[\r\n\0]/.test(value)) {
    throw new TypeError(`Cannot send field ${quote(name)}: not valid`);
  }
  return `${name}: ${value}`;
}
