/**
 * Which content codings to ask for, and what a body is by its name: a packed file stays as it is.
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

/** Whether to ask for a body without a coding. A packed file becomes no smaller. */
export function asksPlain(options: Wishes, url: URL): boolean {
  const { raw, decode, path } = options;
  return raw || goesOn(options) || (!decode && isPacked(tellingName(path, fileNameFor(url))));
}

/** The bytes in a part are those of the body without a coding, so its rest must come without one. */
function goesOn({ resume, decode, toUtf8 }: Wishes): boolean {
  return resume && !decode && !toUtf8;
}

/** What decides which codings of an answer are undone, besides the options; `url` is the one before any redirect. */
export function originOf(request: HttpRequest, options: Wishes, fields: Fields, url: URL): CodingOptions {
  const served = fileNameFor(request.url, fields.get("content-disposition"));
  // Stores of files redirect to addresses that are numbers.
  const asked = hasExtension(served) ? undefined : fileNameFor(url);
  const name = tellingName(options.path, served, asked);
  const identity = asksForIdentity(request.fields);
  return { name, identity: identity ?? goesOn(options), mayPack: !(identity ?? asksPlain(options, url)) };
}
