/**
 * The files of a mode, which does no input or output itself: it names them, the server opens them.
 *
 * @module
 */

import type { ByteReader } from "../bytes.ts";
import { openToRead } from "../files.ts";
import { guardedFailure, isGuarded, type Need } from "../permissions.ts";
import { quote } from "../printable.ts";
import { demandReplaced, ReplacedFile } from "../replaced_file.ts";

/** A file that data is written to; one of its two ends closes it. */
export interface OutputFile extends Pick<ReplacedFile, "path" | "place" | "write" | "complete" | "abandon"> {}

/** What a mode may do with files. Everything throws a SockeyeError of kind `file` or `permission`. */
export interface ModeFiles {
  /** Opens a file to read; the caller closes it. */
  read(path: string): Promise<ByteReader & Disposable>;
  /** Checks that a file can be read again and again, before the server gives up permissions. */
  checkRead(path: string): Promise<void>;
  /** Begins a file that takes the place of an old one when it is complete. */
  replace(path: string): Promise<OutputFile>;
  /** Checks the permissions for that; returns the required ones. */
  checkReplace(path: string): readonly Need[];
}

/** The files of this machine. */
export const modeFiles: ModeFiles = {
  read: openToRead,
  async checkRead(path) {
    // The server gives up permissions, and such a file takes all of them.
    if (isGuarded(path)) throw guardedFailure(`read ${quote(path)}`);
    (await openToRead(path)).close();
  },
  replace: (path) => ReplacedFile.open(path),
  checkReplace: demandReplaced,
};
