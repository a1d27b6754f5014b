/**
 * The head of a response: status line and fields (RFC 9112 sections 4 and 5). Strict where leniency could make two readers
 * see two different messages, lenient where the RFC lets a client be.
 *
 * @module
 */

import { SockeyeError, type SockeyeErrorOptions } from "../errors.ts";
import { quote } from "../printable.ts";
import { FIELD_LIMIT } from "./limits.ts";

/** A header field: name as sent, value without outer white space. */
export type Field = readonly [name: string, value: string];

/** A status line. */
export interface StatusLine {
  /** Minor version of HTTP/1. */
  readonly minor: number;
  /** Three digits. */
  readonly status: number;
  /** May be empty. */
  readonly reason: string;
}

/** Fields of a head or a trailer section. */
export class Fields {
  readonly #fields: Field[] = [];

  /** All fields in the order sent. */
  get all(): readonly Field[] {
    return this.#fields;
  }

  /**
   * Adds a field.
   *
   * @param name its name
   * @param value its value
   * @throws {SockeyeError} `protocol` when there are too many
   */
  add(name: string, value: string): void {
    if (this.#fields.length >= FIELD_LIMIT) throw badAnswer(`the header has more than ${FIELD_LIMIT} fields`);
    this.#fields.push([name, value]);
  }

  /**
   * Continues the value of the last field (obs-fold, RFC 9112 section 5.2: a user agent replaces it with spaces).
   *
   * @param text the folded line without outer white space
   * @returns false when there is no field to continue
   */
  fold(text: string): boolean {
    const last = this.#fields.pop();
    if (!last) return false;
    // Both are trimmed, so joined they are too; looking at the whole value at each fold would be quadratic.
    this.#fields.push([last[0], last[1] === "" || text === "" ? last[1] + text : `${last[1]} ${text}`]);
    return true;
  }

  /**
   * The values of a field.
   *
   * @param name in any case
   * @returns one value for each line in which it was sent
   */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([known]) => known.toLowerCase() === wanted).map(([, value]) => value);
  }

  /**
   * The first value of a field.
   *
   * @param name in any case
   * @returns its value
   */
  get(name: string): string | undefined {
    return this.getAll(name)[0];
  }

  /**
   * The members of a list field (RFC 9110 section 5.6.1), lower case.
   *
   * @param name in any case
   * @returns its members without empty ones
   */
  list(name: string): string[] {
    return this.getAll(name).join(",").split(",").map((member) => trim(member).toLowerCase()).filter((m) => m !== "");
  }
}

/**
 * Reads a status line.
 *
 * @param line without its end
 * @returns its parts
 * @throws {SockeyeError} `protocol`
 */
export function parseStatusLine(line: Uint8Array): StatusLine {
  const text = latin1(line);
  const found = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(text);
  if (found) return { minor: Number(found[1]), status: Number(found[2]), reason: found[3] ?? "" };
  if (/^HTTP\/\d/.test(text) && !/^HTTP\/1\.\d(?!\d)/.test(text)) {
    throw badAnswer(`this is not HTTP/1.x: ${quote(text)}`);
  }
  throw badAnswer(`not a status line: ${quote(text)}`);
}

/**
 * Reads one field line into a list.
 *
 * @param line without its end
 * @param fields where it goes
 * @throws {SockeyeError} `protocol`: NUL or CR inside, no colon, a name that is no token, white space before the colon or the first field
 */
export function parseFieldLine(line: Uint8Array, fields: Fields): void {
  const text = latin1(line);
  if (text.includes("\0")) throw badAnswer(`a NUL in the header: ${quote(text)}`);
  if (text.includes("\r")) throw badAnswer(`a carriage return inside a header line: ${quote(text)}`);
  if (text.startsWith(" ") || text.startsWith("\t")) {
    if (!fields.fold(trim(text))) throw badAnswer(`the first header line begins with white space: ${quote(text)}`);
    return;
  }
  const colon = text.indexOf(":");
  if (colon < 0) throw badAnswer(`a header line without a colon: ${quote(text)}`);
  const name = text.slice(0, colon);
  if (!TOKEN.test(name)) throw badAnswer(`not a header field name: ${quote(name)}`);
  fields.add(name, trim(text.slice(colon + 1)));
}

/** A token (RFC 9110 section 5.6.2). */
export const TOKEN: RegExp = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * A failure that the server is to blame for.
 *
 * @param what is wrong, in a few words
 * @param options whether another attempt may get a better answer
 * @returns the error to throw
 */
export function badAnswer(what: string, options?: SockeyeErrorOptions): SockeyeError {
  return new SockeyeError("protocol", `Bad answer: ${what}`, options);
}

/**
 * Takes optional white space off both ends: spaces and tabs, no more (RFC 9110 section 5.6.3). Not by `String.trim()`, which
 * takes bytes that other readers of the same head leave, and not by an expression, which would be quadratic.
 *
 * @param text a value or a member of a list
 * @returns the text without it
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

/**
 * The text of a head. Heads are bytes: each one is a character, so that nothing is lost or made up.
 *
 * @param bytes of any value
 * @returns a character U+0000 to U+00FF for each byte
 */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
