/**
 * Determines where the body of a response ends (RFC 9112 section 6.3).
 *
 * @module
 */

import { quote } from "../printable.ts";
import { badAnswer, type Fields, parseLength, type StatusLine, trim } from "./head.ts";

/** The way in which the end of a body is found. */
export type Framing =
  /** There is no body. */
  | { readonly by: "nothing" }
  /** The body ends after `length` bytes. */
  | { readonly by: "length"; readonly length: number }
  /** The body ends after the last chunk. */
  | { readonly by: "chunks" }
  /** The body ends with the connection. */
  | { readonly by: "close" };

/**
 * Finds the framing of a response; throws a SockeyeError when the fields contradict each other.
 *
 * @param remarks receives errors that a proxy must not accept, but a client that uses the connection once may
 */
export function framingOf(method: string, { status, minor }: StatusLine, fields: Fields, remarks: string[]): Framing {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return { by: "nothing" };
  if (method === "CONNECT" && status < 300) return { by: "nothing" };
  const codings = fields.list("transfer-encoding").filter((coding) => coding !== "identity");
  const length = contentLength(fields);
  if (codings.length === 0) return length === undefined ? { by: "close" } : { by: "length", length };
  if (codings.some((coding) => coding !== "chunked")) {
    throw badAnswer(`the transfer coding ${quote(codings.join(", "))} was not asked for`);
  }
  if (length !== undefined) remarks.push("The body is chunked: its Content-Length does not count");
  if (codings.length > 1) remarks.push("The body is chunked once, though its header says it more often");
  if (minor === 0) remarks.push("The body is chunked, in an HTTP/1.0 answer");
  return { by: "chunks" };
}

/** Returns the length. Repeated equal values count as one (RFC 9110 section 8.6). */
function contentLength(fields: Fields): number | undefined {
  const values = fields.getAll("content-length").flatMap((value) => value.split(",")).map((value) => trim(value));
  const [first] = values;
  if (first === undefined) return undefined;
  if (values.some((value) => value !== first)) throw badAnswer(`several Content-Lengths: ${quote(values.join(", "))}`);
  return parseLength(first, badAnswer);
}
