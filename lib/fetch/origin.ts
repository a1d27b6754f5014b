/**
 * Which content codings to ask for, and the type of a body by its name: a packed file stays as it is.
 *
 * @module
 */

import { fileNameFor } from "../http/file_name.ts";
import type { Fields } from "../http/head.ts";
import { asksForIdentity, type CodingOptions } from "../http/kept_coding.ts";
import { hasExtension, isPacked, tellingName } from "../http/packing.ts";
import type { HttpRequest } from "../http/request.ts";
import type { BodyOptions } from "./body.ts";

/** What decides, of the options. */
export type Wishes = Pick<BodyOptions, "raw" | "decode" | "toUtf8"> & {
  readonly path?: string | undefined;
  readonly resume: boolean;
};

/** Whether the user asks for a part of the body. Only the beginning of coded data can be decoded. */
export function asksForRange({ fields }: HttpRequest): boolean {
  return fields.some(([name]) => name.toLowerCase() === "range");
}

/**
 * Whether to ask for a body without a coding; a packed file becomes no smaller by it.
 *
 * @param request the one before any redirect
 */
export function asksPlain(request: HttpRequest, options: Wishes): boolean {
  const { raw, decode, path } = options;
  const packed = isPacked(tellingName(path, fileNameFor(request.url)));
  return raw || asksForRange(request) || goesOn(options) || (!decode && packed);
}

/** The bytes in a part are those of the body without a coding, so its rest must come without one. */
function goesOn({ resume, decode, toUtf8 }: Wishes): boolean {
  return resume && !decode && !toUtf8;
}

/**
 * What decides which codings of an answer are undone, besides the options.
 *
 * @param first the request before any redirect
 * @param last the request that was answered
 */
export function originOf(first: HttpRequest, last: HttpRequest, fields: Fields, options: Wishes): CodingOptions {
  if (fields.get("content-encoding") === undefined) return {};
  const served = fileNameFor(last.url, fields.get("content-disposition"));
  // Stores of files redirect to addresses that are numbers.
  const asked = hasExtension(served) ? undefined : fileNameFor(first.url);
  const name = tellingName(options.path, served, asked);
  const identity = asksForIdentity(last.fields);
  const mayPack = !(identity ?? asksPlain(first, options));
  return { name, identity: asksForRange(last) || (identity ?? goesOn(options)), mayPack };
}
