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
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  304: "Not Modified",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  416: "Range Not Satisfiable",
  421: "Misdirected Request",
  426: "Upgrade Required",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/**
 * Writes a response. `Content-Length` and `Connection: close` are added, except that 1xx gets neither, since the
 * connection goes on, and 204 and 304 get no length, since they never have a body.
 *
 * @param fields the other ones, in order
 * @param body what the response carries; 1xx, 204 and 304 carry nothing
 * @param method of the request: the answer to HEAD says how long the body is, and leaves it out
 * @throws {TypeError} for a field that would break the head
 */
export function writeResponse(
  status: number,
  fields: readonly Field[],
  body: Uint8Array = new Uint8Array(),
  method: string = "GET",
): Uint8Array {
  const bodiless = status < 200 || status === 204 || status === 304;
  const added: Field[] = [];
  if (!bodiless) added.push(["Content-Length", String(body.length)]);
  if (status >= 200) added.push(["Connection", "close"]);
  const lines = [...fields, ...added].map(fieldLine);
  const head = new TextEncoder().encode([`HTTP/1.1 ${status} ${REASONS[status] ?? ""}`, ...lines, "", ""].join("\r\n"));
  return bodiless || method === "HEAD" ? head : concat([head, body]);
}

/** A line end in a value would be a header (or a response) of its own. */
function fieldLine([name, value]: Field): string {
  if (!TOKEN.test(name) || /[\r\n\0]/.test(value)) {
    throw new TypeError(`Cannot send field ${quote(name)}: not valid`);
  }
  return `${name}: ${value}`;
}
