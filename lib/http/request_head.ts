/**
 * The head of a request: request line and fields (RFC 9112 sections 3, 5 and 6). A request that two readers could
 * understand in two ways is refused: browsers and HTTP libraries send none.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";
import { latin1 } from "../bytes.ts";
import { type Fields, parseLength, splitField, TOKEN } from "./head.ts";
import { FIELD_LIMIT } from "./limits.ts";

/** A request line. */
export interface RequestLine {
  /** A token; standard methods are upper case, and `get` is another method than `GET`. */
  readonly method: string;
  /** As sent, a character a byte: a path, `*`, a whole address, or `host:port` for CONNECT. */
  readonly target: string;
  /** The version of HTTP; others are refused. */
  readonly version: "1.0" | "1.1";
}

/** A complete head. */
export interface RequestHead extends RequestLine {
  /** The fields in order; field names and Host are valid, and so is what says where a body ends. */
  readonly fields: Fields;
  /** Whether body bytes follow the head. `Content-Length: 0` announces none. */
  readonly hasBody: boolean;
}

/** A failure that the client is to blame for. */
export class BadRequest extends SockeyeError {
  /** The status to answer with (RFC 9110 sections 15.5 and 15.6, RFC 6585 section 5). */
  readonly status: 400 | 414 | 431 | 501 | 505;

  /** Makes the error to throw; `what` says in a few words what is wrong. */
  constructor(what: string, status: BadRequest["status"] = 400) {
    super("protocol", `Bad request: ${what}`);
    this.status = status;
  }
}

const badRequest = (what: string): BadRequest => new BadRequest(what);

/** Reads a request line, three parts with one space between them; throws a BadRequest. */
export function parseRequestLine(line: Uint8Array): RequestLine {
  const text = latin1(line);
  const [method = "", target = "", protocol, ...more] = text.split(" ");
  if (protocol === undefined || more.length > 0) throw new BadRequest(`not a request line: ${quote(text)}`);
  if (!TOKEN.test(method)) throw new BadRequest(`not a method: ${quote(method)}`);
  const version = versionOf(protocol);
  if (!isTarget(method, target)) throw new BadRequest(`not a target of ${quote(method)}: ${quote(target)}`);
  return { method, target, version };
}

function versionOf(protocol: string): RequestLine["version"] {
  if (protocol === "HTTP/1.0") return "1.0";
  // A higher minor version is taken for the highest that we know (RFC 9110 section 2.5).
  if (/^HTTP\/1\.[1-9]$/.test(protocol)) return "1.1";
  if (/^HTTP\/\d\.\d$/.test(protocol)) throw new BadRequest(`${protocol} is not supported`, 505);
  throw new BadRequest(`not a version of HTTP: ${quote(protocol)}`);
}

/**
 * Characters of a target: visible ones without `#`, since a fragment is never sent. A URI has no bytes beyond ASCII,
 * but curl sends a path as it was typed, and such bytes separate nothing.
 */
const TARGET = /^[!"$-~\x80-\xff]+$/;

/** Absolute form. */
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]/;

/** The four forms of RFC 9112 section 3.2. */
function isTarget(method: string, target: string): boolean {
  if (!TARGET.test(target)) return false;
  if (method === "CONNECT") return /[^:]:\d+$/.test(target) && HOST.test(target);
  return target.startsWith("/") || (method === "OPTIONS" && target === "*") || ABSOLUTE.test(target);
}

/** Reads one field line, which is not empty, into a list; throws a BadRequest. */
export function parseRequestField(line: Uint8Array, fields: Fields): void {
  const text = latin1(line);
  if (/^[ \t]/.test(text)) throw new BadRequest(`a header line begins with white space: ${quote(text)}`);
  const [name, value] = splitField(text, badRequest);
  if (!/^[\t -~\x80-\xff]*$/.test(value)) throw new BadRequest(`a control character in ${quote(text)}`);
  if (fields.all.length >= FIELD_LIMIT) throw new BadRequest(`the header has more than ${FIELD_LIMIT} fields`, 431);
  fields.add(name, value);
}

/** Makes the head of its parts; throws a BadRequest where they do not agree. */
export function requestHead(line: RequestLine, fields: Fields): RequestHead {
  checkHost(line, fields);
  return { ...line, fields, hasBody: hasBody(line, fields) };
}

/** `host`, `host:port` or `[IPv6]:port` (RFC 3986 section 3.2), each of which may be empty. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/;

/** One Host at the most, and one exactly in HTTP/1.1 (RFC 9112 section 3.2). */
function checkHost({ version }: RequestLine, fields: Fields): void {
  const [host, ...more] = fields.getAll("host");
  if (more.length > 0) throw new BadRequest("several Host fields");
  if (host === undefined && version === "1.1") throw new BadRequest("no Host field");
  if (host !== undefined && !HOST.test(host)) throw new BadRequest(`not a host: ${quote(host)}`);
}

/** RFC 9112 section 6.3, without its leniencies: equal Content-Lengths are refused as well. */
function hasBody({ version }: RequestLine, fields: Fields): boolean {
  const lengths = fields.getAll("content-length");
  if (fields.get("transfer-encoding") === undefined) return contentLength(lengths) > 0;
  if (lengths.length > 0) throw new BadRequest("both Transfer-Encoding and Content-Length");
  if (version === "1.0") throw new BadRequest("Transfer-Encoding in an HTTP/1.0 request");
  const codings = fields.list("transfer-encoding");
  const named = quote(codings.join(", "));
  const end = codings.indexOf("chunked");
  if (end < 0 || end < codings.length - 1) throw new BadRequest(`the body has no end: ${named}`);
  if (end > 0) throw new BadRequest(`the transfer coding ${named} is not supported`, 501);
  return true;
}

function contentLength([first = "0", ...more]: readonly string[]): number {
  if (more.length > 0) throw new BadRequest("several Content-Lengths");
  return parseLength(first, badRequest);
}
