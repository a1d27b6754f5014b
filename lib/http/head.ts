/**
 * Parses the head of a response (RFC 9112 sections 4 and 5), strictly: `field_lines.ts` has the errors that a download
 * tolerates.
 *
 * @module
 */

import { latin1 } from "../bytes.ts";
import { SockeyeError, type SockeyeErrorOptions } from "../errors.ts";
import { quote } from "../printable.ts";
import { FIELD_LIMIT } from "./limits.ts";

/** A header field: the name as sent, the value without outer white space. */
export type Field = readonly [name: string, value: string];

/** A status line. */
export interface StatusLine {
  /** Minor version of HTTP/1. */
  readonly minor: number;
  /** Status code, 100 to 999. */
  readonly status: number;
  /** Reason phrase, which may be empty. */
  readonly reason: string;
}

/** Fields of a head or a trailer section. */
export class Fields {
  readonly #fields: Field[] = [];
  readonly #limit: number;

  /** Makes an empty list, of at most `limit` fields. */
  constructor(limit: number = FIELD_LIMIT) {
    this.#limit = limit;
  }

  /** All fields, in the order in which they were sent. */
  get all(): readonly Field[] {
    return this.#fields;
  }

  /** Adds a field; throws a SockeyeError beyond the limit. */
  add(name: string, value: string): void {
    if (this.#fields.length >= this.#limit) throw badAnswer(`the header has more than ${this.#limit} fields`);
    this.#fields.push([name, value]);
  }

  /** Continues the last value with trimmed text (obs-fold, RFC 9112 section 5.2); false if there is no field. */
  fold(text: string): boolean {
    const last = this.#fields.pop();
    if (!last) return false;
    // Both parts are trimmed, so the joined value is too; trimming the whole value at each fold would be quadratic.
    this.#fields.push([last[0], last[1] === "" || text === "" ? last[1] + text : `${last[1]} ${text}`]);
    return true;
  }

  /** Returns the value of each field line of a name, in any case. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([known]) => known.toLowerCase() === wanted).map(([, value]) => value);
  }

  /** Returns the first value of a field. */
  get(name: string): string | undefined {
    return this.getAll(name)[0];
  }

  /** Returns the members of a list field (RFC 9110 section 5.6.1) in lower case, without empty ones. */
  list(name: string): string[] {
    return this.getAll(name).join(",").split(",").map((member) => trim(member).toLowerCase()).filter((m) => m !== "");
  }
}

/** The first byte of an alert (RFC 8446 section 5.1), the only one that a server of TLS sends when it hears HTTP. */
export const TLS_ALERT = 0x15;

/** What is said of such a server. */
export const SPEAKS_TLS = "the server speaks TLS: its address begins with https://";

/** Parses a status line, with any number of blanks before the status; throws a SockeyeError of kind `protocol`. */
export function parseStatusLine(line: Uint8Array): StatusLine {
  const text = latin1(line);
  const found = /^HTTP\/1\.(\d) +([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(text);
  if (found) return { minor: Number(found[1]), status: Number(found[2]), reason: found[3] ?? "" };
  if (/^HTTP\/\d/.test(text) && !/^HTTP\/1\.\d(?!\d)/.test(text)) {
    throw badAnswer(`this is not HTTP/1.x: ${quote(text)}`);
  }
  throw badAnswer(line[0] === TLS_ALERT ? SPEAKS_TLS : `not a status line: ${quote(text)}`);
}

/** Parses one field line and adds it to a list; throws a SockeyeError where parsers would read different fields. */
export function parseFieldLine(line: Uint8Array, fields: Fields): void {
  const text = latin1(line);
  refuseControls(text);
  if (text.startsWith(" ") || text.startsWith("\t")) {
    if (!fields.fold(trim(text))) throw badAnswer(`the first header line begins with white space: ${quote(text)}`);
    return;
  }
  fields.add(...splitField(text, badAnswer));
}

/** Whether a status sends to another address (RFC 9110 section 15.4); 300 does if it names one. */
export function isRedirect(status: number): boolean {
  return [300, 301, 302, 303, 307, 308].includes(status);
}

/** Throws a SockeyeError for a line with NUL or CR: one parser takes CR for the end of a line, another one does not. */
export function refuseControls(text: string): void {
  if (text.includes("\0")) throw badAnswer(`a NUL in the header: ${quote(text)}`);
  if (text.includes("\r")) throw badAnswer(`a carriage return inside a header line: ${quote(text)}`);
}

/** Splits a field line at its colon; `fail` makes the error for a line without one, or without a name. */
export function splitField(text: string, fail: (what: string) => SockeyeError): Field {
  const colon = text.indexOf(":");
  if (colon < 0) throw fail(`a header line without a colon: ${quote(text)}`);
  const name = text.slice(0, colon);
  if (!TOKEN.test(name)) throw fail(`not a header field name: ${quote(name)}`);
  return [name, trim(text.slice(colon + 1))];
}

/** Parses a Content-Length; `fail` makes the error for one that is not a length. */
export function parseLength(value: string, fail: (what: string) => SockeyeError): number {
  const length = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(length)) throw fail(`the Content-Length ${quote(value)} is not a length`);
  return length;
}

/** A token (RFC 9110 section 5.6.2). */
export const TOKEN: RegExp = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Builds the error for an answer that breaks the protocol. */
export function badAnswer(what: string, options?: SockeyeErrorOptions): SockeyeError {
  return new SockeyeError("protocol", `Bad answer: ${what}`, options);
}

/**
 * Removes spaces and tabs from both ends (RFC 9110 section 5.6.3). `String.trim()` would also remove characters that
 * other parsers keep, and a regular expression would be quadratic.
 */
export function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text, from)) from++;
  while (to > from && isBlank(text, to - 1)) to--;
  return text.slice(from, to);
}

function isBlank(text: string, at: number): boolean {
  return text[at] === " " || text[at] === "\t";
}

/** Maps each character back to the byte of its number: the opposite of `latin1` in `lib/bytes.ts`. */
export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
