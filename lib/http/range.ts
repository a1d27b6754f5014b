/**
 * Resuming a body that was cut (RFC 9110 sections 13 and 14): which answers can be resumed, and which part of the body
 * a server sends.
 *
 * @module
 */

import { quote } from "../printable.ts";
import { badAnswer, type Fields } from "./head.ts";

/** A Content-Range in bytes. */
export interface ContentRange {
  /** Offset of the first byte; undefined if the server cannot satisfy the range. */
  readonly start: number | undefined;
  /** Offset after the last byte; undefined if the server cannot satisfy the range. */
  readonly end: number | undefined;
  /** Bytes of the complete body; undefined if the server does not know. */
  readonly total: number | undefined;
}

/**
 * Parses a Content-Range field.
 *
 * @example
 * ```ts ignore
 * parseContentRange("bytes 200-999/1000"); // { start: 200, end: 1000, total: 1000 }
 * ```
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
 * Returns the validator for If-Range, which proves that two answers are parts of the same body.
 *
 * @returns a strong ETag, else a Last-Modified date that is no later than a minute before the answer, else undefined
 */
export function validatorOf(fields: Fields): string | undefined {
  const etag = fields.get("etag");
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return etag;
  const modified = fields.get("last-modified");
  const date = fields.get("date");
  // A date has a resolution of a second: two versions within one second would share it, so only an older date is a
  // strong validator (RFC 9110 section 8.8.2.2).
  const settled = Date.parse(modified ?? "") <= Date.parse(date ?? "") - 60_000;
  return settled ? modified : undefined;
}

/**
 * Tests whether a partial answer belongs to the body that a validator stands for: some servers ignore If-Range.
 *
 * @param fields the fields of the partial answer
 * @param validator the validator that was sent in If-Range
 * @returns false if the answer has another validator
 */
export function confirms(fields: Fields, validator: string): boolean {
  const named = validator.startsWith('"') ? fields.get("etag") : fields.get("last-modified");
  return named === undefined || named === validator;
}
