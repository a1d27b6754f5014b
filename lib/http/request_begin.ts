/**
 * Telling HTTP requests from lines of text by their first bytes, for a port that takes both.
 *
 * @module
 */

import { latin1 } from "../bytes.ts";
import { REQUEST_LINE_LIMIT } from "./limits.ts";

/** Methods of RFC 9110 section 9 and RFC 5789: what browsers and HTTP libraries begin with. */
const METHOD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)$/;

/**
 * A word that may be a method, white space, and the rest of the line. White space that some servers take for a
 * separator (RFC 9112 section 3) counts as one here too, so that the parser gets it and refuses it.
 */
const BEGINNING = /^([A-Z]{1,16})[ \t\v\f\r]+([^]*)$/;

/** A path or a lone `*`: a target behind any upper-case word. `*waves*` is none. */
const PATH = /^(?:\/|\*[ \t\v\f\r])/;

/** An absolute address, or a version without a target. Only behind a standard method: `SEE https://…` is text. */
const ADDRESS = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/|HTTP\/)/;

/** The target of CONNECT. */
const AUTHORITY = /^[^\s/]+:\d/;

/** Any one word, and a version. */
const VERSIONED = /^([^ \t\v\f\r]+)[ \t\v\f\r]+HTTP\/\d/;

/** The beginning of a rest that more bytes may make a match of the expressions above. */
const OPEN = /^[^ \t\v\f\r]*(?:[ \t\v\f\r]+(?:H(?:T(?:T(?:P\/?)?)?)?)?)?$/;

/**
 * Whether a stream begins like an HTTP request, valid or not. If so, it belongs to the request parser, whose errors say
 * with which status it is refused; if not, it is text.
 *
 * A request begins with an upper-case word of at most 16 letters, white space of any length, and one of:
 *
 * - a path (`/…`) or a lone `*`, whatever comes after it: `GET /`, `GET\t/`, `BREW  /pot of tea`, `OPTIONS *`
 * - an address with `://`, if the word is a standard method, or if `HTTP/` and a digit follow the address
 * - `host:port`, if the word is CONNECT
 * - any other word followed by `HTTP/` and a digit, or `HTTP/` itself, if the word is a standard method:
 *   `GET lost HTTP/1.1`
 *
 * So these are text: `hello`, `POST` alone, `GET well soon`, `DELETE everything`, `LOOK https://example.com`,
 * `LUNCH 12:30`, `WOW *claps*`, `I LOVE HTTP/2`. One empty line at the beginning is skipped, as the parser does.
 *
 * @param bytes the first ones of the stream
 * @returns undefined while more bytes decide: never once there are {@linkcode REQUEST_LINE_LIMIT} of them, or a whole
 * line that is not empty
 */
export function beginsLikeRequest(bytes: Uint8Array): boolean | undefined {
  const start = latin1(bytes.subarray(0, REQUEST_LINE_LIMIT));
  const text = start.replace(/^\r?\n/, "");
  const lineEnd = text.indexOf("\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd).replace(/\r$/, "");
  const [, method, rest = ""] = BEGINNING.exec(line) ?? [];
  const undecided = lineEnd < 0 && start.length < REQUEST_LINE_LIMIT;
  if (method === undefined) return undecided && /^(?:\r|[A-Z]{0,16})$/.test(line) ? undefined : false;
  if (isTargetOf(method, rest) || (lineEnd >= 0 && rest === "*")) return true;
  if (!OPEN.test(rest)) return false;
  if (undecided) return undefined;
  // One word, or white space alone, fills a whole request line: too long an address.
  return lineEnd < 0 && METHOD.test(method);
}

function isTargetOf(method: string, rest: string): boolean {
  if (PATH.test(rest)) return true;
  const target = VERSIONED.exec(rest)?.[1];
  if (!METHOD.test(method)) return target !== undefined && ADDRESS.test(target);
  return target !== undefined || ADDRESS.test(rest) || (method === "CONNECT" && AUTHORITY.test(rest));
}
