/**
 * Going on where a body was cut (RFC 9110 sections 13 and 14): which answers can be continued, and what a server says about
 * the part that it sends.
 *
 * @module
 */

import { quote } from "../printable.ts";
import { badAnswer, type Fields } from "./head.ts";

/** A Content-Range in bytes. */
export interface ContentRange {
  /** First byte; undefined when the range could not be had. */
  readonly start: number | undefined;
  /** The byte after the last one. */
  readonly end: number | undefined;
  /** Bytes of the whole; undefined when the server does not know. */
  readonly total: number | undefined;
}

/**
 * Reads a Content-Range field.
 *
 * @param value `bytes 200-999/1000`, `bytes * /1000`
 * @returns its parts
 * @throws {SockeyeError} `protocol`
 */
export function parseContentRange(value: string | undefined): ContentRange {
  const [, start, end, unmet, total] = /^bytes (?:(\d+)-(\d+)|(\*))\/(\d+|\*)$/i.exec(value?.trim() ?? "") ?? [];
  if (total === undefined) throw badAnswer(`not a Content-Range: ${quote(value ?? "")}`);
  if (
    unmet === undefined && !(Number(start) <= Number(end) && Number(end) < (total === "*" ? Infinity : Number(total)))
  ) {
    throw badAnswer(`not a Content-Range: ${quote(value ?? "")}`);
  }
  return {
    start: unmet === undefined ? Number(start) : undefined,
    end: unmet === undefined ? Number(end) + 1 : undefined,
    total: total === "*" ? undefined : Number(total),
  };
}

/**
 * What proves that two answers are parts of the same thing: it goes into If-Range.
 *
 * @param fields of the answer
 * @returns a strong ETag, else a Last-Modified date that is no later than a minute before the answer, else undefined
 */
export function validatorOf(fields: Fields): string | undefined {
  const etag = fields.get("etag");
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return etag;
  const modified = fields.get("last-modified");
  const date = fields.get("date");
  // A date has seconds only: what changed twice within one is told apart only when it is old (RFC 9110 section 8.8.2.2).
  const settled = Date.parse(modified ?? "") <= Date.parse(date ?? "") - 60_000;
  return settled ? modified : undefined;
}

/**
 * Whether a part is of the body that a validator stands for: servers exist that do not look at If-Range.
 *
 * @param fields of the answer with the part
 * @param validator what went into If-Range
 * @returns false when the answer names another one
 */
export function confirms(fields: Fields, validator: string): boolean {
  const named = validator.startsWith('"') ? fields.get("etag") : fields.get("last-modified");
  return named === undefined || named === validator;
}
