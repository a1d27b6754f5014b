/**
 * Where a body is saved, and which files must not be replaced there.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { fileNameFor } from "../http/file_name.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";

/** What the user says about names. */
export interface NamingOptions {
  /** NAME; default: the name that the server or the address suggests. */
  readonly path?: string | undefined;
  /** The folder for NAME. Default: the current one. */
  readonly folder?: string | undefined;
  /** Never replaces a file. */
  readonly noClobber: boolean;
  /** Names under which other addresses of this call were saved. */
  readonly taken: ReadonlySet<string>;
}

/** NAME with its folder, from the address and the server's header. */
export function nameFor({ path, folder }: Pick<NamingOptions, "path" | "folder">, url: URL, said?: string): string {
  return inFolder(path ?? fileNameFor(url, said), folder);
}

/** A name with the folder that it is in. */
export function inFolder(name: string, folder: string | undefined): string {
  return folder === undefined ? name : `${folder.replace(/\/+$/, "") || "/"}/${name}`.replace(/^\/\//, "/");
}

/**
 * Why NAME must not be replaced; undefined if it may be.
 *
 * @param first the address that was asked for
 * @param last the one that answered
 * @param isRedirect whether the answer only leads elsewhere
 * @throws {SockeyeError} `file` when another address of this call has that name
 */
export function reasonToKeep(
  name: string,
  { first, last, isRedirect }: { first: URL; last: URL; isRedirect: boolean },
  options: NamingOptions,
): Phrased | undefined {
  if (options.taken.has(name)) {
    const message = say("name-taken")`Cannot write ${
      quote(name)
    }: another address of this call was saved under that name`;
    throw new SockeyeError("file", message);
  }
  if (options.noClobber) return say("no-clobber")`--no-clobber keeps it`;
  if (isRedirect) return say("redirect-keeps")`a redirect does not replace it`;
  // A name that the server chose, be it by a redirect, and a redirect to another host must not replace a file.
  const foreign = options.path === undefined && (name !== nameFor(options, first) || last.hostname !== first.hostname);
  return foreign ? "-o NAME replaces it" : undefined;
}
