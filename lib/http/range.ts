/**
 * Parts of a body, and whether two of them are of the same version of it (RFC 9110 sections 8.8, 13 and 14). What a
 * server says of a part is read leniently: it may be wrong in form and still tell where the part begins.
 *
 * @module
 */

import type { Fields } from "./head.ts";

/** The bytes of a body that an answer has. */
export interface ContentRange {
  /** Offset of the first byte; undefined if the server cannot satisfy the range. */
  readonly start: number | undefined;
  /** Offset behind the last byte, if that is said. */
  readonly end: number | undefined;
  /** Bytes of the whole body, if that is said. */
  readonly total: number | undefined;
}

/**
 * Parses a Content-Range, `bytes 200-999/1000` or `bytes * /1000`. The unit, the last byte and the total may be missing or
 * wrong; a part is of use as soon as its first byte is known.
 *
 * @returns undefined when not even that is said, or the unit is another one
 */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const [, from, rest = ""] = /^[\s=:]*(?:bytes[\s=:]*)?(\d+|\*)(.*)$/i.exec(value ?? "") ?? [];
  const [, to, size] = /^(?:\s*-\s*(\d+))?(?:\s*\/\s*(\d+|\*)?)?$/.exec(rest.trimEnd()) ?? [];
  const [last, total] = [countOf(to), countOf(size)];
  if (from === "*") return total === undefined ? undefined : { start: undefined, end: undefined, total };
  if (from === undefined) return undefined;
  const start = Number(from);
  return { start, end: last !== undefined && last >= start ? last + 1 : undefined, total };
}

/** Reads digits; undefined for anything else, and for numbers that are not exact. */
function countOf(digits: string | undefined): number | undefined {
  const count = /^\d+$/.test(digits ?? "") ? Number(digits) : NaN;
  return Number.isSafeInteger(count) ? count : undefined;
}

/** What tells one version of a body from another. */
export interface Version {
  /** A strong ETag or date for If-Range, which proves by itself that two answers are parts of the same body. */
  readonly validator?: string | undefined;
  /** The ETag as sent, be it weak or without quotes. */
  readonly etag?: string | undefined;
  /** The Last-Modified as sent. */
  readonly modified?: string | undefined;
  /** Bytes of the whole body as sent. */
  readonly total?: number | undefined;
  /** Content codings as sent, joined by commas. */
  readonly coding?: string | undefined;
}

/**
 * Returns the version of an answer.
 *
 * @returns undefined when no other answer could be proved to be of the same version
 */
export function versionOf(fields: Fields, total: number | undefined): Version | undefined {
  const validator = validatorOf(fields);
  const modified = fields.get("last-modified");
  if (validator === undefined && (modified === undefined || total === undefined)) return undefined;
  return { validator, etag: fields.get("etag"), modified, total, coding: codingOf(fields) };
}

/**
 * Compares an answer with a version: the same ETag of the strong kind is proof, and so is the same date together with
 * the same size.
 *
 * @param total bytes of the whole body, if the answer says so
 * @returns "unknown" when the answer neither proves nor contradicts it, as that to If-Range may (section 15.3.7)
 */
export function compareVersion(
  fields: Fields,
  total: number | undefined,
  known: Version,
): "same" | "other" | "unknown" {
  const [etag, modified] = [fields.get("etag"), fields.get("last-modified")];
  const agree = (a: unknown, b: unknown) => a === undefined || b === undefined || a === b;
  const coding = codingOf(fields);
  if (coding !== undefined && coding !== known.coding) return "other";
  if (!agree(total, known.total) || !agree(etag, known.etag)) return "other";
  if (etag !== undefined && etag === known.validator) return "same";
  if (!agree(modified, known.modified)) return "other";
  const dated = modified !== undefined && modified === known.modified;
  const sized = total !== undefined && total === known.total;
  return dated && (sized || modified === known.validator) ? "same" : "unknown";
}

function codingOf(fields: Fields): string | undefined {
  return fields.list("content-encoding").filter((coding) => coding !== "identity").join() || undefined;
}

/**
 * Returns the validator for If-Range, which proves that two answers are parts of the same body: a strong ETag, else a
 * Last-Modified date that is no later than a minute before the answer.
 */
function validatorOf(fields: Fields): string | undefined {
  const etag = fields.get("etag");
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return etag;
  const modified = fields.get("last-modified");
  const date = fields.get("date");
  // A date has a resolution of a second: two versions within one second would share it, so only an older date is a
  // strong validator (RFC 9110 section 8.8.2.2).
  const settled = Date.parse(modified ?? "") <= Date.parse(date ?? "") - 60_000;
  return settled ? modified : undefined;
}

/** A strong ETag or a date; anything else could inject a header field (RFC 9110 section 5.5). */
const VALIDATOR = /^("[\x21\x23-\x7e\x80-\xff]*"|[A-Za-z0-9 :,+-]+)$/;

/** Checks a version that was saved, by this version of the program or an earlier one; undefined if it is none. */
export function readVersion(saved: Readonly<Record<string, unknown>>): Version | undefined {
  const { validator, etag, modified, total, coding } = saved;
  const texts = [validator, etag, modified, coding].every((text) => text === undefined || typeof text === "string");
  if (!texts || !(total === undefined || Number.isSafeInteger(total))) return undefined;
  const version = { validator, etag, modified, total, coding } as Version;
  if (version.validator === undefined) return modified === undefined || total === undefined ? undefined : version;
  if (!VALIDATOR.test(version.validator)) return undefined;
  // Notes of earlier versions of the program have the validator alone.
  return { ...version, [version.validator.startsWith('"') ? "etag" : "modified"]: version.validator };
}
