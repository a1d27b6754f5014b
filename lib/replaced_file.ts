/**
 * A file that takes the place of an old one when it is complete. With `--allow-read` the bytes go to `NAME.part`, which
 * becomes NAME at the end, so that NAME keeps its old bytes until then. Deno renames nothing without that permission: the
 * old file is then gone from the start.
 *
 * @module
 */

import { writeAll } from "./bytes.ts";
import { createAfresh, withFileErrors } from "./files.ts";
import { demand, guardedFailure, isGranted, isGuarded, type Need } from "./permissions.ts";
import { say } from "./phrase.ts";
import { quote } from "./printable.ts";

const partOf = (path: string) => `${path}.part`;

function mayRename(path: string): boolean {
  return isGranted("read", path) && isGranted("read", partOf(path));
}

/**
 * Checks the permissions for a file.
 *
 * @returns those that its writing takes
 * @throws {SockeyeError} `permission`
 */
export function demandReplaced(path: string): readonly Need[] {
  const doing = say("write")`write ${quote(path)}`;
  if (isGuarded(path)) throw guardedFailure(doing);
  demand("write", path, doing);
  if (!mayRename(path)) return ["write"];
  demand("write", partOf(path), doing);
  return ["read", "write"];
}

/** An open file; {@linkcode ReplacedFile.complete} or {@linkcode ReplacedFile.abandon} closes it. */
export class ReplacedFile {
  /** Its name when it is complete. */
  readonly path: string;
  /** Its name until then. */
  readonly place: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, place: string, file: Deno.FsFile) {
    this.path = path;
    this.place = place;
    this.#file = file;
  }

  /**
   * Begins a file.
   *
   * @throws {SockeyeError} `permission`, `file`
   */
  static async open(path: string): Promise<ReplacedFile> {
    const place = mayRename(path) ? partOf(path) : path;
    const file = await withFileErrors(say("write")`write ${quote(path)}`, () => createAfresh(place));
    return new ReplacedFile(path, place, file);
  }

  /**
   * Appends bytes.
   *
   * @throws {SockeyeError} `file`
   */
  async write(bytes: Uint8Array): Promise<void> {
    await withFileErrors(say("write")`write ${quote(this.place)}`, () => writeAll(this.#file, bytes));
  }

  /**
   * Gives the file its name.
   *
   * @throws {SockeyeError} `file`
   */
  async complete(): Promise<void> {
    const { path, place } = this;
    this.#file.close();
    if (place !== path) await withFileErrors(say("write")`write ${quote(path)}`, () => Deno.rename(place, path));
  }

  /** Leaves the written bytes where they are. */
  abandon(): void {
    this.#file.close();
  }
}
