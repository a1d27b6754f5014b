/**
 * Resuming a body that was cut (RFC 9110 sections 13 and 14).
 *
 * @module
 */

import { quote } from "../printable.ts";
import { badAnswer, type Fields } from "./head.ts";

/**
 * The offset of the first byte and the one after the last, undefined if the server cannot satisfy the range, and the
 * bytes of the complete body, undefined if the server does not know.
 */
export type ContentRange = Readonly<Record<"start" | "end" | "total", number | undefined>>;

/** Parses a Content-Range, `bytes 200-999/1000` or `bytes * /1000`; throws a SockeyeError for anything else. */
export function parseContentRange(value: string | undefined): ContentRange {
  const [, from, to, size] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/i.exec(value?.trim() ?? "") ?? [];
  const total = size === "*" ? undefined : Number(size);
  if (size !== undefined && from === undefined) return { start: undefined, end: undefined, total };
  const [start, last] = [Number(from), Number(to)];
  if (start <= last && last < (total ?? Infinity)) return { start, end: last + 1, total };
  throw badAnswer(`not a Content-Range: ${quote(value ?? "")}`);
}

/**
 * Returns the validator for If-Range, which proves that two answers are parts of the same body: a strong ETag, else a
 * Last-Modified date that is no later than a minute before the answer.
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

/** Whether a partial answer has no other validator than the one sent in If-Range, which some servers ignore. */
export function confirms(fields: Fields, validator: string): boolean {
  const named = validator.startsWith('"') ? fields.get("etag") : fields.get("last-modified");
  return named === undefined || named === validator;
}
